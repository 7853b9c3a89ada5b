import Foundation
import Testing
import ZeroMQ

/// Our ZeroMQ against a program of others, over the socket kinds that we do not use among ourselves.
@Suite(.enabled(if: Monerod.executable != nil, "monerod is not installed; scripts/setup installs it"), .serialized)
struct MonerodTests {
  @Test(
    "a dealer that sends an empty frame first is answered by a REP socket as HTTP answers, question by question",
    .timeLimit(.minutes(3)))
  func request() async throws {
    let node = try await Monerod.start()
    let dealer = try Socket(.dealer)
    try dealer.connect(node.requestEndpoint)
    #expect(try ask("get_height", dealer)["height"] as? Int == 1)
    let block = try await node.generateBlock()
    _ = try await node.generateBlock()
    let count = try #require(try await node.ask("get_block_count")["count"] as? Int)
    #expect(count == 3)
    #expect(try ask("get_height", dealer)["height"] as? Int == count)
    let information = try #require(try ask("get_info", dealer)["info"] as? [String: Any])
    let same = try await node.ask("get_info")
    for key in ["height", "difficulty", "tx_count", "target", "start_time"] {
      #expect(information[key] as? Int == same[key] as? Int, "\(key)")
      #expect(information[key] is Int, "\(key)")
    }
    #expect(information["top_block_hash"] as? String != block)
    // What the node does not know it refuses, and goes on answering.
    #expect(throws: CommandLineTool.Trouble.self) { try ask("no_such_method", dealer) }
    #expect(try ask("get_height", dealer)["height"] as? Int == count)
  }

  @Test("two dealers at one REP socket each get their own answers")
  func twoDealers() async throws {
    let node = try await Monerod.start()
    let first = try Socket(.dealer)
    try first.connect(node.requestEndpoint)
    let second = try Socket(.dealer)
    try second.connect(node.requestEndpoint)
    for _ in 0..<20 {
      try say("get_rpc_version", first)
      try say("get_height", second)
      #expect(try answer(second)["height"] as? Int == 1)
      #expect(try answer(first)["version"] is Int)
    }
  }

  @Test("a subscriber receives each new block that the node publishes, with its height, and no topic that it did not ask for")
  func publication() async throws {
    let node = try await Monerod.start()
    let subscriber = try Socket(.subscriber)
    try subscriber.subscribe(toPrefix: Array("json-minimal-chain_main".utf8))
    try subscriber.connect(node.publicationEndpoint)
    // Nothing says when the publisher has learnt of the subscription, so blocks are made until one is heard of.
    var (height, latest) = (0, "")
    let end = ContinuousClock.now + Monerod.patience
    repeat {
      latest = try await node.generateBlock()
      height += 1
    } while try !subscriber.waitUntilReadable(timeout: .milliseconds(500)) && ContinuousClock.now < end
    try expectBlock(subscriber, height, latest)
    // From here on none is missed.
    for _ in 0..<3 {
      latest = try await node.generateBlock()
      height += 1
      try expectBlock(subscriber, height, latest)
    }
    // A subscription that is taken back is one: the next block is not heard of.
    try subscriber.unsubscribe(fromPrefix: Array("json-minimal-chain_main".utf8))
    try subscriber.subscribe(toPrefix: Array("json-full-nothing".utf8))
    _ = try await node.generateBlock()
    let isReadable = try subscriber.waitUntilReadable(timeout: .milliseconds(500))
    #expect(!isReadable)
  }

  private func expectBlock(_ subscriber: borrowing Socket, _ height: Int, _ identity: String) throws {
    let isReadable = try subscriber.waitUntilReadable(timeout: Monerod.patience)
    try #require(isReadable, "block \(height) was not published")
    let frames = try subscriber.receive()
    let message = String(decoding: try #require(frames?.first).contents, as: UTF8.self)
    #expect(frames?.count == 1)
    let parts = message.split(separator: ":", maxSplits: 1)
    #expect(parts[0] == "json-minimal-chain_main")
    let block = try #require(try JSONSerialization.jsonObject(with: Data(parts[1].utf8)) as? [String: Any])
    #expect(block["first_height"] as? Int == height)
    #expect(block["ids"] as? [String] == [identity])
  }

  private func ask(_ method: String, _ dealer: borrowing Socket) throws -> [String: Any] {
    try say(method, dealer)
    return try answer(dealer)
  }

  private func say(_ method: String, _ dealer: borrowing Socket) throws {
    let isWritable = try dealer.waitUntilWritable(timeout: Monerod.patience)
    try #require(isWritable, "no connection to the node")
    let result = try dealer.send([try Frame([]), try Frame(Array(try Monerod.question(method)))])
    try #require(result == .sent)
  }

  private func answer(_ dealer: borrowing Socket) throws -> [String: Any] {
    let isReadable = try dealer.waitUntilReadable(timeout: Monerod.patience)
    try #require(isReadable, "no answer")
    let frames = try #require(try dealer.receive())
    try #require(frames.count == 2)
    #expect(frames[0].byteCount == 0)
    return try Monerod.result(Data(frames[1].contents))
  }
}
