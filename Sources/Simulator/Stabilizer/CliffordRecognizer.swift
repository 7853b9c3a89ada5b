internal import Circuits

/// Takes gates whose numbers are known apart into elementary Clifford gates; those that are equal but for their qubits once.
struct CliffordRecognizer {
  /// The steps of a gate on the first qubits; nil for one that is no Clifford gate.
  private var known: [GateOperation: [CliffordStep]?] = [:]

  /// What a gate does, in the order of time and up to its global phase; nil for one that is no Clifford gate.
  ///
  /// A Clifford gate is one that makes of Pauli strings Pauli strings, to ``Limits/cliffordTolerance``, on at most
  /// ``Limits/cliffordGateQubitCount`` qubits with its controls; rotations about Pauli strings without controls may be on any number.
  ///
  /// - Throws: ``CircuitError`` if an angle has no value.
  mutating func steps(of gate: GateOperation, in memory: borrowing ClassicalMemory) throws(CircuitError) -> [CliffordStep]? {
    let local = try gate.localized(in: memory)
    let steps: [CliffordStep]?
    if let found = known[local] {
      steps = found
    } else {
      steps = try Self.steps(of: local)
      if known.count >= Limits.cliffordGateCount { known.removeAll(keepingCapacity: true) }
      known[local] = .some(steps)
    }
    let qubits = gate.qubits + gate.controls.map(\.qubit)
    return steps.map { steps in steps.map { $0.moved(to: qubits) } }
  }

  private static func steps(of local: GateOperation) throws(CircuitError) -> [CliffordStep]? {
    if case .pauliRotation(let pauli) = local.kind, local.controls.isEmpty {
      let angle = try local.parameters[0].finiteDouble(in: ClassicalMemory()) * local.exponent
      return rotation(pauli, angle)
    }
    let qubits = Array(0..<local.qubits.count + local.controls.count)
    guard qubits.count <= Limits.cliffordGateQubitCount else { return nil }
    guard let operation = StateOperation.lowered(try local.resolved(in: ClassicalMemory())) else { return [] }
    return CliffordImages(operation.matrix(on: qubits), tolerance: Limits.cliffordTolerance)?.steps()
  }

  /// exp(−iθP/2): the letters are turned to Z and gathered on one qubit, which turns by θ, and back.
  private static func rotation(_ pauli: PauliString, _ angle: Double) -> [CliffordStep]? {
    // By sine and cosine: in a quotient of a large angle nothing is left of the part of a turn.
    let point = Complex(phase: angle)
    guard min(point.real.magnitude, point.imaginary.magnitude) <= Limits.cliffordTolerance else { return nil }
    let quarters = point.quarterTurns
    let letters = (0..<pauli.qubitCount).filter { (pauli.x | pauli.z) >> UInt64($0) & 1 == 1 }
    guard quarters != 0, let pivot = letters.first else { return [] }
    var gathering: [CliffordStep] = []
    for qubit in letters where pauli.x >> UInt64(qubit) & 1 == 1 {
      // S†YS = X.
      if pauli.z >> UInt64(qubit) & 1 == 1 { gathering += [CliffordStep(.s, qubit), CliffordStep(.z, qubit)] }
      gathering.append(CliffordStep(.h, qubit))
    }
    for qubit in letters.dropFirst() { gathering.append(CliffordStep(.cx, qubit, pivot)) }
    let turn = [[], [.s], [.z], [.s, .z]][quarters].map { (kind: CliffordStep.Kind) in CliffordStep(kind, pivot) }
    return gathering + turn + CliffordStep.inverse(of: gathering)
  }
}

extension GateOperation {
  /// The same gate with its angles' values, on the first qubits, its controls after them.
  fileprivate func localized(in memory: borrowing ClassicalMemory) throws(CircuitError) -> GateOperation {
    var result = self
    result.parameters = []
    for parameter in parameters { result.parameters.append(ClassicalExpression(try parameter.finiteDouble(in: memory))) }
    result.qubits = Array(qubits.indices)
    result.controls = controls.enumerated().map { Control(qubits.count + $0.offset, isPositive: $0.element.isPositive) }
    return result
  }
}
