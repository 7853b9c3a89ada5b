import Circuits
import TestSupport

/// Seeded random templates: every gate that a batch takes, with angles that are linear in parameters, that are not, or that have none.
struct RandomTemplate {
  private var random: SplitMix
  let qubitCount: Int
  let parameters = ["a", "b", "c", "d"].map { Parameter($0) }

  init(qubitCount: Int, seed: UInt64) { (random, self.qubitCount) = (SplitMix(seed: seed), qubitCount) }

  /// A circuit of gates that declares all parameters.
  mutating func circuit(gateCount: Int) throws -> Circuit {
    var circuit = try Circuit(qubitCount: qubitCount)
    for parameter in parameters { circuit.declare(parameter) }
    for _ in 0..<gateCount { try circuit.append(.gate(gate())) }
    return circuit
  }

  /// A row of parameters; some are whole quarters of a turn, some may be many turns.
  mutating func row(largest: Double = 1e3) -> [Double] {
    parameters.map { _ in
      switch Int.random(in: 0..<6, using: &random) {
      case 0: Double(Int.random(in: -2...2, using: &random)) * .pi / 2
      case 1: Double.random(in: -largest...largest, using: &random)
      default: Double.random(in: -4...4, using: &random)
      }
    }
  }

  /// A weighted sum of Pauli strings.
  mutating func observable() throws -> Observable {
    let mask = UInt64(1) << UInt64(qubitCount) - 1
    return try Observable(
      (0..<Int.random(in: 1...3, using: &random)).map { _ in
        let isDiagonal = Bool.random(using: &random)
        return .init(
          Double.random(in: -2...2, using: &random),
          PauliString(qubitCount: qubitCount, x: isDiagonal ? 0 : random.next() & mask, z: random.next() & mask))
      })
  }

  private mutating func angle() -> ClassicalExpression {
    let parameter = ClassicalExpression.parameter(parameters.randomElement(using: &random)!)
    let other = ClassicalExpression.parameter(parameters.randomElement(using: &random)!)
    switch Int.random(in: 0..<8, using: &random) {
    case 0: return ClassicalExpression(Double.random(in: -4...4, using: &random))
    case 1: return ClassicalExpression(Double(Int.random(in: -4...4, using: &random)) * .pi / 2)
    case 2: return 2 * parameter - other / 3 + 0.25
    case 3: return .call(.sin, [parameter]) * other
    case 4: return -parameter
    default: return parameter
    }
  }

  private mutating func qubits(_ count: Int) -> [Int] { Array((0..<qubitCount).shuffled(using: &random).prefix(count)) }

  private mutating func gate() -> GateOperation {
    var result: GateOperation
    switch Int.random(in: 0..<8, using: &random) {
    case 0:
      let count = Int.random(in: 1...qubitCount, using: &random)
      let mask = UInt64(1) << UInt64(count) - 1
      let string = PauliString(qubitCount: count, x: random.next() & mask, z: random.next() & mask)
      result = GateOperation(.pauliRotation(string), parameters: [angle()], qubits: qubits(count))
    case 1:
      let values = (0..<3).map { _ in Double.random(in: -4...4, using: &random) }
      result = GateOperation(.unitary(Gate.U.matrix(values)), qubits: qubits(1))
    case 2:
      let count = Int.random(in: 1...min(3, qubitCount), using: &random)
      let phases = (0..<(1 << count)).map { _ in Complex(phase: Double.random(in: -4...4, using: &random)) }
      result = GateOperation(.unitary(.diagonal(phases)), qubits: qubits(count))
    default:
      let gate = Gate.all.filter { $0.qubitCount <= qubitCount }.randomElement(using: &random)!
      result = GateOperation(.standard(gate), parameters: gate.parameterNames.map { _ in angle() }, qubits: qubits(gate.qubitCount))
    }
    result.exponent = [1.0, 1, 1, 1, -1, 2].randomElement(using: &random)!
    let free = (0..<qubitCount).filter { !result.qubits.contains($0) }.shuffled(using: &random)
    result.controls = free.prefix([0, 0, 0, 1, 2].randomElement(using: &random)!).map {
      Control($0, isPositive: Bool.random(using: &random))
    }
    return result
  }
}

extension Gate { fileprivate static let U = Gate(named: "U")! }
