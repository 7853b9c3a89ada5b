import Protocol
import Testing

@testable import Client

let job = JobID(high: 1, low: 2)

/// A client's state with a broker that a test plays.
struct Fixture {
  var state = ClientState(name: "test", endpointCount: 1, unreachableTime: .seconds(20), seed: 1)
  var now = Duration.zero
  let template: Template
  let submission: Job

  init(isOpen: Bool = true) throws {
    template = try Template(openQASM: "OPENQASM 3.0;")
    submission = try Job(
      items: [Item(template: template.digest, settings: ExecutionSettings(shots: 1))], idempotencyKey: "key")
    guard isOpen else { return }
    _ = state.handle(.start, at: now)
    _ = receive(.welcome(Message.Welcome(epoch: 1)))
  }

  mutating func receive(_ content: Message.Content, payload: [UInt8] = [], replyTo: UInt64? = nil) -> [ClientState.Action] {
    state.handle(.received(Message(id: 99, replyTo: replyTo, content, payload: payload)), at: now)
  }

  mutating func call(_ id: UInt64, _ request: ClientState.Request, timeout: Duration? = nil) -> [ClientState.Action] {
    state.handle(.call(id, request, timeout: timeout), at: now)
  }

  mutating func submit(_ id: UInt64 = 1) -> [ClientState.Action] {
    call(id, .submit(submission, templates: [template.digest: template]))
  }

  mutating func tick(_ time: Duration) -> [ClientState.Action] {
    now = time
    return state.handle(.tick, at: now)
  }

  /// The broker restarts: it asks who speaks and welcomes the answer.
  mutating func reopen() -> [ClientState.Action] {
    _ = receive(.challenge)
    return receive(.welcome(Message.Welcome(epoch: 2)))
  }

  func event(_ sequence: UInt64, _ state: JobState = .running) -> Message.Content {
    .event(JobEvent(job: job, sequence: sequence, state: state, completed: 0, failed: 0, total: 1))
  }
}

extension [ClientState.Action] {
  var messages: [Message] {
    compactMap { if case .send(let message) = $0 { message } else { nil } }
  }
  var contents: [Message.Content] { messages.map(\.content) }
  var types: [MessageType] { contents.map(\.type) }

  /// The codes of failures by call.
  var failures: [UInt64: ClientError.Code] {
    var failures: [UInt64: ClientError.Code] = [:]
    for case .fail(let id, let error) in self { failures[id] = error.code }
    return failures
  }

  /// The sequences of events for a call.
  func events(_ id: UInt64) -> [UInt64] {
    compactMap { if case .answer(id, .event(let event)) = $0 { event.sequence } else { nil } }
  }

  /// The rows of results for a call.
  func rows(_ id: UInt64) -> [Int] {
    flatMap { action -> [Int] in
      if case .answer(id, .results(let results, _)) = action { results.map(\.row) } else { [] }
    }
  }

  func hasStatus(_ id: UInt64) -> Bool {
    contains { if case .answer(id, .status) = $0 { true } else { false } }
  }

  func isFinished(_ id: UInt64) -> Bool {
    contains {
      switch $0 {
      case .answer(id, .finished), .answer(id, .fetched): true
      default: false
      }
    }
  }
}
