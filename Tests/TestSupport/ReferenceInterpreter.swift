public import Circuits

/// Runs circuits by definition, slowly: every outcome of every measurement is followed, every gate is a sum over all amplitudes.
///
/// It shares nothing with the simulator but the gates' matrices, which have tests of their own.
public enum ReferenceInterpreter {
  /// A history of outcomes: amplitudes whose squared norm is the history's probability, and the classical memory it left.
  public struct Branch: Sendable {
    /// Unnormalised amplitudes.
    public var amplitudes: [Complex]
    /// Classical memory.
    public var memory: ClassicalMemory
    var signal = Signal.none
    /// Errors of reading one qubit at a time.
    var readout: [Int: ReadoutError] = [:]

    /// The probability of the history.
    public var weight: Double { amplitudes.reduce(0) { $0 + $1.lengthSquared } }
  }

  enum Signal: Sendable { case none, leave, next, end }

  /// All histories with more than 10⁻¹⁴ of probability.
  public static func run(_ circuit: Circuit, parameters: [Double] = []) throws -> [Branch] {
    var amplitudes = Array(repeating: Complex.zero, count: 1 << circuit.qubitCount)
    amplitudes[0] = .one
    var start = Branch(amplitudes: amplitudes, memory: try circuit.initialMemory(parameters))
    for entry in circuit.readout where entry.qubits.count == 1 { start.readout[entry.qubits[0]] = entry.error }
    return try run(circuit.instructions, from: [start])
  }

  /// The distribution of bitstrings that are read: output bits if the circuit measures, else all qubits; the highest bit first. Bits that are read
  /// together have the numbers of their qubits.
  public static func distribution(_ circuit: Circuit, parameters: [Double] = []) throws -> [String: Double] {
    var result = [String: Double]()
    let measures = circuit.instructions.contains(where: containsMeasurement)
    for branch in try run(circuit, parameters: parameters) {
      if measures {
        result[String(circuit.outputBits.reversed().map { branch.memory.bits[$0] ? "1" : "0" }), default: 0] += branch.weight
      } else {
        for (state, amplitude) in branch.amplitudes.enumerated() where amplitude.lengthSquared > 0 {
          let key = String((0..<circuit.qubitCount).reversed().map { state >> $0 & 1 == 1 ? "1" : "0" })
          result[key, default: 0] += amplitude.lengthSquared
        }
      }
    }
    for entry in circuit.readout where entry.qubits.count > 1 || !measures { result = misread(result, entry) }
    return result
  }

  /// What is read of each bitstring, with its probability.
  private static func misread(_ distribution: [String: Double], _ entry: Circuit.Readout) -> [String: Double] {
    var result = [String: Double]()
    for (key, probability) in distribution {
      let bits = Array(key.reversed())
      let value = entry.qubits.enumerated().reduce(0) { $0 | (bits[$1.element] == "1" ? 1 << $1.offset : 0) }
      for (read, chance) in entry.error.probabilities[value].enumerated() {
        var changed = bits
        for (place, qubit) in entry.qubits.enumerated() { changed[qubit] = read >> place & 1 == 1 ? "1" : "0" }
        result[String(changed.reversed()), default: 0] += probability * chance
      }
    }
    return result
  }

  /// ⟨P⟩ summed over all histories.
  public static func expectation(_ pauli: PauliString, _ branches: [Branch]) -> Double {
    branches.reduce(0) { sum, branch in
      let image = applying(pauli, to: branch.amplitudes)
      return sum + zip(branch.amplitudes, image).reduce(0) { $0 + ($1.0.conjugate * $1.1).real }
    }
  }

  /// Multiplies by a Pauli string, letter by letter.
  public static func applying(_ pauli: PauliString, to amplitudes: [Complex]) -> [Complex] {
    var result = amplitudes
    for state in amplitudes.indices {
      var factor = Complex.one
      for qubit in 0..<amplitudes.count.trailingZeroBitCount where pauli.z >> UInt64(qubit) & 1 == 1 {
        let isY = pauli.x >> UInt64(qubit) & 1 == 1
        let isOne = state >> qubit & 1 == 1
        factor *= isY ? Complex(0, isOne ? -1 : 1) : Complex(isOne ? -1 : 1)
      }
      result[state ^ Int(truncatingIfNeeded: pauli.x)] = factor * amplitudes[state]
    }
    return result
  }

  /// Multiplies by a gate, by definition.
  public static func applying(_ gate: ResolvedGate, to amplitudes: [Complex]) -> [Complex] {
    switch gate {
    case .pauliRotation(let pauli, let angle, let controls):
      let (c, s) = (Complex(phase: angle / 2).real, Complex(phase: angle / 2).imaginary)
      let image = applying(pauli, to: amplitudes)
      return amplitudes.indices.map { acts(controls, $0) ? c * amplitudes[$0] + Complex(0, -s) * image[$0] : amplitudes[$0] }
    case .matrix(let matrix, _, let targets, let controls):
      let targetMask = targets.reduce(0) { $0 | 1 << $1 }
      return amplitudes.indices.map { row in
        guard acts(controls, row) else { return amplitudes[row] }
        var sum = Complex.zero
        for column in 0..<matrix.dimension {
          sum += matrix[gather(row, targets), column] * amplitudes[row & ~targetMask | scatter(column, targets)]
        }
        return sum
      }
    }
  }

  private static func acts(_ controls: [Control], _ state: Int) -> Bool {
    controls.allSatisfy { (state >> $0.qubit & 1 == 1) == $0.isPositive }
  }
  private static func gather(_ state: Int, _ qubits: [Int]) -> Int {
    qubits.enumerated().reduce(0) { $0 | (state >> $1.element & 1) << $1.offset }
  }
  private static func scatter(_ index: Int, _ qubits: [Int]) -> Int {
    qubits.enumerated().reduce(0) { $0 | (index >> $1.offset & 1) << $1.element }
  }

  private static func containsMeasurement(_ instruction: Instruction) -> Bool {
    if case .measure = instruction { return true }
    return instruction.bodies.joined().contains(where: containsMeasurement)
  }

  // MARK: Instructions

  private static func run(_ instructions: [Instruction], from branches: [Branch]) throws -> [Branch] {
    var branches = branches
    for instruction in instructions {
      branches = try branches.flatMap { $0.signal == .none ? try run(instruction, $0) : [$0] }
    }
    return branches
  }

  private static func run(_ instruction: Instruction, _ branch: Branch) throws -> [Branch] {
    var branch = branch
    switch instruction {
    case .gate(let operation):
      branch.amplitudes = applying(try operation.resolved(in: branch.memory), to: branch.amplitudes)
    case .barrier, .delay: break
    case .measure(let qubit, let bit):
      return outcomes(qubit, branch).flatMap { outcome, projected in
        guard let bit else { return [projected] }
        let chances = branch.readout[qubit]?.probabilities[outcome ? 1 : 0] ?? (outcome ? [0, 1] : [1, 0])
        return [0, 1].filter { chances[$0] > 0 }.map { read in
          var result = projected
          result.memory.bits[bit] = read == 1
          result.amplitudes = result.amplitudes.map { chances[read].squareRoot() * $0 }
          return result
        }
      }
    case .reset(let qubit):
      return outcomes(qubit, branch).map { outcome, projected in
        var result = projected
        if outcome {
          result.amplitudes = applying(
            .matrix(Gate.x.matrix([]), structure: .dense, targets: [qubit], controls: []), to: result.amplitudes)
        }
        return result
      }
    case .channel(let channel, let qubits):
      return channel.krausOperators.map { matrix in
        var result = branch
        result.amplitudes = applying(.matrix(matrix, structure: .dense, targets: qubits, controls: []), to: branch.amplitudes)
        return result
      }.filter { $0.weight > 1e-14 }
    case .assign(let target, let value): try branch.memory.assign(try value.evaluated(in: branch.memory), to: target)
    case .ifElse(let condition, let then, let otherwise):
      return try run(try condition.evaluated(in: branch.memory).isTrue ? then : otherwise, from: [branch])
    case .whileLoop(let condition, let body):
      return try loop(branch) { try condition.evaluated(in: $0.memory).isTrue ? ($0, body) : nil }
    case .forLoop(let variable, let values, let body): return try runFor(variable, values, body, branch)
    case .iterations(let bodies):
      return try bodies.reduce([branch]) { branches, body in try iterate(branches, body) }.map(ended)
    case .switchCase(let value, let cases, let otherwise):
      let chosen = try value.integer(in: branch.memory)
      return try run(cases.first { $0.values.contains(chosen) }?.body ?? otherwise, from: [branch])
    case .breakLoop: branch.signal = .leave
    case .continueLoop: branch.signal = .next
    case .end: branch.signal = .end
    }
    return [branch]
  }

  private static func runFor(_ variable: Int, _ values: Instruction.LoopValues, _ body: [Instruction], _ branch: Branch) throws
    -> [Branch]
  {
    var sequence = [ClassicalValue]()
    switch values {
    case .list(let expressions): sequence = try expressions.map { try $0.evaluated(in: branch.memory) }
    case .range(let start, let step, let end):
      let (from, by, to) = (
        try start.integer(in: branch.memory), try step.integer(in: branch.memory), try end.integer(in: branch.memory)
      )
      sequence = stride(from: from, through: to, by: Int(by)).map { .int($0, width: 64) }
    }
    return try sequence.reduce([branch]) { branches, value in
      let prepared = try branches.map { branch in
        var copy = branch
        if copy.signal == .none { try copy.memory.assign(value, to: .variable(variable)) }
        return copy
      }
      return try iterate(prepared, body)
    }.map(ended)
  }

  /// One iteration of every branch that is still in the loop.
  private static func iterate(_ branches: [Branch], _ body: [Instruction]) throws -> [Branch] {
    try run(body, from: branches).map { branch in
      var copy = branch
      if copy.signal == .next { copy.signal = .none }
      return copy
    }
  }

  private static func ended(_ branch: Branch) -> Branch {
    var copy = branch
    if copy.signal == .leave { copy.signal = .none }
    return copy
  }

  private static func loop(_ branch: Branch, _ next: (Branch) throws -> (Branch, [Instruction])?) throws -> [Branch] {
    var (done, running) = ([Branch](), [branch])
    while let current = running.popLast() {
      guard current.signal == .none, let (prepared, body) = try next(current) else {
        done.append(ended(current))
        continue
      }
      running += try iterate([prepared], body)
    }
    return done
  }

  private static func outcomes(_ qubit: Int, _ branch: Branch) -> [(Bool, Branch)] {
    [false, true].compactMap { outcome in
      var projected = branch
      for state in projected.amplitudes.indices where (state >> qubit & 1 == 1) != outcome { projected.amplitudes[state] = .zero }
      return projected.weight > 1e-14 ? (outcome, projected) : nil
    }
  }
}
