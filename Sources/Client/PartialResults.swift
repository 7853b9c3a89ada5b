public import Protocol

/// A job's results as its circuits are completed, each once, to the end of the job.
///
///     for try await result in client.partialResults(of: job) { print(result.item, result.row) }
///
/// They come in the order in which workers finish them; each is what the whole result will hold for its circuit. Those of a job
/// that is cancelled or expires come as far as there are any. Lost connections are made again, and leave no gap and no repeat.
public struct PartialResults: AsyncSequence, Sendable {
  let client: KetworkClient
  let job: JobID

  /// Makes an iterator, which asks the broker at its first step.
  public func makeAsyncIterator() -> Iterator {
    Iterator(client: client, job: job)
  }

  /// Goes through the results once.
  public struct Iterator: AsyncIteratorProtocol {
    private let client: KetworkClient
    private let job: JobID
    private var events: AsyncThrowingStream<JobEvent, any Error>.Iterator?
    private var hasEnded = false
    /// Circuits that events named.
    private var named = RangeSet()
    /// Those of them that are still to be fetched.
    private var wanted = RangeSet()
    private var range = 0..<0
    private var reader: JobResults.Iterator?
    /// Rows handed out, by item.
    private var seen: [Int: RangeSet] = [:]

    init(client: KetworkClient, job: JobID) {
      self.client = client
      self.job = job
    }

    /// The next result, or `nil` after the job's end.
    ///
    /// - Throws: ``ClientError``, such as `unknown_job`, `gone` or `unreachable`.
    public mutating func next() async throws -> CircuitResult? {
      while true {
        if reader != nil {
          if let result = try await reader?.next() {
            if isNew(result) { return result }
          } else {
            finishRange()
          }
        } else if let first = wanted.first {
          range = first
          reader = client.results(of: job, circuits: first).makeAsyncIterator()
        } else if hasEnded {
          return nil
        } else {
          try await takeEvent()
        }
      }
    }

    private mutating func takeEvent() async throws {
      if events == nil { events = await client.events(of: job).makeAsyncIterator() }
      guard let event = try await events?.next() else {
        hasEnded = true
        return try Task.checkCancellation()
      }
      for circuits in event.circuits {
        named.insert(circuits)
        wanted.insert(circuits)
      }
      guard event.state.isTerminal else { return }
      hasEnded = true
      // What the last event could not name is found by asking for it.
      if event.hasMoreCircuits { for gap in named.gaps(in: 0..<event.total) { wanted.insert(gap) } }
    }

    /// A fetch begins again after a lost connection, so what comes may have come before.
    private mutating func isNew(_ result: CircuitResult) -> Bool {
      guard seen[result.item]?.contains(result.row) != true else { return false }
      seen[result.item, default: RangeSet()].insert(result.row..<result.row + 1)
      return true
    }

    private mutating func finishRange() {
      let end = reader?.end
      reader = nil
      if let end, end.hasMore, let last = end.present.last { range = range.lowerBound..<last.upperBound }
      wanted.remove(range)
    }
  }
}
