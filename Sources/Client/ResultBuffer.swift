import Protocol

/// Results between the connection and one reader, on the client's thread; the credit given to the broker bounds it.
final class ResultBuffer {
  typealias Chunk = (results: [CircuitResult], byteCount: Int)

  private var chunks: ArraySlice<Chunk> = []
  private var end: Result<Void, any Error>?
  private var reader: CheckedContinuation<Chunk?, any Error>?

  /// Adds results.
  func append(_ results: [CircuitResult], byteCount: Int) {
    if let reader = take() { reader.resume(returning: (results, byteCount)) } else { chunks.append((results, byteCount)) }
  }

  /// Ends the results, after those that wait.
  func finish(throwing error: (any Error)?) {
    guard end == nil else { return }
    end = error.map { .failure($0) } ?? .success(())
    guard let reader = take() else { return }
    if let error { reader.resume(throwing: error) } else { reader.resume(returning: nil) }
  }

  /// The next results, or `nil` after the last; for one reader at a time.
  func next(isolation: isolated KetworkClient) async throws -> Chunk? {
    if let chunk = chunks.popFirst() { return chunk }
    if let end { return try end.map { nil }.get() }
    precondition(reader == nil, "two tasks read one result")
    return try await withCheckedThrowingContinuation { reader = $0 }
  }

  private func take() -> CheckedContinuation<Chunk?, any Error>? {
    defer { reader = nil }
    return reader
  }
}
