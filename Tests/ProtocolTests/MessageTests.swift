import Protocol
import Testing

@Suite("Messages")
struct MessageTests {
  @Test("every message comes back from its frames as it was", arguments: Samples.contents)
  func roundTrip(content: Message.Content) throws {
    let message = Message(
      id: 11, replyTo: 10, traceParent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", sentUnixNanoseconds: 12, content,
      payload: [1, 2, 3])
    #expect(try Message.decode(message.encode()) == message)
  }

  @Test("there is a sample of every message type")
  func samplesAreWhole() {
    #expect(Set(Samples.contents.map(\.type)) == Set(MessageType.allCases))
  }

  @Test("a payload of several bodies comes back whole", arguments: [0, 1, 256 << 10, 256 << 10 + 1, 1 << 20])
  func payload(byteCount: Int) throws {
    let message = Message(.template, payload: (0..<byteCount).map { UInt8(truncatingIfNeeded: $0 &* 7) })
    let frames = try message.encode()
    #expect(frames.dropFirst(2).allSatisfy { $0.count <= 256 << 10 })
    #expect(try Message.decode(frames) == message)
  }

  @Test("a payload over the limit of one message is refused when it is written")
  func payloadTooLarge() {
    let message = Message(.template, payload: [UInt8](repeating: 0, count: 1 << 20 + 1))
    #expect { try message.encode() } throws: { ($0 as? ProtocolError)?.code == .tooLarge }
  }
}
