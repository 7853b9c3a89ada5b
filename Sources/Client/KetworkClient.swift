public import Protocol
import ZeroMQ

/// A connection to a broker: submits jobs, follows them and fetches their results.
///
///     let client = try await KetworkClient.connect(ClientConfiguration(endpoints: ["tcp://127.0.0.1:7411"]))
///     let template = try Template(openQASM: "OPENQASM 3.0; include \"stdgates.inc\"; qubit[2] q; h q[0]; cx q[0], q[1];")
///     let job = try Job(items: [Item(template: template.digest, settings: ExecutionSettings(shots: 1000))])
///     let submitted = try await client.submit(job, templates: [template])
///     let outcome = try await client.wait(for: submitted.job)
///     await client.close()
///
/// A lost connection is made again, with the next endpoint if need be, and whatever was not answered is asked again: a job is
/// submitted under a key that makes it one job however often it arrives. Only when no broker answers for
/// ``ClientConfiguration/unreachableTimeout`` do calls fail, with `unreachable`; nothing waits for ever on a broker that is gone.
///
/// The connection has a thread of its own, which is this actor's executor.
public actor KetworkClient {
  private enum Waiter {
    case answer(CheckedContinuation<ClientState.Answer, any Error>)
    case events(AsyncThrowingStream<JobEvent, any Error>.Continuation)
    case results(ResultBuffer)
  }

  nonisolated private let loop: SocketLoop
  /// The connection's thread.
  nonisolated public var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

  private let configuration: ClientConfiguration
  private var state: ClientState
  private var link: DealerLink?
  private var assembler = PayloadAssembler()
  private var waiters: [UInt64: Waiter] = [:]
  private var callCount: UInt64 = 0
  private var transferCount: UInt64 = 0
  private var timer: LoopTimer?
  /// Why the connection is of no more use, once it is not.
  private var failure: ClientError?

  private init(_ configuration: ClientConfiguration) throws {
    guard !configuration.endpoints.isEmpty else {
      throw ClientError(.invalidArgument, "no broker endpoint: one or more are needed")
    }
    self.configuration = configuration
    loop = try SocketLoop(name: "client")
    state = ClientState(
      name: configuration.name, endpointCount: configuration.endpoints.count, unreachableTime: configuration.unreachableTimeout,
      seed: configuration.seed)
  }

  // MARK: Connecting

  /// Connects to a broker.
  ///
  /// - Throws: ``ClientError`` with code `unreachable` when no broker answers in time, `unauthorized` when it refuses the key,
  ///   `handshake_failed` when what answered did not come to terms with it, `invalid_argument` when an endpoint is
  ///   none, or a refusal of the broker.
  public static func connect(_ configuration: ClientConfiguration) async throws -> KetworkClient {
    let client = try KetworkClient(configuration)
    do {
      try await client.open()
      return client
    } catch {
      await client.close()
      throw error
    }
  }

  /// Ends the connection; calls that wait fail with `closed`. Jobs go on without it.
  public func close() async {
    handle(.close)
    await loop.stop()
    timer = nil
    link = nil
  }

  private func open() async throws {
    var options = SocketOptions(security: configuration.security)
    options.sendHighWaterMark = Limits.sendHighWaterMark
    options.maximumFrameByteCount = Int64(Protocol.Limits.socketFrameByteCount)
    link = DealerLink(loop: loop, endpoints: configuration.endpoints, options: options) { [weak self] frames in
      self?.assumeIsolated { $0.received(frames) }
    } onFailure: { [weak self] error in
      self?.assumeIsolated { $0.failed(error) }
    } onHandshakeFailure: { [weak self] failure, endpoint in
      let rejection = Message.Reject(.unauthorized, "\(endpoint): \(failure)")
      self?.assumeIsolated { $0.handle(.handshakeFailed(rejection, isFinal: failure.isFinal)) }
    }
    handle(.start)
    do {
      _ = try await ask(.open, timeout: configuration.connectTimeout)
    } catch let error as ClientError where error.code == .timedOut {
      let endpoints = configuration.endpoints.joined(separator: ", ")
      let silence = "no broker answered at \(endpoints) within \(configuration.connectTimeout)"
      throw state.handshakeFailure.map { ClientError(.handshakeFailed, "\(silence): \($0)") } ?? ClientError(.unreachable, silence)
    }
  }

  // MARK: Jobs

  /// Submits a job.
  ///
  /// - Parameters:
  ///   - job: The job. Without an idempotency key it gets a random one, so that it is one job even if the connection breaks.
  ///   - templates: Every template that the job's items name; the broker is sent those that it was not sent before.
  /// - Returns: The broker's receipt; the job is kept from here on.
  /// - Throws: ``ClientError`` with code `conflict` when the key was used for another job, `missing_template`, `unreachable`,
  ///   `timed_out`, or another refusal of the broker. After `unreachable` or `timed_out` the job may or may not have been
  ///   accepted; submitting it again with the same key finds out.
  public func submit(_ job: Job, templates: some Sequence<Template> & Sendable) async throws -> Submitted {
    try await accepted(.submit(job.withKey, templates: Self.byDigest(templates)))
  }

  /// Submits a job, waits until it has ended and fetches its results: what ``submit(_:templates:)`` and ``wait(for:timeout:)`` do, with one
  /// question to the broker, which keeps a short job and its result by one flush of its store in place of two.
  ///
  /// When the task is cancelled, the job goes on.
  ///
  /// - Throws: ``ClientError``, as those two.
  public func run(_ job: Job, templates: some Sequence<Template> & Sendable) async throws -> JobOutcome {
    try await outcome(.run(job.withKey, templates: Self.byDigest(templates)))
  }

  /// Where a job stands.
  ///
  /// - Throws: ``ClientError`` with code `unknown_job`, `unreachable` or `timed_out`.
  public func status(of job: JobID) async throws -> JobStatus {
    try await statusAnswer(.status(job))
  }

  /// Cancels a job: from the answer on it never succeeds, if it had not before.
  ///
  /// - Returns: Where it stands; `succeeded` when it was too late.
  /// - Throws: ``ClientError`` with code `unknown_job`, `unreachable` or `timed_out`.
  public func cancel(_ job: JobID) async throws -> JobStatus {
    try await statusAnswer(.cancel(job))
  }

  /// A job's events, without gaps, those to come included; they end with the job.
  ///
  /// - Parameter sequence: The number of the last event that is known already; 0 for all.
  public func events(of job: JobID, after sequence: UInt64 = 0) -> AsyncThrowingStream<JobEvent, any Error> {
    let id = nextCall()
    let (stream, continuation) = AsyncThrowingStream<JobEvent, any Error>.makeStream()
    waiters[id] = .events(continuation)
    continuation.onTermination = { [weak self] _ in
      guard let self else { return }
      Task { await self.abandon(id) }
    }
    handle(.call(id, .subscribe(job, after: sequence), timeout: nil))
    return stream
  }

  /// A finished job's results as they arrive; asking before the job has finished waits until it has.
  public nonisolated func results(of job: JobID) -> JobResults {
    JobResults(client: self, job: job, circuits: nil)
  }

  /// What there is of the results of some circuits, of a job in any state; each is what the whole result will hold for it.
  ///
  /// - Parameter circuits: Counted row by row through the job's items. Of very scattered ones only the first come; see
  ///   ``resultsSoFar(of:)``.
  public nonisolated func results(of job: JobID, circuits: Range<Int>) -> JobResults {
    JobResults(client: self, job: job, circuits: circuits)
  }

  /// Waits until a job has ended and fetches its results.
  ///
  /// - Parameter timeout: How long to wait; `nil` for as long as it takes.
  /// - Throws: ``ClientError`` with code `timed_out`, in which case the job goes on, `unknown_job`, `gone`, `unreachable` or
  ///   `corrupt_result`.
  public nonisolated func wait(for job: JobID, timeout: Duration? = nil) async throws -> JobOutcome {
    guard let timeout else { return try await outcome(.outcome(job)) }
    return try await withThrowingTaskGroup { group in
      group.addTask { try await self.outcome(.outcome(job)) }
      group.addTask {
        try await Task.sleep(for: timeout)
        throw ClientError(.timedOut, "job \(job) did not end within \(timeout); it goes on")
      }
      defer { group.cancelAll() }
      return try await group.next()!
    }
  }

  // MARK: The broker

  /// The jobs that the broker holds.
  ///
  /// - Parameters:
  ///   - includesFinished: Whether jobs that have ended are listed, too.
  ///   - limit: How many are listed at most; a broker lists up to 1,000.
  public func queue(includesFinished: Bool = false, limit: Int = 1_000) async throws -> QueueListing {
    let list = Message.List(
      kind: .jobs, includesTerminal: includesFinished, limit: min(max(limit, 0), Protocol.Limits.listingCount))
    let (listing, rows) = try await listing(list)
    return QueueListing(jobs: rows.jobs, jobCount: listing.totalJobs, queuedCircuitCount: listing.queuedCircuits)
  }

  /// The workers that the broker knows.
  public func workers() async throws -> [WorkerSummary] {
    try await listing(Message.List(kind: .workers)).rows.workers
  }

  /// How the broker is: what it holds, by which timers and limits it goes, and what it has refused since it started.
  public func diagnosis() async throws -> BrokerDiagnosis {
    let answer = try await ask(.diagnose, timeout: configuration.requestTimeout)
    guard case .diagnosis(let diagnosis) = answer else { preconditionFailure("a question was answered with \(answer)") }
    return BrokerDiagnosis(diagnosis)
  }

  /// What came of the results that the broker had run a second time: of all tenants' in numbers, of this one's by name.
  public func audits() async throws -> AuditReport {
    let answer = try await ask(.list(Message.List(kind: .audits)), timeout: configuration.requestTimeout)
    guard case .audits(let report) = answer else { preconditionFailure("a listing was answered with \(answer)") }
    return report
  }

  // MARK: Receipts

  /// A finished job's results as its workers wrote them, with what they signed; see ``ReceiptVerifier``.
  ///
  /// A job that has not ended is waited for as long as a request may take.
  ///
  /// - Throws: ``ClientError`` with code `unknown_job`, `gone`, `unreachable`, `timed_out` or `corrupt_result`.
  public func receiptedResult(of job: JobID) async throws -> ReceiptedResult {
    var parts: [ReceiptedPart] = []
    var list: Message.ReceiptList
    repeat {
      let lower = parts.last?.circuits.upperBound ?? 0
      let answer = try await ask(.receipts(job, lower: lower), timeout: configuration.requestTimeout)
      guard case .receipts(let answered, let more) = answer else { preconditionFailure("receipts were answered with \(answer)") }
      guard answered.isComplete || more.last.map({ $0.circuits.upperBound > lower }) ?? false else {
        throw ClientError(.corruptResult, "the receipts of job \(job) do not go on after circuit \(lower)")
      }
      (list, parts) = (answered, parts + more)
    } while !list.isComplete
    let bytes = try await resultBytes(of: job)
    var result = ReceiptedResult(job: job, requestHash: list.requestHash, circuitCount: list.total, parts: [])
    var start = 0
    for part in parts {
      guard bytes.count - start >= part.byteCount else { break }
      let slice = Array(bytes[start..<start + part.byteCount])
      result.parts.append(.init(circuits: part.circuits, bytes: slice, receipt: part.receipt))
      start += part.byteCount
    }
    guard start == bytes.count, result.parts.count == parts.count else {
      throw ClientError(
        .corruptResult, "the receipts of job \(job) are of another number of bytes than the \(bytes.count) of its result")
    }
    return result
  }

  private func resultBytes(of job: JobID) async throws -> [UInt8] {
    let cursor = open(.fetchBytes(job))
    var bytes: [UInt8] = []
    while case .chunk(let chunk) = try await nextChunk(cursor.call) { bytes += chunk.bytes }
    return bytes
  }

  // MARK: Calls

  func listing(_ list: Message.List) async throws -> (listing: Message.Listing, rows: ListingBody.Rows) {
    let answer = try await ask(.list(list), timeout: configuration.requestTimeout)
    guard case .listing(let listing, let rows) = answer else { preconditionFailure("a listing was answered with \(answer)") }
    return (listing, rows)
  }

  func session(_ request: ClientState.Request) async throws -> SessionStatus {
    let answer = try await ask(request, timeout: configuration.requestTimeout)
    guard case .session(let status) = answer else { preconditionFailure("a session's request was answered with \(answer)") }
    return status
  }

  func accepted(_ request: ClientState.Request) async throws -> Submitted {
    let answer = try await ask(request, timeout: configuration.requestTimeout)
    guard case .accepted(let accepted) = answer else { preconditionFailure("a submission was answered with \(answer)") }
    return Submitted(
      job: accepted.job, isDuplicate: accepted.isDuplicate, state: accepted.state, circuitCount: accepted.total)
  }

  func statusAnswer(_ request: ClientState.Request) async throws -> JobStatus {
    let answer = try await ask(request, timeout: configuration.requestTimeout)
    guard case .status(let status) = answer else { preconditionFailure("a status was answered with \(answer)") }
    return status
  }

  /// Gathers a job's results on the connection's thread: a way to another and back for each piece took longer than adding it.
  private func outcome(_ request: ClientState.Request) async throws -> JobOutcome {
    let call = begin(request)
    defer { abandon(call) }
    var results = CircuitResults()
    while true {
      switch try await nextChunk(call) {
      case .chunk(let chunk): results.append(contentsOf: chunk.results)
      case .end(_, let status?): return JobOutcome(status: status, results: results)
      case .end: throw CancellationError()
      }
    }
  }

  private func nextCall() -> UInt64 {
    callCount += 1
    return callCount
  }

  private func ask(_ request: ClientState.Request, timeout: Duration?) async throws -> ClientState.Answer {
    let id = nextCall()
    return try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        waiters[id] = .answer(continuation)
        handle(.call(id, request, timeout: timeout))
        if Task.isCancelled { abandon(id) }
      }
    } onCancel: {
      Task { await self.abandon(id) }
    }
  }

  func openResults(of job: JobID, _ circuits: Range<Int>?) -> ResultCursor { open(.fetch(job, circuits: circuits)) }

  private func open(_ request: ClientState.Request) -> ResultCursor { ResultCursor(client: self, call: begin(request)) }

  /// Makes a call that results answer.
  private func begin(_ request: ClientState.Request) -> UInt64 {
    let id = nextCall()
    waiters[id] = .results(ResultBuffer())
    handle(.call(id, request, timeout: nil))
    return id
  }

  /// The next results of a transfer, or how it ended.
  func nextResults(_ id: UInt64) async throws -> ResultStep {
    switch try await nextChunk(id) {
    case .chunk(let chunk): .results(chunk.results)
    case .end(let message, _): .end(message)
    }
  }

  /// What a transfer brings next.
  private enum ChunkStep {
    case chunk(ResultBuffer.Chunk)
    case end(Message.StreamEnd?, JobStatus?)
  }

  private func nextChunk(_ id: UInt64) async throws -> ChunkStep {
    guard case .results(let buffer) = waiters[id] else { return .end(nil, nil) }
    let chunk = try await withTaskCancellationHandler {
      try await buffer.next(isolation: self)
    } onCancel: {
      Task { await self.abandon(id) }
    }
    guard let chunk else {
      waiters[id] = nil
      return .end(buffer.lastMessage, buffer.status)
    }
    handle(.consumed(id, byteCount: chunk.byteCount))
    return .chunk(chunk)
  }

  /// Lets go of a call; whoever waits for it is told that it was cancelled.
  func abandon(_ id: UInt64) {
    guard let waiter = waiters.removeValue(forKey: id) else { return }
    handle(.abandon(id))
    switch waiter {
    case .answer(let continuation): continuation.resume(throwing: CancellationError())
    case .events(let continuation): continuation.finish()
    case .results(let buffer): buffer.finish(throwing: CancellationError())
    }
  }

  private static func byDigest(_ templates: some Sequence<Template>) -> [Digest: Template] {
    Dictionary(templates.map { ($0.digest, $0) }) { first, _ in first }
  }

  static func randomKey() -> String {
    (0..<2).map { _ in String(UInt64.random(in: 0...UInt64.max), radix: 36) }.joined(separator: "-")
  }

  // MARK: Events and actions

  private func received(_ frames: [Frame]) {
    do throws(ProtocolError) {
      let message = try Message.decode(frames.map(\.contents))
      guard let whole = try assembler.accept(message) else { return }
      handle(.received(whole))
    } catch {
      // What cannot be read was not sent: what it answered is asked again.
      return
    }
  }

  /// An endpoint is none, or the socket is of no more use: nothing that waits can be answered.
  private func failed(_ error: ZeroMQError) {
    failure = ClientError(.invalidArgument, error.message)
    handle(.close)
  }

  private func handle(_ event: ClientState.Event) {
    for action in state.handle(event, at: loop.now) { perform(action) }
    if let timer { loop.cancel(timer) }
    timer = state.nextDeadline.map { deadline in
      loop.schedule(at: deadline) { [weak self] in self?.assumeIsolated { $0.handle(.tick) } }
    }
  }

  private func perform(_ action: ClientState.Action) {
    switch action {
    case .connect(let endpoint):
      assembler = PayloadAssembler()
      do throws(ZeroMQError) { try link?.connect(toEndpoint: endpoint) } catch { failed(error) }
    case .send(let message): send(message)
    case .answer(let id, let answer): pass(answer, to: id)
    case .fail(let id, let error): fail(id, failure ?? error)
    }
  }

  private func send(_ message: Message) {
    transferCount += 1
    let isBulk = message.content.type == .submit || message.content.type == .putTemplate
    do {
      for part in message.parts(transfer: transferCount) {
        link?.send(try part.encode().map { try Frame($0) }, isBulk: isBulk)
      }
    } catch {
      // The state makes no message beyond a limit; what is left is memory, and the question is asked again.
      assertionFailure("\(message.content.type) not sent: \(error)")
    }
  }

  private func pass(_ answer: ClientState.Answer, to id: UInt64) {
    switch (waiters[id], answer) {
    case (.events(let continuation), .event(let event)): continuation.yield(event)
    case (.events(let continuation), _):
      waiters[id] = nil
      continuation.finish()
    case (.results(let buffer), .results(let results, let byteCount)): buffer.append(results, byteCount: byteCount)
    case (.results(let buffer), .status(let status)): buffer.status = status
    case (.results(let buffer), .fetched(let end)): buffer.finish(end)
    case (.results, .accepted): break
    case (.results(let buffer), .bytes(let bytes)): buffer.append(bytes)
    case (.results(let buffer), _): buffer.finish(throwing: nil)
    case (.answer(let continuation), _):
      waiters[id] = nil
      continuation.resume(returning: answer)
    case (nil, _): break
    }
  }

  private func fail(_ id: UInt64, _ error: ClientError) {
    switch waiters[id] {
    case .answer(let continuation):
      waiters[id] = nil
      continuation.resume(throwing: error)
    case .events(let continuation):
      waiters[id] = nil
      continuation.finish(throwing: error)
    // The reader takes what came before the error first.
    case .results(let buffer): buffer.finish(throwing: error)
    case nil: break
    }
  }
}

extension Job {
  /// The job under a key: its own, or a random one.
  fileprivate var withKey: Job {
    var job = self
    if idempotencyKey.isEmpty { job.idempotencyKey = KetworkClient.randomKey() }
    return job
  }
}
