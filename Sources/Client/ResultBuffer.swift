import Protocol
import Synchronization

/// Results between the connection and one reader; the credit given to the broker bounds it.
final class ResultBuffer: Sendable {
  typealias Chunk = (results: [CircuitResult], byteCount: Int)

  private struct State {
    var chunks: [Chunk] = []
    var end: Result<Void, any Error>?
    var reader: CheckedContinuation<Chunk?, any Error>?
  }

  private let state = Mutex(State())

  /// Adds results.
  func append(_ results: [CircuitResult], byteCount: Int) {
    let reader = state.withLock { state -> CheckedContinuation<Chunk?, any Error>? in
      guard let reader = state.reader else {
        state.chunks.append((results, byteCount))
        return nil
      }
      state.reader = nil
      return reader
    }
    reader?.resume(returning: (results, byteCount))
  }

  /// Ends the results, after those that wait.
  func finish(throwing error: (any Error)?) {
    let reader = state.withLock { state -> CheckedContinuation<Chunk?, any Error>? in
      if state.end == nil { state.end = error.map { .failure($0) } ?? .success(()) }
      defer { state.reader = nil }
      return state.reader
    }
    if let error { reader?.resume(throwing: error) } else { reader?.resume(returning: nil) }
  }

  /// The next results, or `nil` after the last; for one reader at a time.
  func next() async throws -> Chunk? {
    try await withCheckedThrowingContinuation { continuation in
      let result: Result<Chunk?, any Error>? = state.withLock { state in
        if !state.chunks.isEmpty { return .success(state.chunks.removeFirst()) }
        if let end = state.end { return end.map { nil } }
        precondition(state.reader == nil, "two tasks read one result")
        state.reader = continuation
        return nil
      }
      if let result { continuation.resume(with: result) }
    }
  }
}
