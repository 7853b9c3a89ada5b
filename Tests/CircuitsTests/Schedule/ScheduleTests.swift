import Circuits
import TestSupport
import Testing

@Suite("schedules")
struct ScheduleTests {
  /// One-qubit gates take 1 s, gates of more 3 s, `rz` nothing, measuring 10 s, resetting 5 s.
  private static func duration(_ name: String, _ qubits: [Int]) throws(CircuitError) -> Double {
    switch name {
    case "rz": 0
    case "measure": 10
    case "reset": 5
    default: qubits.count == 1 ? 1 : 3
    }
  }

  private static func schedule(
    qubits: Int = 4, policy: Schedule.Policy = .asSoonAsPossible, _ body: (inout Circuit) throws -> Void
  ) throws -> Schedule {
    var circuit = try Circuit(qubitCount: qubits, classicalBitCount: qubits)
    try body(&circuit)
    return try Schedule(circuit, policy: policy, duration: duration)
  }

  /// Instructions as `x0`, `cx0,1` and `wait1:2.0`; bodies in braces.
  private static func text(_ instructions: [Instruction]) -> String {
    instructions.map { instruction in
      func list(_ qubits: [Int]) -> String { qubits.map(String.init).joined(separator: ",") }
      return switch instruction {
      case .gate(let gate): gate.name + list(gate.allQubits)
      case .measure(let qubit, _): "measure\(qubit)"
      case .reset(let qubit): "reset\(qubit)"
      case .delay(let seconds, let qubits): "wait\(list(qubits)):\(seconds.literal?.double ?? .nan)"
      case .barrier(let qubits): "barrier\(list(qubits))"
      case .channel(let channel, let qubits): channel.name + list(qubits)
      case .assign: "assign"
      default: "{" + instruction.bodies.map { text($0) }.joined(separator: "|") + "}"
      }
    }.joined(separator: " ")
  }

  @Test("each instruction starts as soon as its qubits are free, and what waits has a delay")
  func starts() throws {
    let schedule = try Self.schedule {
      try $0.append(.h, on: 0)
      try $0.append(.x, on: 1)
      try $0.append(.cx, on: 0, 2)
      try $0.append(.cx, on: 1, 2)
      try $0.append(.rz, 0.5, on: 0)
      try $0.measure(0, into: 0)
      try $0.measure(1, into: 1)
    }
    #expect(schedule.steps.map(\.start) == [0, 0, 1, 4, 4, 4, 7])
    #expect(schedule.steps.map(\.duration) == [1, 1, 3, 3, 0, 10, 10])
    #expect(schedule.duration == 17)
    // Qubit 2 was not used before, and nobody asks for it, or for qubit 0, afterwards.
    #expect(Self.text(schedule.padded.instructions) == "h0 x1 cx0,2 wait1:3.0 cx1,2 rz0 measure0 measure1")
  }

  @Test("each instruction starts as late as what needs it allows, and delays before first instructions keep it there")
  func lateStarts() throws {
    let schedule = try Self.schedule(policy: .asLateAsPossible) {
      try $0.append(.h, on: 0)
      try $0.append(.x, on: 1)
      try $0.append(.cx, on: 0, 2)
      try $0.append(.cx, on: 1, 2)
      try $0.append(.rz, 0.5, on: 0)
      try $0.measure(0, into: 0)
      try $0.append(.barrier([1, 3]))
      try $0.measure(1, into: 1)
    }
    #expect(schedule.steps.map(\.start) == [0, 3, 1, 4, 7, 7, 7, 7])
    #expect(schedule.duration == 17)
    let text = "h0 wait1:3.0 x1 wait2:1.0 cx0,2 cx1,2 wait0:3.0 rz0 measure0 barrier1,3 measure1"
    #expect(Self.text(schedule.padded.instructions) == text)
    // Delays are instructions: as soon as possible is when it was.
    let again = try Schedule(schedule.padded, duration: Self.duration)
    #expect(again.duration == 17 && again.padded == schedule.padded)
  }

  @Test("late starts end with the part of their control flow, for which all wait")
  func lateControlFlow() throws {
    func gate(_ gate: Gate, _ qubits: Int...) -> Instruction { .gate(GateOperation(.standard(gate), qubits: qubits)) }
    let schedule = try Self.schedule(policy: .asLateAsPossible) {
      try $0.append(.x, on: 1)
      try $0.measure(0, into: 0)
      try $0.append(.ifElse(.bit(0), then: [gate(.x, 0), gate(.x, 2), gate(.cx, 0, 2)], otherwise: [gate(.h, 0)]))
      try $0.append(.cx, on: 0, 1)
      try $0.append(.x, on: 2)
    }
    #expect(
      Self.text(schedule.padded.instructions)
        == "wait1:9.0 x1 measure0 {x0 x2 cx0,2 wait1:4.0|h0 wait1:1.0} cx0,1 wait2:2.0 x2")
    #expect(schedule.steps.map(\.start) == [9, 0, 0, 0, 2] && schedule.duration == 3)
  }

  @Test("qubits that start late stay |0⟩ for longer, and the state is nearer to the one without noise")
  func lateFidelity() throws {
    var model = NoiseModel(name: "waits")
    for qubit in 0..<3 { try model.relax(qubit, .init(t1: 50, t2: 50)) }
    var circuit = try Circuit(qubitCount: 3)
    try circuit.append(.x, on: 2)
    for _ in 0..<4 { try circuit.append(.cx, on: 0, 1) }
    try circuit.append(.cx, on: 1, 2)
    try circuit.append(.x, on: 2)
    func fidelity(_ policy: Schedule.Policy) throws -> Double {
      let noisy = try model.applied(to: try Schedule(circuit, policy: policy, duration: Self.duration).padded)
      return try ReferenceInterpreter.run(noisy).reduce(0) { $0 + $1.amplitudes[0].lengthSquared }
    }
    // Qubit 2 waits for 11 s as |1⟩, or as |0⟩.
    #expect(abs(try fidelity(.asSoonAsPossible) - 0.8025) < 1e-4)
    #expect(try fidelity(.asLateAsPossible) > 1 - 1e-12)
  }

  @Test("barriers make qubits wait, and waits that lead to nothing are not written")
  func barriers() throws {
    let schedule = try Self.schedule {
      try $0.append(.x, on: 0)
      try $0.append(.cx, on: 1, 2)
      try $0.append(.barrier([0, 1, 2, 3]))
      try $0.append(.x, on: 3)
      try $0.measure(0, into: 0)
      try $0.append(.barrier([0, 1, 2, 3]))
    }
    #expect(schedule.steps.map(\.start) == [0, 0, 3, 3, 3, 13])
    #expect(Self.text(schedule.padded.instructions) == "x0 cx1,2 barrier0,1,2,3 x3 wait0:2.0 measure0 barrier0,1,2,3")
  }

  @Test("delays of the circuit, resets, measurements on the way and channels take their time")
  func others() throws {
    let schedule = try Self.schedule {
      try $0.append(.delay(seconds: 2.5, qubits: [0]))
      try $0.reset(1)
      try $0.append(try .depolarizing(0.1, qubitCount: 2), on: 0, 1)
      try $0.measure(1, into: 0)
      try $0.append(.x, on: 2)
      try $0.append(.x, on: 2, controls: [Control(1)])
    }
    #expect(schedule.steps.map(\.start) == [0, 0, 5, 5, 0, 15])
    #expect(Self.text(schedule.padded.instructions) == "wait0:2.5 reset1 wait0:2.5 depolarizing0,1 measure1 x2 wait2:14.0 x1,2")
  }

  @Test("control flow waits for all qubits, and each body has a clock of its own, at whose end they wait again")
  func controlFlow() throws {
    func gate(_ gate: Gate, _ qubits: Int...) -> Instruction { .gate(GateOperation(.standard(gate), qubits: qubits)) }
    let schedule = try Self.schedule {
      try $0.append(.x, on: 1)
      try $0.append(.x, on: 3)
      try $0.measure(0, into: 0)
      try $0.append(
        .ifElse(.bit(0), then: [gate(.x, 0), gate(.cx, 0, 2)], otherwise: [gate(.x, 0), gate(.h, 0), gate(.cx, 0, 2)]))
      try $0.append(.cx, on: 0, 1)
      try $0.append(.x, on: 2)
    }
    // Qubit 3 is not needed any more; qubit 1 waits for the measurement and for each branch; qubit 2 is new in either.
    #expect(
      Self.text(schedule.padded.instructions)
        == "x1 x3 measure0 wait1:9.0 {x0 cx0,2 wait1:4.0|x0 h0 cx0,2 wait1:5.0} cx0,1 x2")
    #expect(schedule.steps.map(\.part) == [0, 0, 0, 1, 1, 1] && schedule.steps.map(\.start) == [0, 0, 0, 0, 0, 0])
    #expect(schedule.duration == 3)
  }

  @Test("in loops qubits that the loop uses wait at the end of each turn, and reading memory waits for what is written")
  func loops() throws {
    func gate(_ gate: Gate, _ qubits: Int...) -> Instruction { .gate(GateOperation(.standard(gate), qubits: qubits)) }
    let schedule = try Self.schedule {
      try $0.append(.x, on: 0)
      try $0.append(.whileLoop(.bit(0), body: [gate(.x, 0), .measure(qubit: 1, bit: 0)]))
      try $0.append(.assign(.bit(1), .bit(0)))
      try $0.append(.gate(GateOperation(.standard(.rx), parameters: [.cast(.float(width: 64), .bit(0))], qubits: [1])))
      try $0.append(.x, on: 1)
    }
    #expect(Self.text(schedule.padded.instructions) == "x0 {x0 measure1 wait0:9.0} assign rx1 x1")
    #expect(schedule.steps.map(\.part) == [0, 1, 2, 3, 3] && schedule.steps.map(\.start) == [0, 0, 0, 0, 1])
  }

  @Test("a time that is not known, negative or no number is refused")
  func refusals() throws {
    var circuit = try Circuit(qubitCount: 1)
    try circuit.append(.delay(seconds: .parameter(Parameter("t")), qubits: [0]))
    let unbound = #expect(throws: CircuitError.self) { try Schedule(circuit, duration: Self.duration) }
    #expect(unbound?.code == .unboundParameter)
    var gates = try Circuit(qubitCount: 1)
    try gates.append(.x, on: 0)
    for seconds in [-1, Double.nan, .infinity] {
      let error = #expect(throws: CircuitError.self) { try Schedule(gates) { _, _ in seconds } }
      #expect(error?.code == .notFinite)
    }
  }

  @Test("a device's durations are its calibration's, and a circuit that it cannot run is refused")
  func device() throws {
    let manila = try DeviceModel.named("manila")
    var circuit = try Circuit(qubitCount: 3, classicalBitCount: 1)
    try circuit.append(.h, on: 0)
    try circuit.append(.x, on: 1)
    try circuit.append(.swap, on: 1, 2)
    try circuit.append(.cx, on: 0, 1)
    try circuit.measure(0, into: 0)
    let schedule = try Schedule(circuit, on: manila)
    let durations = [3.55556e-8, 3.55556e-8, 3 * 4.69333e-7, 2.77333e-7, 5.35111e-6]
    #expect(zip(schedule.steps, durations).allSatisfy { abs($0.duration - $1) < 1e-15 })
    #expect(Self.text(schedule.padded.instructions).hasPrefix("h0 x1 swap1,2 wait0:1.40799"))
    // Waiting is what relaxes qubit 0: one channel more than without.
    let model = try manila.noiseModel()
    func channels(_ circuit: Circuit) throws -> Int {
      try model.applied(to: circuit).instructions.count { if case .channel = $0 { true } else { false } }
    }
    #expect(try channels(schedule.padded) == channels(circuit) + 1)
    try circuit.append(.cx, on: 0, 2)
    #expect(throws: CircuitError.self) { try Schedule(circuit, on: manila) }
  }

  @Test("time is conserved: a qubit's instructions and waits fill its time from its first to its last", arguments: 0..<40)
  func conserved(_ seed: Int) throws {
    var random = SplitMix(seed: UInt64(seed))
    let count = 5
    let policy = Schedule.Policy.allCases[seed % 2]
    let schedule = try Self.schedule(qubits: count, policy: policy) { circuit in
      for _ in 0..<60 {
        let (a, b) = (Int(random.next() % 5), Int(random.next() % 4))
        switch random.next() % 5 {
        case 0: try circuit.append(.x, on: a)
        case 1: try circuit.append(.rz, 0.3, on: a)
        case 2: try circuit.append(.barrier([a, b == a ? 4 : b]))
        case 3: try circuit.reset(a)
        default: try circuit.append(.cx, on: a, b == a ? (a + 1) % count : b)
        }
      }
    }
    var clocks = [Double?](repeating: nil, count: count)
    var steps = schedule.steps[...]
    for instruction in schedule.padded.instructions {
      if case .delay(let seconds, let qubits) = instruction {
        let wait = try #require(seconds.literal?.double)
        #expect(wait > 0)
        let before: Double? = policy == .asLateAsPossible ? 0 : nil
        let clock = try #require(
          clocks[qubits[0]] ?? before, "seed \(seed): a wait before the first instruction of qubit \(qubits[0])")
        clocks[qubits[0]] = clock + wait
        continue
      }
      let next = steps.popFirst()
      let step = try #require(next)
      #expect(step.instruction == instruction)
      let qubits: [Int]
      switch instruction {
      case .gate(let gate): qubits = gate.allQubits
      case .reset(let qubit): qubits = [qubit]
      default: continue
      }
      for qubit in qubits {
        if let clock = clocks[qubit] { #expect(abs(clock - step.start) < 1e-9, "seed \(seed): qubit \(qubit) of \(instruction)") }
        clocks[qubit] = step.start + step.duration
      }
    }
    #expect(steps.isEmpty)
  }
}
