import Testing
import ZeroMQ

@Suite struct FrameTests {
  @Test("a frame holds the bytes it was made from", arguments: [0, 1, 33, 34, 1 << 20])
  func bytes(_ count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    let message = try Frame(bytes)
    #expect(message.byteCount == count)
    #expect(message.contents == bytes)
    let copy = unsafe try Frame(copying: bytes.span.bytes)
    #expect(copy.contents == bytes)
    let span = message.bytes
    #expect(span.byteCount == count)
  }

  @Test("a frame can be sent again and from many threads at once", arguments: [10, 1000])
  func sharing(_ count: Int) async throws {
    let message = try Frame([UInt8](repeating: 5, count: count))
    let endpoint = Transport.inproc.endpoint()
    let pull = try Socket(.pull)
    try pull.bind(endpoint)
    try await withThrowingTaskGroup { group in
      for _ in 0..<8 {
        group.addTask {
          let push = try Socket(.push)
          try push.connect(endpoint)
          for _ in 0..<50 { #expect(try push.send([message, message]) == .sent) }
        }
      }
      try await group.waitForAll()
    }
    for _ in 0..<400 {
      let frames = try next(pull)
      #expect(frames.count == 2 && frames.allSatisfy { $0.contents == message.contents })
    }
  }

  @Test("a frame that came over TCP knows its connection and its peer's address")
  func properties() throws {
    let router = try Socket(.router)
    let endpoint = try router.bind("tcp://127.0.0.1:*")
    let dealer = try Socket(.dealer)
    try dealer.connect(endpoint)
    try say("hello", on: dealer)
    let frames = try next(router)
    #expect(frames[1].sourceDescriptor != nil)
    #expect(frames[1].peerAddress == "127.0.0.1")
    #expect(frames[1].userID == nil)
    #expect(try Frame([1]).sourceDescriptor == nil)
  }
}
