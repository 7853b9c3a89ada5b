import Protocol

/// Results between the connection and one reader, on the client's thread; the credit given to the broker bounds it.
final class ResultBuffer {
  /// Results, or bytes that nobody reads as such.
  typealias Chunk = (results: CircuitResults, bytes: [UInt8], byteCount: Int)

  private var chunks: ArraySlice<Chunk> = []
  private var end: Result<Void, any Error>?
  /// The job's status, where it was waited for and has ended.
  var status: JobStatus?
  /// How the results ended, once they have.
  private(set) var lastMessage: Message.StreamEnd?
  private var reader: CheckedContinuation<Chunk?, any Error>?

  /// Adds results.
  func append(_ results: CircuitResults, byteCount: Int) { append((results, [], byteCount)) }

  /// Adds bytes.
  func append(_ bytes: [UInt8]) { append((CircuitResults(), bytes, bytes.count)) }

  private func append(_ chunk: Chunk) {
    if let reader = take() { reader.resume(returning: chunk) } else { chunks.append(chunk) }
  }

  /// Ends the results with the broker's word that they are whole.
  func finish(_ message: Message.StreamEnd) {
    lastMessage = message
    finish(throwing: nil)
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
