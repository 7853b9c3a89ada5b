/// Operations written out without controls, powers and matrices: what OpenQASM 2 can call, and a compiler starts from.
enum GateExpansion {
  /// Controls beyond this many take more than a thousand gates each.
  static let controlCount = 10
  /// Unitaries beyond this many qubits take more than twenty thousand gates each.
  static let unitaryQubitCount = 4
  /// Gates repeated for a power more often than this are refused.
  static let repetitionCount = 1024

  /// Gates of the table, without controls and powers, whose product is the operation.
  static func steps(_ operation: GateOperation) throws(CircuitError) -> [GateOperation] {
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

  private static func steps(_ matrix: Matrix, _ qubits: [Int], _ controls: [Control]) throws(CircuitError) -> [GateOperation] {
    guard qubits.count <= unitaryQubitCount else {
      throw CircuitError(
        .limitExceeded, "a unitary on \(qubits.count) qubits; at most \(unitaryQubitCount) are written out as gates of the table")
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

  private static func powered(_ gate: Gate, _ operation: GateOperation) throws(CircuitError) -> [GateOperation] {
    var base = operation
    base.exponent = 1
    if operation.exponent == -1 { return inverse(try steps(base)) }
    if operation.exponent == operation.exponent.rounded(), abs(operation.exponent) <= Double(repetitionCount) {
      let once = try steps(base)
      let repeated = (0..<Int(abs(operation.exponent))).flatMap { _ in once }
      return operation.exponent < 0 ? inverse(repeated) : repeated
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

  private static func controlled(_ operation: GateOperation) throws(CircuitError) -> [GateOperation] {
    let count = operation.controls.count
    guard count <= controlCount else {
      throw CircuitError(
        .limitExceeded, "a gate under \(count) controls; at most \(controlCount) are written out as gates of the table")
    }
    // A control on 0 is one on 1 between two x.
    let flips = operation.controls.filter { !$0.isPositive }.map { GateOperation(.standard(.x), qubits: [$0.qubit]) }
    var positive = [GateOperation]()
    try append(operation, operation.controls.map(\.qubit), to: &positive)
    return flips + positive + flips
  }

  private static func append(_ operation: GateOperation, _ controls: [Int], to result: inout [GateOperation]) throws(CircuitError) {
    guard case .standard(let gate) = operation.kind else { preconditionFailure("only gates of the table are taken apart") }
    let (parameters, qubits) = (operation.parameters, operation.qubits)
    if let name = multiplyControlledX(gate, controls.count) {
      result.append(GateOperation(.standard(name), qubits: controls + qubits))
    } else if gate == .globalPhase {
      appendPhase(parameters[0], controls, to: &result)
    } else if gate == .cx {
      appendOnTarget(.h, qubits[1], to: &result)
      appendPhase(ClassicalExpression(Double.pi), controls + qubits, to: &result)
      appendOnTarget(.h, qubits[1], to: &result)
    } else if gate == .u {
      appendEuler(parameters, controls, qubits[0], to: &result)
    } else {
      for step in decomposed(operation) { try append(step, controls, to: &result) }
    }
  }

  private static func multiplyControlledX(_ gate: Gate, _ controls: Int) -> Gate? {
    let names = ["x", "cx", "ccx", "c3x", "c4x"]
    guard let own = names.firstIndex(of: gate.name), own + controls < names.count else { return nil }
    return Gate(named: names[own + controls])
  }

  private static func appendOnTarget(_ gate: Gate, _ qubit: Int, to result: inout [GateOperation]) {
    result.append(GateOperation(.standard(gate), qubits: [qubit]))
  }

  /// u = e^{i(φ+λ)/2}·Rz(φ)·Ry(θ)·Rz(λ), and Ry = S·H·Rz·H·S†, each diagonal factor under the controls.
  private static func appendEuler(
    _ angles: [ClassicalExpression], _ controls: [Int], _ target: Int, to result: inout [GateOperation]
  ) {
    appendPhase((angles[1] + angles[2]) / 2, controls, to: &result)
    appendRotation(angles[2], controls, target, to: &result)
    appendOnTarget(.sdg, target, to: &result)
    appendOnTarget(.h, target, to: &result)
    appendRotation(angles[0], controls, target, to: &result)
    appendOnTarget(.h, target, to: &result)
    appendOnTarget(.s, target, to: &result)
    appendRotation(angles[1], controls, target, to: &result)
  }

  /// Rz under controls: phase −θ/2 where they hold and θ more where the target is 1 too.
  private static func appendRotation(
    _ angle: ClassicalExpression, _ controls: [Int], _ target: Int, to result: inout [GateOperation]
  ) {
    if angle.literal?.double == 0 { return }
    appendPhase(-(angle / 2), controls, to: &result)
    appendPhase(angle, controls + [target], to: &result)
  }

  /// Phase λ where all qubits are 1, as phases of parities in the order of a Gray code.
  ///
  /// λ·x₁x₂…xₘ = λ/2ᵐ⁻¹ · Σ over non-empty sets S of −(−1)^|S| · (parity of S).
  ///
  /// Source: Barenco et al. (1995), arXiv:quant-ph/9503016, §7, in its form for diagonal gates.
  private static func appendPhase(_ angle: ClassicalExpression, _ qubits: [Int], to result: inout [GateOperation]) {
    if angle.literal?.double == 0 { return }
    switch qubits.count {
    case 0: return
    case 1: return result.append(GateOperation(.standard(.p), parameters: [angle], qubits: qubits))
    case 2: return result.append(GateOperation(.standard(.cp), parameters: [angle], qubits: qubits))
    default: break
    }
    let part = angle / ClassicalExpression(Double(1 << (qubits.count - 1)))
    for (index, target) in qubits.enumerated() {
      for step in 0..<1 << index {
        let parity = (step ^ (step >> 1)).nonzeroBitCount
        result.append(GateOperation(.standard(.p), parameters: [parity % 2 == 0 ? part : -part], qubits: [target]))
        guard index > 0 else { continue }
        // The bit that changes to the next word of the cyclic Gray code.
        let bit = step == (1 << index) - 1 ? index - 1 : (step + 1).trailingZeroBitCount
        result.append(GateOperation(.standard(.cx), qubits: [qubits[bit], target]))
      }
    }
  }
}

extension GateOperation {
  /// Gates of the table, without controls and powers, whose product is this operation, global phase included.
  ///
  /// - Throws: ``CircuitError``: `limit_exceeded` for more controls or larger matrices than are written out, `unbound_parameter` for a power of a
  ///   gate with free parameters.
  package func expanded() throws(CircuitError) -> [GateOperation] { try GateExpansion.steps(self) }
}
