/// One `qerror` of Qiskit Aer: circuits on a gate's qubits, each with a probability.
///
/// Source: Qiskit Aer 0.17, `qiskit_aer/noise/errors/quantum_error.py`, `to_dict`.
struct AerError {
  private let place: JSONPlace
  private let qubitCount: Int

  /// - Parameter qubitCount: The gate's; if it is not said, the error's own.
  init(_ place: JSONPlace, qubitCount: Int?) throws(CircuitError) {
    self.place = place
    if let qubitCount {
      self.qubitCount = qubitCount
    } else {
      var most = 1
      for circuit in try place.required("instructions").elements() {
        for step in try circuit.elements() { most = max(most, (try Self.qubits(step).max() ?? 0) + 1) }
      }
      self.qubitCount = most
    }
    guard (1...Limits.channelQubitCount).contains(self.qubitCount) else {
      throw place.error("an error on \(self.qubitCount) qubits; at most \(Limits.channelQubitCount) are accepted")
    }
  }

  func channel() throws(CircuitError) -> Channel {
    let circuits = try place.required("instructions").elements()
    let probabilities = try place.required("probabilities").map { (entry) throws(CircuitError) in try entry.number() }
    guard circuits.count == probabilities.count else {
      throw place.error("\(circuits.count) circuits with \(probabilities.count) probabilities")
    }
    let normalized = try place.located { () throws(CircuitError) in try Channel.normalized(probabilities, "probabilities") }
    var operators = [Matrix]()
    for (circuit, probability) in zip(circuits, normalized) where probability > 0 {
      operators += try self.operators(of: circuit).map { $0.scaled(by: probability.squareRoot()) }
      guard operators.count <= Limits.krausOperatorCount else {
        throw place.error("more than \(Limits.krausOperatorCount) Kraus operators")
      }
    }
    return try place.located { () throws(CircuitError) in try Channel(kraus: operators, name: "qerror") }
  }

  /// The Kraus operators of a circuit on all qubits.
  private func operators(of circuit: JSONPlace) throws(CircuitError) -> [Matrix] {
    var found = [Matrix.identity(1 << qubitCount)]
    for step in try circuit.elements() {
      let next = try operators(ofStep: step)
      guard found.count * next.count <= Limits.krausOperatorCount else {
        throw circuit.error("more than \(Limits.krausOperatorCount) Kraus operators")
      }
      found = found.flatMap { first in next.map { $0 * first } }
    }
    return found
  }

  private func operators(ofStep step: JSONPlace) throws(CircuitError) -> [Matrix] {
    let (name, qubits) = (try step.required("name").string(), try Self.qubits(step))
    guard Set(qubits).count == qubits.count, qubits.allSatisfy((0..<qubitCount).contains) else {
      throw step.error("qubits \(qubits); different ones below \(qubitCount) are accepted")
    }
    let local = try matrices(name, step, qubits.count)
    for matrix in local where matrix.dimension != 1 << qubits.count {
      throw step.error("a matrix of dimension \(matrix.dimension) on \(qubits.count) qubits")
    }
    return local.map { $0.embedded(on: qubits, of: qubitCount) }
  }

  private func matrices(_ name: String, _ step: JSONPlace, _ count: Int) throws(CircuitError) -> [Matrix] {
    switch name {
    case "pauli":
      guard let label = try step.required("params").elements().first else { throw step.error("a Pauli label is needed") }
      return [try label.located { () throws(CircuitError) in try PauliString(try label.string()) }.matrix()]
    case "kraus": return try step.required("params").map { (entry) throws(CircuitError) in try entry.matrix() }
    case "unitary":
      guard let matrix = try step.required("params").elements().first else { throw step.error("a matrix is needed") }
      return [try matrix.matrix()]
    case "reset": return [.real([[1, 0], [0, 0]]), .real([[0, 1], [0, 0]])]
    default:
      guard let gate = Gate(named: name), gate.qubitCount == count else {
        throw step.error("'\(name)' on \(count) qubits; gates, pauli, kraus, unitary and reset are accepted")
      }
      let parameters = try step.member("params")?.map { (entry) throws(CircuitError) in try entry.number() } ?? []
      guard parameters.count == gate.parameterNames.count else {
        throw step.error("\(name) takes \(gate.parameterNames.count) parameters, not \(parameters.count)")
      }
      return [gate.matrix(parameters)]
    }
  }

  private static func qubits(_ step: JSONPlace) throws(CircuitError) -> [Int] {
    try step.required("qubits").map { (entry) throws(CircuitError) in try entry.integer() }
  }
}

extension Matrix {
  /// This matrix on some qubits, its first qubit on the first of them, and the identity on the others.
  func embedded(on qubits: [Int], of qubitCount: Int) -> Matrix {
    func local(_ state: Int) -> Int { qubits.enumerated().reduce(0) { $0 | (state >> $1.element & 1) << $1.offset } }
    let mask = qubits.reduce(0) { $0 | 1 << $1 }
    var result = Matrix.zero(1 << qubitCount)
    for row in 0..<1 << qubitCount {
      for column in 0..<1 << qubitCount where row & ~mask == column & ~mask {
        result[row, column] = self[local(row), local(column)]
      }
    }
    return result
  }
}
