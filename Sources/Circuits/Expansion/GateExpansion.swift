/// Operations written out without controls, powers and matrices: what OpenQASM 2 can call, and a compiler starts from.
struct GateExpansion {
  /// Qubits that gates under controls may borrow, in whatever state they are, and leave in it.
  var spare: [Int] = []

  /// A phase under as many controls takes some thirty thousand `cx`.
  static let controlCount = 62
  /// Unitaries beyond this many qubits take more than twenty thousand gates each.
  static let unitaryQubitCount = 4
  /// Gates repeated for a power more often than this are refused.
  static let repetitionCount = 1024

  /// Gates of the table, without controls and powers, whose product is the operation.
  func steps(_ operation: GateOperation) throws(CircuitError) -> [GateOperation] {
    switch operation.kind {
    case .pauliRotation(let string):
      var result = [GateOperation]()
      for step in pauliSteps(string, operation) { result += try steps(step) }
      return result
    case .unitary(let matrix): return try steps(matrix.power(operation.exponent), operation.qubits, operation.controls)
    case .standard(let gate):
      guard operation.exponent == 1 else { return try powered(gate, operation) }
      return operation.controls.isEmpty ? [operation] : try controlled(operation)
    }
  }

  private func steps(_ matrix: Matrix, _ qubits: [Int], _ controls: [Control]) throws(CircuitError) -> [GateOperation] {
    guard qubits.count <= Self.unitaryQubitCount else {
      throw CircuitError(
        .limitExceeded,
        "a unitary on \(qubits.count) qubits; at most \(Self.unitaryQubitCount) are written out as gates of the table")
    }
    if qubits.count == 1, !controls.isEmpty {
      return try underControls(controls, qubits) { $1.addMatrix(matrix, $0, qubits[0]) }
    }
    var result = [GateOperation]()
    for step in GateSynthesis.steps(matrix) {
      var moved = step
      moved.qubits = step.qubits.map { qubits[$0] }
      moved.controls = controls + step.controls.map { Control(qubits[$0.qubit], isPositive: $0.isPositive) }
      result += try steps(moved)
    }
    return result
  }

  private func powered(_ gate: Gate, _ operation: GateOperation) throws(CircuitError) -> [GateOperation] {
    var base = operation
    base.exponent = 1
    if operation.exponent == -1 { return Self.inverse(try steps(base)) }
    if operation.exponent == operation.exponent.rounded(), abs(operation.exponent) <= Double(Self.repetitionCount) {
      let once = try steps(base)
      let repeated = (0..<Int(abs(operation.exponent))).flatMap { _ in once }
      return operation.exponent < 0 ? Self.inverse(repeated) : repeated
    }
    let values = operation.parameters.compactMap { $0.literal?.double }
    guard values.count == operation.parameters.count else {
      throw CircuitError(.unboundParameter, "a power of '\(gate.name)' with angles that are computed at run time")
    }
    let controls = operation.controls + operation.qubits.prefix(gate.controlCount).map { Control($0) }
    let matrix = gate.targetMatrix(values).power(operation.exponent)
    if gate == .globalPhase {
      return try steps(
        GateOperation(.standard(gate), parameters: [ClassicalExpression(matrix[0, 0].phase)], qubits: [], controls: controls))
    }
    return try steps(matrix, Array(operation.qubits.dropFirst(gate.controlCount)), controls)
  }

  /// The steps undone; a gate whose inverse has no name is undone step by step.
  private static func inverse(_ steps: [GateOperation]) -> [GateOperation] {
    steps.reversed().flatMap { step in
      let inverted = step.inverse()
      return inverted.exponent == 1 ? [inverted] : inverse(decomposed(step))
    }
  }

  /// The steps of a gate of the table, none for those everything is made of.
  private static func decomposed(_ operation: GateOperation) -> [GateOperation] {
    guard case .standard(let gate) = operation.kind else { preconditionFailure("a step of a decomposition is a gate of the table") }
    let bound = Dictionary(uniqueKeysWithValues: zip(gate.parameterNames.map { Parameter($0) }, operation.parameters))
    return (gate.decomposition ?? []).map { step in
      GateOperation(
        .standard(step.gate), parameters: step.parameters.map { $0.substituting(bound) },
        qubits: step.qubits.map { operation.qubits[$0] })
    }
  }

  // MARK: Controls

  private func controlled(_ operation: GateOperation) throws(CircuitError) -> [GateOperation] {
    try underControls(operation.controls, operation.qubits) { append(operation, $0, to: &$1) }
  }

  /// What is written under controls on 1: a control on 0 is one between two x.
  private func underControls(_ controls: [Control], _ qubits: [Int], _ write: ([Int], inout ControlWriter) -> Void)
    throws(CircuitError) -> [GateOperation]
  {
    guard controls.count <= Self.controlCount else {
      throw CircuitError(
        .limitExceeded,
        "a gate under \(controls.count) controls; at most \(Self.controlCount) are written out as gates of the table")
    }
    let flips = controls.filter { !$0.isPositive }.map { GateOperation(.standard(.x), qubits: [$0.qubit]) }
    let used = Set(controls.map(\.qubit) + qubits)
    var writer = ControlWriter(spare: spare.filter { !used.contains($0) })
    write(controls.map(\.qubit), &writer)
    return flips + writer.steps + flips
  }

  private func append(_ operation: GateOperation, _ controls: [Int], to writer: inout ControlWriter) {
    guard case .standard(let gate) = operation.kind else { preconditionFailure("only gates of the table are taken apart") }
    let (parameters, own) = (operation.parameters, operation.qubits.prefix(gate.controlCount))
    let values = parameters.compactMap { $0.literal?.double }
    if ["x", "cx", "ccx", "c3x", "c4x"].contains(gate.name) {
      writer.addFlip(controls + own, operation.qubits[gate.controlCount])
    } else if gate == .globalPhase {
      writer.addPhase(parameters[0], controls)
    } else if values.count == parameters.count, gate.qubitCount == gate.controlCount + 1 {
      writer.addMatrix(gate.targetMatrix(values), controls + own, operation.qubits[gate.controlCount])
    } else if gate.name == "p" {
      writer.addPhase(parameters[0], controls + operation.qubits)
    } else if gate.name == "rz" {
      writer.addRotation(parameters[0], controls, operation.qubits[0])
    } else if gate == .u {
      appendEuler(parameters, controls, operation.qubits[0], to: &writer)
    } else {
      appendSteps(Self.decomposed(operation), controls, to: &writer)
    }
  }

  /// Steps under controls; what the last ones undo of the first needs none.
  private func appendSteps(_ steps: [GateOperation], _ controls: [Int], to writer: inout ControlWriter) {
    var inner = steps[...]
    while inner.count > 1, let first = inner.first, let last = inner.last, last == first.inverse() {
      inner = inner.dropFirst().dropLast()
    }
    for (index, step) in steps.enumerated() {
      if inner.indices.contains(index) { append(step, controls, to: &writer) } else { writer.add(step) }
    }
  }

  /// u = e^{i(φ+λ)/2}·Rz(φ)·Ry(θ)·Rz(λ), and Ry = S·H·Rz·H·S†, each diagonal factor under the controls.
  private func appendEuler(
    _ angles: [ClassicalExpression], _ controls: [Int], _ target: Int, to writer: inout ControlWriter
  ) {
    writer.addPhase((angles[1] + angles[2]) / 2, controls)
    writer.addRotation(angles[2], controls, target)
    writer.add(.sdg, on: target)
    writer.add(.h, on: target)
    writer.addRotation(angles[0], controls, target)
    writer.add(.h, on: target)
    writer.add(.s, on: target)
    writer.addRotation(angles[1], controls, target)
  }
}

extension GateOperation {
  /// Gates of the table, without controls and powers, whose product is this operation, global phase included.
  ///
  /// - Parameter spare: Qubits that may be in any state, and are in it again at the end: gates under many controls take fewer gates with them.
  /// - Throws: ``CircuitError``: `limit_exceeded` for more controls or larger matrices than are written out, `unbound_parameter` for a power of a
  ///   gate with free parameters.
  package func expanded(borrowing spare: [Int] = []) throws(CircuitError) -> [GateOperation] {
    try GateExpansion(spare: spare).steps(self)
  }
}
