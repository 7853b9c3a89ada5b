import Protocol
import Testing

@testable import Worker

let job = JobID(high: 1, low: 2)

func fence(_ sequence: UInt64) -> Fence { Fence(epoch: 1, sequence: sequence) }

/// A worker's state with a broker that a test plays.
struct Fixture {
  var state: WorkerState
  var now = Duration.zero
  let template: Template

  init(slots: [String] = ["cpu"], isOpen: Bool = true) {
    state = WorkerState(
      name: "test", slots: slots.map { DeviceSummary(name: $0, memoryByteCount: 1 << 30) }, endpointCount: 1, seed: 1)
    guard let template = try? Template(openQASM: "OPENQASM 3.0;") else { preconditionFailure("a valid template was refused") }
    self.template = template
    guard isOpen else { return }
    _ = state.handle(.start, at: now)
    _ = receive(.welcome(Message.Welcome(epoch: 1)))
  }

  mutating func receive(_ content: Message.Content, payload: [UInt8] = [], replyTo: UInt64? = nil) -> [WorkerState.Action] {
    state.handle(.received(Message(id: 99, replyTo: replyTo, content, payload: payload)), at: now)
  }

  mutating func tick() -> [WorkerState.Action] { state.handle(.tick, at: now) }

  mutating func lease(
    _ sequence: UInt64, knowsTemplate: Bool = false, device: String = "auto", maximumRunTime: Duration? = nil
  ) throws -> [WorkerState.Action] {
    if knowsTemplate { _ = receive(.template, payload: TemplateBundle.encode([template])) }
    let item = Item(template: template.digest, settings: ExecutionSettings(shots: 1, device: device))
    let lease = Message.Lease(
      fence: fence(sequence), job: job, circuits: 0..<1, duration: .seconds(15), maximumRunTime: maximumRunTime)
    return receive(.lease(lease), payload: JobBody.encode([item]))
  }

  mutating func finish(_ sequence: UInt64, _ outcome: WorkerState.Outcome) -> [WorkerState.Action] {
    let slot = state.running.firstIndex(of: fence(sequence)) ?? 0
    return state.handle(.finished(slot: slot, fence(sequence), outcome), at: now)
  }

  /// The broker restarts: it asks who speaks and welcomes the answer.
  mutating func reopen() -> [WorkerState.Action] {
    _ = receive(.challenge)
    return receive(.welcome(Message.Welcome(epoch: 2)))
  }

  func complete(_ sequence: UInt64) -> Message.Complete {
    Message.Complete(fence: fence(sequence), job: job, circuits: 0..<1, busyTime: .seconds(1))
  }
}

extension [WorkerState.Action] {
  var messages: [Message] {
    compactMap { if case .send(let message) = $0 { message } else { nil } }
  }
  var contents: [Message.Content] { messages.map(\.content) }
  var types: [MessageType] { contents.map(\.type) }
  var executed: [WorkerState.Work] {
    compactMap { if case .execute(_, let work) = $0 { work } else { nil } }
  }
}
