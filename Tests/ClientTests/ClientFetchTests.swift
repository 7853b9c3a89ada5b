import Protocol
import Testing

@testable import Client

@Suite struct ClientFetchTests {
  /// Ten records of about 1.6 MB: four times the window.
  private static let results = (0..<10).map { row in
    CircuitResult(
      item: 0, row: row,
      outcome: .values(CircuitValues(qubitCount: 2, probabilities: [Double](repeating: Double(row), count: 200_000))))
  }
  private static let bytes = ResultBody.encode(results)

  @Test("results come out as they arrive, and the credit follows what the reader has taken")
  func credit() throws {
    var broker = try Sender(Self.bytes)
    #expect(broker.limit == Limits.resultWindowByteCount)
    var rows: [Int] = []
    while !broker.isFinished {
      let received = broker.sendAll()
      rows += received.flatMap { $0.results.map(\.row) }
      // A reader that takes nothing holds the broker at the window.
      #expect(broker.sendAll().isEmpty)
      for chunk in received { broker.consume(chunk.byteCount) }
      guard !received.isEmpty else { break }
    }
    #expect(rows == Array(0..<10))
    #expect(broker.isFinished)
  }

  @Test("a record larger than the window arrives")
  func largeRecord() throws {
    let count = Limits.resultWindowByteCount / 8 * 3
    let result = CircuitResult(
      item: 0, row: 0, outcome: .values(CircuitValues(qubitCount: 2, probabilities: [Double](repeating: 0.5, count: count))))
    var broker = try Sender(ResultBody.encode([result]))
    #expect(broker.sendAll().flatMap(\.results) == [result])
    #expect(broker.isFinished)
  }

  @Test("a lost connection resumes the result where it was")
  func resume() throws {
    var broker = try Sender(Self.bytes)
    let first = broker.send(1 << 20)
    let fetch = broker.fixture.reopen().contents
    guard case .fetch(let again)? = fetch.first else {
      Issue.record("\(fetch)")
      return
    }
    #expect(again.offset == 1 << 20)
    broker.limit = again.limit
    #expect(first.flatMap { $0.results.map(\.row) } == [])
    var rows: [Int] = []
    while !broker.isFinished {
      let received = broker.sendAll()
      rows += received.flatMap { $0.results.map(\.row) }
      for chunk in received { broker.consume(chunk.byteCount) }
      guard !received.isEmpty else { break }
    }
    #expect(rows == Array(0..<10))
  }

  @Test("a repeated part is ignored, and a gap or a damaged part is asked for again")
  func disorder() throws {
    var broker = try Sender(Self.bytes)
    _ = broker.send(1 << 20)
    #expect(broker.part(at: 0, 1 << 20).isEmpty)
    for (actions) in [broker.part(at: 2 << 20, 100), broker.part(at: 1 << 20, 100, isDamaged: true)] {
      guard case .fetch(let fetch)? = actions.contents.first else {
        Issue.record("\(actions)")
        return
      }
      #expect(fetch.offset == 1 << 20)
    }
  }

  @Test("a result with another digest than was announced is refused")
  func corrupt() throws {
    let bytes = ResultBody.encode([Self.results[0]])
    var broker = try Sender(bytes)
    _ = broker.part(at: 0, bytes.count)
    let end = Message.StreamEnd(job: job, byteCount: bytes.count, digest: Digest(of: [1]), state: .succeeded)
    #expect(broker.fixture.receive(.streamEnd(end)).failures == [1: .corruptResult])
  }

  @Test("bytes that are no results are refused")
  func malformed() throws {
    var broker = try Sender([0xff, 1, 2])
    #expect(broker.part(at: 0, 3).failures == [1: .corruptResult])
  }

  @Test("an end that comes too early asks for the rest")
  func earlyEnd() throws {
    var broker = try Sender(Self.bytes)
    _ = broker.send(1000)
    let end = Message.StreamEnd(job: job, byteCount: Self.bytes.count, digest: Digest(of: Self.bytes), state: .succeeded)
    guard case .fetch(let fetch)? = broker.fixture.receive(.streamEnd(end)).contents.first else {
      Issue.record("the rest was not asked for")
      return
    }
    #expect(fetch.offset == 1000)
  }

  @Test("two readers of one result take turns, also when the first gives up")
  func turns() throws {
    var broker = try Sender(Self.bytes)
    #expect(broker.fixture.call(2, .fetch(job)).isEmpty)
    let next = broker.fixture.state.handle(.abandon(1), at: .zero)
    #expect(next.contents == [.fetch(Message.Fetch(job: job, offset: 0, limit: Limits.resultWindowByteCount))])
  }

  @Test("a range of circuits is read from its beginning after a lost connection, and what is of another fetch is not taken")
  func range() throws {
    var fixture = try Fixture()
    let circuits = 2..<5
    let asked = Message.Fetch(job: job, limit: Limits.resultWindowByteCount, circuits: circuits)
    #expect(fixture.call(1, .fetch(job, circuits: circuits)).contents == [.fetch(asked)])
    let bytes = ResultBody.encode([Self.results[2]])
    func part(_ circuits: Range<Int>?) -> Message.Content {
      .result(Message.ResultPart(job: job, offset: 0, digest: Digest(of: bytes), circuits: circuits))
    }
    #expect(fixture.receive(part(nil), payload: bytes).rows(1).isEmpty)
    #expect(fixture.receive(part(circuits), payload: bytes).rows(1) == [2])
    #expect(fixture.reopen().contents == [.fetch(asked)])
    #expect(fixture.receive(part(circuits), payload: bytes).rows(1) == [2])
    func end(_ circuits: Range<Int>?) -> Message.Content {
      .streamEnd(
        Message.StreamEnd(
          job: job, byteCount: bytes.count, digest: Digest(of: bytes), state: .running, circuits: circuits, present: [2..<3]))
    }
    #expect(!fixture.receive(end(nil)).isFinished(1))
    #expect(fixture.receive(end(circuits)).isFinished(1))
  }

  private static func status(_ byteCount: Int, _ state: JobState = .succeeded) -> Message.Content {
    .state(JobStatus(job: job, state: state, total: 1, resultByteCount: byteCount))
  }

  /// The broker tells call 1 of the job's end and sends the result, and nothing more is asked.
  private static func expectEnd(replyTo message: UInt64?, _ fixture: inout Fixture) {
    let bytes = ResultBody.encode([results[2]])
    let told = fixture.receive(status(bytes.count), replyTo: message)
    #expect(told.messages.isEmpty && told.hasStatus(1))
    let part = Message.ResultPart(job: job, offset: 0, digest: Digest(of: bytes))
    #expect(fixture.receive(.result(part), payload: bytes).rows(1) == [2])
    let end = Message.StreamEnd(job: job, byteCount: bytes.count, digest: Digest(of: bytes), state: .succeeded)
    #expect(fixture.receive(.streamEnd(end)).isFinished(1))
  }

  @Test("an outcome is the state and the result that follows it, with one question")
  func outcome() throws {
    var fixture = try Fixture()
    let asked = fixture.call(1, .outcome(job)).messages
    #expect(asked.map(\.content) == [.fetch(Message.Fetch(job: job, limit: Limits.resultWindowByteCount, waits: true))])
    Self.expectEnd(replyTo: asked.first?.id, &fixture)
  }

  @Test("an outcome without results ends with the state, and one that was not told is asked for again")
  func emptyOutcome() throws {
    var fixture = try Fixture()
    _ = fixture.call(1, .outcome(job))
    let again = fixture.reopen().messages
    #expect(again.map(\.content.type) == [.fetch])
    let told = fixture.receive(Self.status(0, .cancelled), replyTo: again.first?.id)
    #expect(told.hasStatus(1) && told.isFinished(1))
  }

  @Test("an outcome holds up no other reader of its job, and its result comes in its turn")
  func outcomeTurn() throws {
    var fixture = try Fixture()
    let range = Message.Content.fetch(Message.Fetch(job: job, limit: Limits.resultWindowByteCount, circuits: 2..<3))
    #expect(fixture.call(1, .fetch(job, circuits: 2..<3)).contents == [range])
    let asked = fixture.call(2, .outcome(job)).messages
    #expect(asked.map(\.content.type) == [.fetch])
    // What the broker sends now is in the place of what the other read, which is asked for again.
    let told = fixture.receive(Self.status(100), replyTo: asked.first?.id)
    #expect(told.hasStatus(2) && told.contents == [range])
    let whole = Message.Content.fetch(Message.Fetch(job: job, limit: Limits.resultWindowByteCount))
    #expect(fixture.state.handle(.abandon(1), at: .zero).contents == [whole])
  }

  @Test("a job that is run is submitted, and its end follows without another question")
  func run() throws {
    var fixture = try Fixture()
    let asked = fixture.call(1, .run(fixture.submission, templates: [fixture.template.digest: fixture.template])).messages
    #expect(asked.map(\.content.type) == [.putTemplate, .submit])
    guard case .submit(let submit)? = asked.last?.content else { return }
    #expect(submit.resultLimit == Limits.resultWindowByteCount)
    let accepted = fixture.receive(Self.accepted(isDuplicate: false), replyTo: asked.last?.id)
    #expect(accepted.messages.isEmpty)
    Self.expectEnd(replyTo: asked.last?.id, &fixture)
  }

  @Test("a job that is run asks for its end where it had been accepted before, and after a lost connection")
  func runAgain() throws {
    var fixture = try Fixture()
    let request = ClientState.Request.run(fixture.submission, templates: [fixture.template.digest: fixture.template])
    _ = fixture.call(1, request)
    // Not accepted as far as is known: the same job with the same key.
    let again = fixture.reopen().messages
    #expect(again.map(\.content.type) == [.putTemplate, .submit])
    let asked = fixture.receive(Self.accepted(isDuplicate: true), replyTo: again.last?.id).messages
    #expect(asked.map(\.content) == [.fetch(Message.Fetch(job: job, limit: Limits.resultWindowByteCount, waits: true))])
    #expect(fixture.reopen().messages.map(\.content) == asked.map(\.content))
    // A refusal to come back later is of the question that was asked last.
    let late = Message.Content.reject(Message.Reject(.storage, "later", retryAfter: .seconds(1)))
    let refused = fixture.receive(late, replyTo: again.last?.id)
    #expect(refused.failures.isEmpty)
  }

  private static func accepted(isDuplicate: Bool) -> Message.Content {
    .accepted(Message.Accepted(job: job, isDuplicate: isDuplicate, state: .queued, total: 1))
  }

  @Test("a result that is not ready is asked for when the broker says")
  func notReady() throws {
    var broker = try Sender(Self.bytes)
    let reject = Message.Reject(.notReady, "running", retryAfter: .seconds(1))
    _ = broker.fixture.receive(.reject(reject), replyTo: broker.message)
    #expect(broker.fixture.tick(.seconds(1)).types.contains(.fetch))
  }
}

/// A broker that sends a result to call 1 as far as it has credit.
private struct Sender {
  var fixture: Fixture
  let bytes: [UInt8]
  let message: UInt64
  var sent = 0
  var limit = 0
  var isFinished = false

  init(_ bytes: [UInt8]) throws {
    var fixture = try Fixture()
    let message = try #require(fixture.call(1, .fetch(job)).messages.first)
    guard case .fetch(let fetch) = message.content else { throw ClientError(.closed, "no fetch") }
    self.fixture = fixture
    self.bytes = bytes
    self.message = message.id
    limit = fetch.limit
  }

  typealias Chunk = (results: CircuitResults, byteCount: Int)

  /// Sends all that there is credit for, in parts of 512 KiB, and the end after the last.
  mutating func sendAll() -> [Chunk] {
    var chunks: [Chunk] = []
    while sent < min(limit, bytes.count) { chunks += send(512 << 10) }
    guard sent == bytes.count, !isFinished else { return chunks }
    let end = Message.StreamEnd(job: job, byteCount: bytes.count, digest: Digest(of: bytes), state: .succeeded)
    isFinished = fixture.receive(.streamEnd(end)).isFinished(1)
    return chunks
  }

  mutating func send(_ count: Int) -> [Chunk] {
    let count = min(count, limit - sent, bytes.count - sent)
    let actions = part(at: sent, count)
    sent += count
    return take(actions)
  }

  mutating func consume(_ byteCount: Int) {
    _ = take(fixture.state.handle(.consumed(1, byteCount: byteCount), at: .zero))
  }

  mutating func part(at offset: Int, _ count: Int, isDamaged: Bool = false) -> [ClientState.Action] {
    let payload = Array(bytes[offset..<offset + count])
    let part = Message.ResultPart(job: job, offset: offset, digest: Digest(of: isDamaged ? [] : payload))
    return fixture.receive(.result(part), payload: payload)
  }

  private mutating func take(_ actions: [ClientState.Action]) -> [Chunk] {
    var chunks: [Chunk] = []
    for action in actions {
      if case .answer(1, .results(let results, let byteCount)) = action { chunks.append((results, byteCount)) }
      if case .send(let message) = action, case .credit(let credit) = message.content { limit = credit.limit }
    }
    return chunks
  }
}
