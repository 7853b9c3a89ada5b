internal import Circuits
internal import FoundationEssentials

/// A benchmark circuit as JSON, gate by gate, so that another simulator can be timed on the very same circuit.
///
/// Qubit 0 is the least significant bit; the first qubit of a matrix is the least significant bit of its
/// indices; a matrix is row-major, each entry [re, im].
struct CircuitDump: Encodable {
  struct Step: Encodable {
    var name: String
    var qubits: [Int]
    var parameters: [Double]?
    var matrix: [[Double]]?
  }

  var version = 1
  var family: CircuitFamily
  var qubits: Int
  var gates: [Step]

  /// Takes a circuit of gates without parameters.
  init(_ family: CircuitFamily, _ circuit: Circuit) {
    self.family = family
    qubits = circuit.qubitCount
    gates = circuit.instructions.map { instruction in
      guard case .gate(let gate) = instruction else { preconditionFailure("a benchmark circuit holds only gates") }
      var step = Step(name: gate.name, qubits: gate.qubits)
      if case .unitary(let matrix) = gate.kind { step.matrix = matrix.entries.map { [$0.real, $0.imaginary] } }
      if !gate.parameters.isEmpty { step.parameters = gate.parameters.compactMap { $0.literal?.double } }
      return step
    }
  }

  /// `qft-20.json`.
  var fileName: String { "\(family.rawValue)-\(qubits).json" }

  /// The file.
  func json() throws -> [UInt8] { Array(try JSONEncoder().encode(self)) }
}
