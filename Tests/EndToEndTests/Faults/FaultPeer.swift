import Protocol
import Testing
import ZeroMQ

/// A peer of a broker that a test plays, one message at a time, so that a fault falls between two of them.
final class FaultPeer {
  private let socket: Socket
  private var assembler = PayloadAssembler()
  private var nextID: UInt64 = 1
  static let patience = Duration.seconds(30)

  init(_ endpoint: String) throws {
    socket = try Socket(.dealer, options: SocketOptions())
    try socket.connect(endpoint)
  }

  func send(_ content: Message.Content, payload: [UInt8] = []) throws {
    nextID += 1
    for part in Message(id: nextID, content, payload: payload).parts(transfer: nextID) {
      _ = try socket.waitUntilWritable(timeout: Self.patience)
      let result = try socket.send(try part.encode().map { try Frame($0) })
      try #require(result == .sent)
    }
  }

  /// The next message of some types within a time, pings answered on the way; `nil` when none comes.
  func next(_ types: MessageType..., within limit: Duration = patience) throws -> Message? {
    let end = MonotonicClock.now() + limit
    while MonotonicClock.now() < end {
      guard try socket.waitUntilReadable(timeout: .milliseconds(50)), let frames = try socket.receive(),
        let message = try assembler.accept(try Message.decode(frames.map(\.contents)))
      else { continue }
      if message.content == .ping { try send(.pong) }
      if types.contains(message.content.type) { return message }
    }
    return nil
  }

  func hello(_ role: Message.Hello.Role) throws {
    let devices = role == .worker ? [DeviceSummary(name: "cpu", memoryByteCount: 1 << 30)] : []
    try send(.hello(Message.Hello(role: role, name: "played", devices: devices)))
    _ = try #require(try next(.welcome), "no welcome")
  }

  /// Asks for one lease and begins it.
  func takeLease() throws -> (lease: Message.Lease, items: [Item]) {
    try send(.ready(Message.Ready(slots: 1)))
    let message = try #require(try next(.lease), "no lease")
    guard case .lease(let lease) = message.content else { preconditionFailure("not what was waited for") }
    try send(.started(lease.fence))
    return (lease, try JobBody.decodeLease(message.payload))
  }

  func complete(_ lease: Message.Lease, _ items: [Item]) throws {
    let results = items.flatMap { item in
      (0..<item.rows.count).map {
        CircuitResult(item: item.index, row: $0, outcome: .values(CircuitValues(qubitCount: 2, shots: 1)))
      }
    }
    let complete = Message.Complete(fence: lease.fence, job: lease.job, circuits: lease.circuits, busyTime: .milliseconds(1))
    try send(.complete(complete), payload: ResultBody.encode(results))
  }

  func submit(_ work: FaultWork) throws {
    try send(.putTemplate, payload: TemplateBundle.encode([work.template]))
    try send(.submit(Message.Submit(idempotencyKey: work.job.idempotencyKey)), payload: JobBody.encode(work.job.items))
  }
}
