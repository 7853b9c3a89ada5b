import Broker
import BrokerSimulation
import Protocol
import Testing

/// Every order in which a few things can happen, one after the other.
@Suite("Interleavings")
struct InterleavingTests {
  /// What a client says of its job.
  struct Scenario: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var confirmations = 0
    var questions: @Sendable (JobID) -> [Message.Content]
    /// Ends that must be reached.
    var ends: Set<JobState>

    static let all = [
      Scenario(testDescription: "cancel", questions: { [.cancel($0)] }, ends: [.cancelled, .succeeded]),
      Scenario(
        testDescription: "retract", questions: { [.retract(Message.Retract(job: $0, reason: "r"))] },
        ends: [.cancelled, .succeeded]),
      Scenario(
        testDescription: "retract, cancel", questions: { [.retract(Message.Retract(job: $0, reason: "r")), .cancel($0)] },
        ends: [.cancelled, .succeeded]),
      Scenario(
        testDescription: "cancel, retract", questions: { [.cancel($0), .retract(Message.Retract(job: $0, reason: "r"))] },
        ends: [.cancelled, .succeeded]),
      Scenario(
        testDescription: "confirm, retract", confirmations: 1,
        questions: { [.confirm(Message.Confirm(job: $0, count: 1)), .retract(Message.Retract(job: $0, reason: "r"))] },
        ends: [.cancelled, .succeeded]),
    ]
  }

  /// All paths from one state of things.
  private struct Search {
    var pathCount = 0
    var ends: Set<JobState> = []
    var failures: [String] = []

    mutating func explore(_ start: Interleaving) async throws {
      var open = [start]
      while let world = open.popLast() {
        // Thousands of paths take seconds, in which tests that wait for one another should go on.
        if open.count < 8 { await Task.yield() }
        if world.isOver { try finish(world) }
        for action in world.choices {
          var next = world
          try next.happen(action)
          open.append(next)
        }
      }
    }

    private mutating func finish(_ world: Interleaving) throws {
      var last = world
      try last.finish()
      pathCount += 1
      for state in JobState.allCases where last.checker.count(state) > 0 { ends.insert(state) }
      if let failure = last.checker.failures.first { failures.append("\(last.path): \(failure)") }
    }
  }

  @Test("a cancellation or retraction races with lease, start, completion, commits and a restart", arguments: Scenario.all)
  func races(scenario: Scenario) async throws {
    var search = Search()
    try await search.explore(try Interleaving(confirmations: scenario.confirmations, scenario.questions))
    #expect(search.failures.isEmpty, "\(search.failures.count) of \(search.pathCount): \(search.failures.prefix(3))")
    #expect(search.ends == scenario.ends)
    #expect(search.pathCount > 100, "\(search.pathCount) paths")
  }
}

// MARK: Two clients under one key

extension InterleavingTests {
  /// Two clients that submit under the same key at once, and say it again until they are answered.
  private struct Race {
    enum Action: CaseIterable { case first, second, commit, kill, killAfterWrite }

    let bodies: [[UInt8]]
    var state: BrokerState
    var disk = StoreContents()
    var uncommitted: [MutationBatch] = []
    var asked = [false, false]
    var wasKilled = false
    /// What each was told: the jobs accepted, and whether it was refused.
    var jobs: [[JobID]] = [[], []]
    var newCount = 0
    /// Whether a key was said to be taken before that was kept.
    var isHasty = false
    var conflicts: [Bool] = [false, false]

    init(_ counts: [Int]) throws {
      bodies = counts.map { JobBody.encode(Harness.items($0)) }
      disk.epoch = 1
      disk.templates[Harness.template.digest] = Harness.template
      state = try BrokerState(disk.index, seed: 1, at: Time(monotonic: .zero, unixNanoseconds: 1))
      greet()
    }

    var choices: [Action] {
      Action.allCases.filter { action in
        switch action {
        case .first: !asked[0]
        case .second: !asked[1]
        case .commit: !uncommitted.isEmpty
        case .kill: !wasKilled
        case .killAfterWrite: !wasKilled && !uncommitted.isEmpty
        }
      }
    }

    mutating func happen(_ action: Action) throws {
      switch action {
      case .first: submit(0)
      case .second: submit(1)
      case .commit: commit()
      case .kill, .killAfterWrite:
        wasKilled = true
        if action == .killAfterWrite { for batch in uncommitted { disk.apply(batch) } }
        uncommitted = []
        disk.epoch += 1
        state = try BrokerState(disk.index, seed: 2, at: Time(monotonic: .zero, unixNanoseconds: 1))
        greet()
        asked = [0, 1].map { !jobs[$0].isEmpty || conflicts[$0] }
      }
    }

    private mutating func greet() {
      for number in 0...1 {
        step(.message(peer(number), tenant: "t", Message(id: 1, .hello(Message.Hello(role: .client, name: "")))))
      }
    }

    private func peer(_ number: Int) -> PeerID { PeerID(identity: [UInt8(number)]) }

    private mutating func submit(_ number: Int) {
      asked[number] = true
      let message = Message(id: 2, .submit(Message.Submit(idempotencyKey: "k")), payload: bodies[number])
      step(.message(peer(number), tenant: "t", message))
    }

    private mutating func commit() {
      guard let last = uncommitted.last?.sequence else { return }
      for batch in uncommitted { disk.apply(batch) }
      uncommitted = []
      step(.committed(upTo: last))
    }

    private mutating func step(_ event: BrokerState.Event) {
      let output = state.step(event, at: Time(monotonic: .zero, unixNanoseconds: 1))
      if let batch = output.batch { uncommitted.append(batch) }
      for case .send(let peer, let message) in output.effects {
        guard let number = (0...1).first(where: { self.peer($0) == peer }) else { continue }
        if case .accepted(let accepted) = message.content {
          jobs[number].append(accepted.job)
          newCount += accepted.isDuplicate ? 0 : 1
        }
        if case .reject(let reject) = message.content {
          conflicts[number] = conflicts[number] || reject.code == .conflict
          if reject.code == .conflict && disk.jobs.isEmpty { isHasty = true }
        }
      }
      for case .load(let jobs, let withResults) in output.effects {
        step(.loaded(disk.entries(of: jobs, withResults: withResults), asked: jobs, withResults: withResults))
      }
    }
  }

  private func explore(_ race: Race, _ check: (Race) -> String?, _ failures: inout [String], _ pathCount: inout Int) throws {
    if race.choices.allSatisfy({ $0 == .kill || $0 == .killAfterWrite }) {
      pathCount += 1
      if let failure = check(race) { failures.append(failure) }
    }
    for action in race.choices {
      var next = race
      try next.happen(action)
      try explore(next, check, &failures, &pathCount)
    }
  }

  @Test("two clients that submit the same at once have one job, whatever is lost on the way")
  func sameJob() throws {
    var (failures, pathCount): ([String], Int) = ([], 0)
    try explore(
      try Race([2, 2]),
      { race in
        let jobs = Set(race.jobs.flatMap(\.self))
        guard jobs.count == 1, race.jobs.allSatisfy({ !$0.isEmpty }), race.disk.jobs.count == 1 else { return "\(race.jobs)" }
        return race.newCount <= 1 ? nil : "new \(race.newCount) times"
      }, &failures, &pathCount)
    #expect(failures.isEmpty, "\(failures.prefix(3))")
    #expect(pathCount > 20)
  }

  @Test("of two clients that submit different things under one key at once, one has a job and the other a conflict")
  func conflict() throws {
    var (failures, pathCount): ([String], Int) = ([], 0)
    try explore(
      try Race([2, 3]),
      { race in
        guard !race.isHasty, race.disk.jobs.count == 1, let job = race.disk.jobs.values.first?.job else {
          return "\(race.disk.jobs.count) jobs"
        }
        let winner = job.total == 2 ? 0 : 1
        // A loser's acceptance, or a winner's refusal, would be a promise that a crash undid.
        return Set(race.jobs[winner]) == [job.id] && race.jobs[1 - winner].isEmpty && race.conflicts[1 - winner]
          && !race.conflicts[winner] ? nil : "\(race.jobs), \(race.conflicts)"
      }, &failures, &pathCount)
    #expect(failures.isEmpty, "\(failures.prefix(3))")
    #expect(pathCount > 20)
  }
}
