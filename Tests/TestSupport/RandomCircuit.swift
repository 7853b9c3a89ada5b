public import Circuits

/// Seeded random circuits over every gate, every qubit order, with controls, powers, unitaries and Pauli rotations.
public struct RandomCircuit {
  private var random: SplitMix
  private var circuit: Circuit
  private let qubitCount: Int

  /// A circuit of gates.
  public static func gates(qubitCount: Int, gateCount: Int, seed: UInt64) throws -> Circuit {
    var maker = try RandomCircuit(qubitCount: qubitCount, bitCount: 0, seed: seed)
    for _ in 0..<gateCount { try maker.circuit.append(.gate(maker.gate())) }
    return maker.circuit
  }

  /// A circuit with measurements and resets on the way, branches, loops and switches on their outcomes.
  public static func dynamic(qubitCount: Int, stepCount: Int, seed: UInt64) throws -> Circuit {
    var maker = try RandomCircuit(qubitCount: qubitCount, bitCount: 3, seed: seed)
    try maker.circuit.addVariable("count", type: .int(width: 8))
    for _ in 0..<stepCount { try maker.circuit.append(maker.step(depth: 0)) }
    for bit in 0..<min(2, qubitCount) { try maker.circuit.measure(bit, into: bit) }
    return maker.circuit
  }

  private init(qubitCount: Int, bitCount: Int, seed: UInt64) throws {
    random = SplitMix(seed: seed)
    circuit = try Circuit(qubitCount: qubitCount, classicalBitCount: bitCount)
    self.qubitCount = qubitCount
  }

  private mutating func angle() -> Double { Double.random(in: -7...7, using: &random) }
  private mutating func qubits(_ count: Int) -> [Int] { Array((0..<qubitCount).shuffled(using: &random).prefix(count)) }

  private mutating func gate() -> GateOperation {
    switch Int.random(in: 0..<10, using: &random) {
    case 0: return withControls(unitary())
    case 1: return withControls(rotation())
    default: return withControls(standard())
    }
  }

  private mutating func standard() -> GateOperation {
    let gate = Gate.all.filter { $0.qubitCount <= qubitCount }.randomElement(using: &random)!
    let parameters = gate.parameterNames.map { _ in ClassicalExpression(angle()) }
    let exponent = [1.0, 1, 1, 1, -1, 0.5, -1.7, 3].randomElement(using: &random)!
    return GateOperation(.standard(gate), parameters: parameters, qubits: qubits(gate.qubitCount), exponent: exponent)
  }

  private mutating func rotation() -> GateOperation {
    let count = Int.random(in: 1...qubitCount, using: &random)
    let mask = UInt64(1) << UInt64(count) - 1
    let string = PauliString(qubitCount: count, x: random.next() & mask, z: random.next() & mask)
    return GateOperation(.pauliRotation(string), parameters: [ClassicalExpression(angle())], qubits: qubits(count))
  }

  /// A product of one- and two-qubit gates, so that it is unitary to rounding.
  private mutating func unitary() -> GateOperation {
    let count = Int.random(in: 1...min(qubitCount, 4), using: &random)
    var matrix = Matrix.identity(1)
    for _ in 0..<count { matrix = Gate.u.matrix([angle(), angle(), angle()]).tensor(matrix) }
    if count > 1 {
      let mixer = Gate.rxx.matrix([angle()]).tensor(.identity(1 << (count - 2)))
      matrix = mixer * matrix * Matrix.identity(1 << (count - 2)).tensor(Gate(named: "fsim")!.matrix([angle(), angle()]))
    }
    return GateOperation(.unitary(matrix), qubits: qubits(count))
  }

  private mutating func withControls(_ operation: GateOperation) -> GateOperation {
    var result = operation
    let free = (0..<qubitCount).filter { !operation.qubits.contains($0) }.shuffled(using: &random)
    let count = [0, 0, 0, 1, 2].randomElement(using: &random)!
    result.controls = free.prefix(count).map { Control($0, isPositive: Bool.random(using: &random)) }
    return result
  }

  // MARK: Dynamic steps

  private mutating func body(_ depth: Int) throws -> [Instruction] {
    var result = [Instruction]()
    for _ in 0..<Int.random(in: 1...2, using: &random) { result.append(try step(depth: depth)) }
    return result
  }

  private mutating func step(depth: Int) throws -> Instruction {
    let bits = ClassicalExpression.bits(0..<3)
    let count = ClassicalExpression.variable(0)
    switch Int.random(in: 0..<(depth < 2 ? 12 : 6), using: &random) {
    case 0: return .measure(qubit: qubits(1)[0], bit: Int.random(in: 0..<3, using: &random))
    case 1: return .reset(qubit: qubits(1)[0])
    case 2: return .assign(.variable(0), .binary(.add, count, .cast(.uint(width: 3), bits)))
    case 3:
      let turned = GateOperation(.standard(.ry), parameters: [count / 3 + ClassicalExpression(angle())], qubits: qubits(1))
      return .gate(turned)
    case 6: return .ifElse(.bit(Int.random(in: 0..<3, using: &random)), then: try body(depth + 1), otherwise: try body(depth + 1))
    case 7: return .ifElse(.binary(.greater, bits, .literal(.int(3, width: 8))), then: try body(depth + 1), otherwise: [])
    case 8:
      return .iterations([
        try body(depth + 1) + [.ifElse(.bit(0), then: [.breakLoop], otherwise: [])],
        [.ifElse(.bit(1), then: [.continueLoop], otherwise: [])],
        try body(depth + 1),
      ])
    case 9:
      return .forLoop(
        variable: 0,
        values: .range(start: .literal(.int(2, width: 8)), step: .literal(.int(-1, width: 8)), end: .cast(.int(width: 8), .bit(2))),
        body: try body(depth + 1) + [.ifElse(.bit(1), then: [.continueLoop], otherwise: [])])
    case 10:
      return .switchCase(
        bits, cases: [.init(values: [0, 3], body: try body(depth + 1)), .init(values: [5], body: try body(depth + 1))],
        otherwise: try body(depth + 1))
    case 11:
      // Ends for certain: the counter is raised in every turn.
      return .whileLoop(
        .binary(.logicalAnd, .bit(0), .binary(.less, count, .literal(.int(2, width: 8)))),
        body: [
          .gate(GateOperation(.standard(.h), qubits: [0])), .measure(qubit: 0, bit: 0),
          .assign(.variable(0), .binary(.add, count, .literal(.int(1, width: 8)))),
        ])
    default: return .gate(gate())
    }
  }
}
