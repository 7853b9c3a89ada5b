/// Goes through a circuit with a clock for each qubit.
struct ScheduleWriter {
  /// How long operations take.
  typealias Duration = Schedule.Duration

  /// When each qubit is free, in seconds since the part's start.
  private var free: [Double]
  /// When each qubit's last instruction or delay ends; nil before its first instruction.
  private var ends: [Double?]
  /// By qubit, the last instruction at the top level that needs it.
  private var lastUses: [Int]
  /// The instruction at the top level that is being written.
  private var position = 0

  init(_ circuit: Circuit) {
    free = Array(repeating: 0, count: circuit.qubitCount)
    ends = Array(repeating: nil, count: circuit.qubitCount)
    lastUses = Array(repeating: -1, count: circuit.qubitCount)
    for (index, instruction) in circuit.instructions.enumerated() { noteUses(instruction, index) }
  }

  private mutating func noteUses(_ instruction: Instruction, _ index: Int) {
    if case .barrier = instruction { return }
    for qubit in instruction.operands { lastUses[qubit] = index }
    for body in instruction.bodies { for inner in body { noteUses(inner, index) } }
  }

  /// A circuit's instructions with delays for waits, and without them with their times.
  mutating func written(_ instructions: [Instruction], _ duration: Duration) throws(CircuitError) -> (
    [Instruction], [Schedule.Step]
  ) {
    var (result, steps, part) = ([Instruction](), [Schedule.Step](), 0)
    for (index, instruction) in instructions.enumerated() {
      position = index
      if instruction.isClassical { part += 1 }
      let time = try append(instruction, to: &result, duration)
      steps.append(.init(instruction: result[result.count - 1], part: part, start: time.start, duration: time.duration))
    }
    return (result, steps)
  }

  /// Appends an instruction, and before it delays for the waits of its qubits.
  private mutating func append(_ instruction: Instruction, to result: inout [Instruction], _ duration: Duration)
    throws(CircuitError)
    -> (start: Double, duration: Double)
  {
    if instruction.isClassical { result += synchronized() }
    guard instruction.bodies.isEmpty else {
      result.append(try writtenBodies(of: instruction, duration))
      return (0, 0)
    }
    let (operands, seconds) = (instruction.operands, try time(of: instruction, duration))
    let start = operands.reduce(0) { max($0, free[$1]) }
    if case .barrier = instruction {
      for qubit in operands { free[qubit] = start }
    } else {
      for qubit in operands {
        result += wait(qubit, until: start)
        (free[qubit], ends[qubit]) = (start + seconds, start + seconds)
      }
    }
    result.append(instruction)
    return (start, seconds)
  }

  /// Control flow with its bodies written, each from the same clocks; after it each qubit that any of them uses has been used.
  private mutating func writtenBodies(of instruction: Instruction, _ duration: Duration) throws(CircuitError) -> Instruction {
    let before = ends
    var after = ends
    let result = try instruction.mappingBodies { (body) throws(CircuitError) in
      ends = before
      var inner = [Instruction]()
      for step in body { _ = try append(step, to: &inner, duration) }
      inner += synchronized()
      for qubit in ends.indices where ends[qubit] != nil { after[qubit] = 0 }
      return inner
    }
    ends = after
    return result
  }

  /// Lets all qubits that are still needed wait for the last one, and starts the clocks anew.
  private mutating func synchronized() -> [Instruction] {
    let last = free.max() ?? 0
    var result = [Instruction]()
    for qubit in free.indices {
      if lastUses[qubit] >= position { result += wait(qubit, until: last) }
      free[qubit] = 0
      if ends[qubit] != nil { ends[qubit] = 0 }
    }
    return result
  }

  /// A delay for the time since a qubit's last instruction, if it had one.
  private func wait(_ qubit: Int, until start: Double) -> [Instruction] {
    guard let end = ends[qubit], start - end > Limits.shortestWait else { return [] }
    return [.delay(seconds: ClassicalExpression(start - end), qubits: [qubit])]
  }

  private func time(of instruction: Instruction, _ duration: Duration) throws(CircuitError) -> Double {
    switch instruction {
    case .gate(let gate): return try Self.checked(try duration(gate.name, gate.allQubits), gate.name)
    case .measure(let qubit, _): return try Self.checked(try duration("measure", [qubit]), "measure")
    case .reset(let qubit): return try Self.checked(try duration("reset", [qubit]), "reset")
    case .delay(let seconds, let qubits):
      guard let known = seconds.literal?.double else {
        throw CircuitError(.unboundParameter, "a delay of qubits \(qubits) whose time is not known before the circuit runs")
      }
      return try Self.checked(known, "delay")
    default: return 0
    }
  }

  private static func checked(_ seconds: Double, _ name: String) throws(CircuitError) -> Double {
    guard seconds >= 0, seconds.isFinite else {
      throw CircuitError(.notFinite, "\(name) takes \(seconds) s; a time not below 0 is needed")
    }
    return seconds
  }
}

extension Instruction {
  /// The qubits that this instruction itself names, those of its bodies left out.
  fileprivate var operands: [Int] {
    switch self {
    case .gate(let gate): gate.allQubits
    case .measure(let qubit, _), .reset(let qubit): [qubit]
    case .channel(_, let qubits), .barrier(let qubits), .delay(_, let qubits): qubits
    default: []
    }
  }
}
