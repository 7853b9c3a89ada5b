/// Goes through a circuit part by part, each with a clock of its own.
struct ScheduleWriter {
  /// How long operations take.
  typealias Duration = Schedule.Duration

  private let policy: Schedule.Policy
  /// How long the part that was written last takes, in seconds.
  private var span = 0.0
  /// When each qubit's last instruction or delay ends, in seconds since the part's start; nil before its first instruction.
  private var ends: [Double?]
  /// By qubit, the last instruction at the top level that needs it.
  private var lastUses: [Int]
  /// The instruction at the top level that is being written.
  private var position = 0

  init(_ circuit: Circuit, _ policy: Schedule.Policy) {
    self.policy = policy
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
    for piece in Self.pieces(instructions) {
      position = piece.lowerBound
      if instructions[piece.lowerBound].isClassical { part += 1 }
      for time in try append(instructions[piece], to: &result, duration) {
        steps.append(.init(instruction: time.instruction, part: part, start: time.start, duration: time.duration))
      }
    }
    return (result, steps)
  }

  /// Where instructions are to be cut: control flow stands alone, and what else reads or writes memory comes first in a piece.
  private static func pieces(_ instructions: [Instruction]) -> [Range<Int>] {
    var result = [Range<Int>]()
    for (index, instruction) in instructions.enumerated() {
      if let last = result.last, !instruction.isClassical, instructions[last.lowerBound].bodies.isEmpty {
        result[result.count - 1] = last.lowerBound..<index + 1
      } else {
        result.append(index..<index + 1)
      }
    }
    return result
  }

  /// Appends a piece, and before each of its instructions delays for the waits of its qubits.
  private mutating func append(_ piece: ArraySlice<Instruction>, to result: inout [Instruction], _ duration: Duration)
    throws(CircuitError) -> [(instruction: Instruction, start: Double, duration: Double)]
  {
    guard let first = piece.first else { return [] }
    if first.isClassical { result += synchronized() }
    guard first.bodies.isEmpty else {
      result.append(try writtenBodies(of: first, duration))
      return [(result[result.count - 1], 0, 0)]
    }
    var times = [(instruction: Instruction, start: Double, duration: Double)]()
    for instruction in piece { times.append((instruction, 0, try time(of: instruction, duration))) }
    switch policy {
    case .asSoonAsPossible: startEarly(&times)
    case .asLateAsPossible: startLate(&times)
    }
    for (instruction, start, seconds) in times {
      if case .barrier = instruction {
      } else {
        for qubit in instruction.operands {
          result += wait(qubit, until: start, isFirst: ends[qubit] == nil)
          ends[qubit] = start + seconds
        }
      }
      result.append(instruction)
    }
    return times
  }

  private mutating func startEarly(_ times: inout [(instruction: Instruction, start: Double, duration: Double)]) {
    var free = Array(repeating: 0.0, count: ends.count)
    for index in times.indices {
      let operands = times[index].instruction.operands
      times[index].start = operands.reduce(0) { max($0, free[$1]) }
      for qubit in operands { free[qubit] = times[index].start + times[index].duration }
    }
    span = free.max() ?? 0
  }

  /// As early, seen from the end.
  private mutating func startLate(_ times: inout [(instruction: Instruction, start: Double, duration: Double)]) {
    var left = Array(repeating: 0.0, count: ends.count)
    for index in times.indices.reversed() {
      let operands = times[index].instruction.operands
      times[index].start = operands.reduce(0) { max($0, left[$1]) } + times[index].duration
      for qubit in operands { left[qubit] = times[index].start }
    }
    span = left.max() ?? 0
    for index in times.indices {
      times[index].start = times[index].instruction.operands.isEmpty ? 0 : span - times[index].start
    }
  }

  /// Control flow with its bodies written, each from the same clocks; after it each qubit that any of them uses has been used.
  private mutating func writtenBodies(of instruction: Instruction, _ duration: Duration) throws(CircuitError) -> Instruction {
    let before = ends
    var after = ends
    let result = try instruction.mappingBodies { (body) throws(CircuitError) in
      ends = before
      var inner = [Instruction]()
      for piece in Self.pieces(body) { _ = try append(body[piece], to: &inner, duration) }
      inner += synchronized()
      for qubit in ends.indices where ends[qubit] != nil { after[qubit] = 0 }
      return inner
    }
    ends = after
    return result
  }

  /// Lets all qubits that are still needed wait for the last one, and starts the clocks anew.
  private mutating func synchronized() -> [Instruction] {
    var result = [Instruction]()
    for qubit in ends.indices {
      if lastUses[qubit] >= position { result += wait(qubit, until: span, isFirst: false) }
      if ends[qubit] != nil { ends[qubit] = 0 }
    }
    span = 0
    return result
  }

  /// A delay for the time since a qubit's last instruction, if it had one; before its first, for that since the part's start, if it is to be
  /// late also where the delay is read as an instruction.
  private func wait(_ qubit: Int, until start: Double, isFirst: Bool) -> [Instruction] {
    guard let end = isFirst && policy == .asLateAsPossible ? 0 : ends[qubit], start - end > Limits.shortestWait else { return [] }
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
