public import Protocol

extension KetworkClient {
  // MARK: Partial results

  /// A job's results as its circuits are completed, to the end of the job.
  public nonisolated func partialResults(of job: JobID) -> PartialResults {
    PartialResults(client: self, job: job)
  }

  /// The results there are of a job in any state, by item and row.
  ///
  /// - Throws: ``ClientError`` with code `unknown_job`, `gone`, `unreachable`, `timed_out` or `corrupt_result`.
  public nonisolated func resultsSoFar(of job: JobID) async throws -> [CircuitResult] {
    let total = try await status(of: job).total
    var (lower, results): (Int, [CircuitResult]) = (0, [])
    while lower < total {
      // A connection that was lost on the way begins the range again.
      var range: [[Int]: CircuitResult] = [:]
      var reader = self.results(of: job, circuits: lower..<total).makeAsyncIterator()
      while let result = try await reader.next() { range[[result.item, result.row]] = result }
      results += range.values
      guard let end = reader.end, end.hasMore, let last = end.present.last else { break }
      lower = last.upperBound
    }
    return results.sorted { ($0.item, $0.row) < ($1.item, $1.row) }
  }

  // MARK: Chains

  /// Reports confirmations of what a job rests on; at the number it is held for, it is queued.
  ///
  /// - Parameter count: How many there are in all. A count below one reported before changes nothing.
  /// - Throws: ``ClientError`` with code `unknown_job`, `unreachable` or `timed_out`.
  public func confirm(_ job: JobID, count: Int) async throws -> JobStatus {
    guard (0...Protocol.Limits.confirmationCount).contains(count) else {
      throw ClientError(.invalidArgument, "confirmations: \(count), 0 to \(Protocol.Limits.confirmationCount) accepted")
    }
    return try await statusAnswer(.confirm(Message.Confirm(job: job, count: count)))
  }

  /// Takes a job back because what it rests on is no longer so, after a reorganisation of a chain for instance.
  ///
  /// A job that has not ended is cancelled and never succeeds. One that has keeps its state and its result, and both say from here
  /// on that it was retracted.
  ///
  /// - Parameter reason: For people, up to 1,024 bytes. The first reason stays.
  /// - Throws: ``ClientError`` with code `unknown_job`, `unreachable` or `timed_out`.
  public func retract(_ job: JobID, reason: String = "") async throws -> JobStatus {
    try await statusAnswer(.retract(Message.Retract(job: job, reason: reason)))
  }

  // MARK: Failed jobs

  /// Jobs that came to nothing, the newest first: those whose circuits took down their workers.
  ///
  /// - Parameters:
  ///   - includesFailed: Whether those that just failed are listed, too.
  ///   - limit: How many are listed at most; a broker lists up to 1,000.
  public func deadLetters(includesFailed: Bool = false, limit: Int = 1_000) async throws -> [DeadLetter] {
    let list = Message.List(
      kind: .deadLetters, includesTerminal: includesFailed, limit: min(max(limit, 0), Protocol.Limits.listingCount))
    return try await listing(list).rows.deadLetters
  }

  /// Makes a new job of the items of one that failed or is dead; the old one stays as it is.
  ///
  /// - Parameter idempotencyKey: The same key and the same job are one new job. Empty: a random one.
  /// - Throws: ``ClientError`` with code `invalid_value` when the job is in another state or retracted, `gone` when its items are no
  ///   longer kept, `conflict` when the key was used for something else, `unknown_job`, `unreachable`, `timed_out`, or another
  ///   refusal of the broker.
  public func requeue(_ job: JobID, idempotencyKey: String = "") async throws -> Submitted {
    let key = idempotencyKey.isEmpty ? KetworkClient.randomKey() : idempotencyKey
    return try await accepted(.requeue(Message.Requeue(job: job, idempotencyKey: key)))
  }

  // MARK: Sessions

  /// Opens a session, whose jobs go before the tenant's others of the same priority, to the worker that served it last.
  ///
  /// - Parameters:
  ///   - name: For people.
  ///   - idleTime: After so long without a submission, an extension or an unfinished job it closes; `nil` for the broker's default.
  ///   - idempotencyKey: The same key is the same session. Empty: a random one.
  /// - Throws: ``ClientError`` with code `invalid_value` for an idle time above the broker's limit, `conflict`, `unreachable` or `timed_out`.
  public func openSession(
    name: String = "", idleTime: Duration? = nil, idempotencyKey: String = ""
  ) async throws -> SessionStatus {
    let key = idempotencyKey.isEmpty ? KetworkClient.randomKey() : idempotencyKey
    return try await session(.openSession(Message.SessionOpen(idempotencyKey: key, name: name, idleTime: idleTime)))
  }

  /// Begins a session's idle time anew.
  ///
  /// - Throws: ``ClientError`` with code `session_closed`, `unknown_session`, `unreachable` or `timed_out`.
  public func extendSession(_ session: SessionID) async throws -> SessionStatus {
    try await self.session(.extendSession(session))
  }

  /// Closes a session; closing it again changes nothing.
  ///
  /// - Parameter cancelsJobs: Whether its jobs are cancelled; else they run on.
  /// - Throws: ``ClientError`` with code `unknown_session`, `unreachable` or `timed_out`.
  public func closeSession(_ session: SessionID, cancelsJobs: Bool = false) async throws -> SessionStatus {
    try await self.session(.closeSession(Message.SessionClose(session: session, cancelsJobs: cancelsJobs)))
  }
}
