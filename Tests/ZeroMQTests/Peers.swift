import Testing
import ZeroMQ

/// How long a test waits for something that happens at once unless it is broken.
let patience = Duration.seconds(20)

/// An endpoint of each transport that nobody else uses.
enum Transport: String, CaseIterable, CustomTestStringConvertible {
  case inproc, ipc, tcp

  var testDescription: String { rawValue }

  func endpoint() -> String {
    let name = String(UInt64.random(in: 0...UInt64.max), radix: 36)
    return switch self {
    case .inproc: "inproc://test.\(name)"
    case .ipc: "ipc:///tmp/ketwork-test-\(name)"
    case .tcp: "tcp://127.0.0.1:*"
    }
  }
}

/// The next message of a socket.
func next(_ socket: borrowing Socket, sourceLocation: SourceLocation = #_sourceLocation) throws -> [Frame] {
  let isThere = try socket.waitUntilReadable(timeout: patience)
  try #require(isThere, "no message came", sourceLocation: sourceLocation)
  let frames = try socket.receive()
  return try #require(frames, sourceLocation: sourceLocation)
}

/// Sends a message of texts, waiting until somebody is connected.
func say(_ texts: String..., on socket: borrowing Socket, sourceLocation: SourceLocation = #_sourceLocation) throws {
  let isWritable = try socket.waitUntilWritable(timeout: patience)
  try #require(isWritable, "nobody is connected", sourceLocation: sourceLocation)
  let result = try socket.send(texts.map { try Frame(Array($0.utf8)) })
  try #require(result == .sent, sourceLocation: sourceLocation)
}

/// A dealer's question reaches a router and the answer comes back.
func expectService(
  of router: borrowing Socket, at endpoint: String, options: SocketOptions = SocketOptions(),
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let dealer = try Socket(.dealer, options: options)
  try dealer.connect(endpoint)
  try say("still there?", on: dealer, sourceLocation: sourceLocation)
  // Noise may have been taken for messages of the first protocol version, which has no signature.
  var question = try next(router, sourceLocation: sourceLocation)
  while question.last?.text != "still there?" { question = try next(router, sourceLocation: sourceLocation) }
  let result = try router.send([question[0], Frame(Array("yes".utf8))])
  #expect(result == .sent, sourceLocation: sourceLocation)
  #expect(try next(dealer, sourceLocation: sourceLocation).map(\.text) == ["yes"], sourceLocation: sourceLocation)
}

extension Frame {
  var text: String { String(decoding: contents, as: UTF8.self) }
}
