import Broker
import Protocol
import Testing
import ZeroMQ

/// A peer of a broker on a real socket, one question and answer at a time; used on one thread.
final class Dealer {
  private let socket: Socket
  private var assembler = PayloadAssembler()
  private var nextID: UInt64 = 1
  static let patience = Duration.seconds(30)

  init(_ endpoint: String, security: SocketSecurity = .none) throws {
    socket = try Socket(.dealer, options: SocketOptions(security: security))
    try socket.connect(endpoint)
    _ = try socket.waitUntilWritable(timeout: Self.patience)
  }

  func send(_ content: Message.Content, payload: [UInt8] = []) throws {
    nextID += 1
    for part in Message(id: nextID, content, payload: payload).parts(transfer: nextID) { try send(part.encode()) }
  }

  func send(_ frames: [[UInt8]]) throws {
    _ = try socket.waitUntilWritable(timeout: Self.patience)
    let result = try socket.send(frames.map { try Frame($0) })
    try #require(result == .sent)
  }

  /// The next message, pings answered on the way.
  func next(sourceLocation: SourceLocation = #_sourceLocation) throws -> Message {
    while true {
      try #require(try socket.waitUntilReadable(timeout: Self.patience), "nothing came", sourceLocation: sourceLocation)
      guard let frames = try socket.receive() else { continue }
      guard let message = try assembler.accept(try Message.decode(frames.map(\.contents))) else { continue }
      guard message.content != .ping else {
        try send(.pong)
        continue
      }
      return message
    }
  }

  /// Whether nothing but pings comes for a while, none of which is answered.
  func hearsNothing(for duration: Duration = .milliseconds(400)) throws -> Bool {
    let end = MonotonicClock.now() + duration
    while MonotonicClock.now() < end {
      guard try socket.waitUntilReadable(timeout: .milliseconds(50)), let frames = try socket.receive() else { continue }
      if try Message.decode(frames.map(\.contents)).content != .ping { return false }
    }
    return true
  }

  /// The next message of a type, others dropped.
  func next(_ type: MessageType, sourceLocation: SourceLocation = #_sourceLocation) throws -> Message {
    while true {
      let message = try next(sourceLocation: sourceLocation)
      if message.content.type == type { return message }
    }
  }

  func hello(_ role: Message.Hello.Role) throws {
    let devices = role == .worker ? [DeviceSummary(name: "cpu", memoryByteCount: 1 << 30)] : []
    try send(.hello(Message.Hello(role: role, name: "dealer", devices: devices)))
    _ = try next(.welcome)
  }

  /// Submits items and gives the job's name.
  func submit(_ items: [Item], key: String = "k") throws -> JobID {
    try send(.putTemplate, payload: TemplateBundle.encode([Harness.template]))
    try send(.submit(Message.Submit(idempotencyKey: key)), payload: JobBody.encode(items))
    guard case .accepted(let accepted) = try next(.accepted).content else { preconditionFailure("not what was waited for") }
    return accepted.job
  }

  /// Executes leases until a job has ended, as a worker.
  func work(circuits: Int, note: String = "") throws -> Int {
    try send(.ready(Message.Ready(slots: 2)))
    var (done, leases) = (0, 0)
    while done < circuits {
      let message = try next()
      guard case .lease(let lease) = message.content else { continue }
      try send(.started(lease.fence))
      let payload = try Harness.results(lease, message.payload, note: note)
      try send(
        .complete(Message.Complete(fence: lease.fence, job: lease.job, circuits: lease.circuits, busyTime: .milliseconds(1))),
        payload: payload)
      done += lease.circuits.count
      leases += 1
    }
    return leases
  }

  /// The whole result of a job, with credit given as it comes.
  func fetch(_ job: JobID) throws -> (bytes: [UInt8], end: Message.StreamEnd) {
    var bytes: [UInt8] = []
    try send(.fetch(Message.Fetch(job: job, limit: 4 << 20)))
    while true {
      let message = try next()
      switch message.content {
      case .result(let part):
        #expect(part.offset == bytes.count)
        #expect(part.digest == Digest(of: message.payload))
        bytes += message.payload
        try send(.credit(Message.Credit(job: job, limit: bytes.count + 4 << 20)))
      case .streamEnd(let end): return (bytes, end)
      case .reject(let rejection): throw rejection
      default: break
      }
    }
  }

  func waitForEnd(_ job: JobID) throws -> JobState {
    try send(.subscribe(Message.Subscribe(job: job)))
    while true {
      switch try next().content {
      case .event(let event) where event.state.isTerminal: return event.state
      case .challenge:
        // On a busy machine this one may have been silent for too long, and given up.
        try hello(.client)
        try send(.subscribe(Message.Subscribe(job: job)))
      default: break
      }
    }
  }
}
