public import Protocol

/// A finished job's results, one after the other as they arrive from the broker.
///
///     for try await result in await client.results(of: job) { … }
///
/// A reader that is slow holds nobody up and fills no memory: the broker sends a few megabytes ahead and waits. Results come by
/// item and row, whatever workers ran them.
public struct JobResults: AsyncSequence, Sendable {
  let client: KetworkClient
  let job: JobID
  /// Only what there is of these circuits.
  let circuits: Range<Int>?

  /// Makes an iterator, which asks the broker at its first step.
  public func makeAsyncIterator() -> Iterator {
    Iterator(client: client, job: job, circuits: circuits)
  }

  /// Goes through the results once.
  public struct Iterator: AsyncIteratorProtocol {
    private let client: KetworkClient
    private let job: JobID
    private let circuits: Range<Int>?
    private var cursor: ResultCursor?
    private var chunk = CircuitResults()[...]
    private var isFinished = false
    /// What the broker said at the end, after the last result.
    private(set) var end: Message.StreamEnd?

    init(client: KetworkClient, job: JobID, circuits: Range<Int>?) {
      self.client = client
      self.job = job
      self.circuits = circuits
    }

    /// The next result, or `nil` after the last.
    ///
    /// - Throws: ``ClientError``, such as `unknown_job`, `gone`, `unreachable` or `corrupt_result`.
    public mutating func next() async throws -> CircuitResult? {
      while chunk.isEmpty {
        if isFinished { return nil }
        let cursor: ResultCursor
        if let existing = self.cursor {
          cursor = existing
        } else {
          cursor = await client.openResults(of: job, circuits)
          self.cursor = cursor
        }
        switch try await client.nextResults(cursor.call) {
        case .results(let results): chunk = results[...]
        case .end(let message):
          end = message
          isFinished = true
          return nil
        }
      }
      return chunk.removeFirst()
    }
  }
}

/// A step on the way through results.
enum ResultStep: Sendable {
  case results(CircuitResults)
  case end(Message.StreamEnd?)
}

/// Ends the transfer when nobody reads any more.
final class ResultCursor: Sendable {
  let client: KetworkClient
  let call: UInt64

  init(client: KetworkClient, call: UInt64) {
    self.client = client
    self.call = call
  }

  deinit {
    let (client, call) = (client, call)
    Task { await client.abandon(call) }
  }
}
