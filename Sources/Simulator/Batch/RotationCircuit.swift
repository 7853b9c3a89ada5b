package import Circuits

/// A parameterised circuit as rotations exp(−iθP/2) about Pauli strings on |0…0⟩, and what its Clifford gates make of observables.
///
/// Every gate is rotations about Pauli strings, up to a global phase. Those by multiples of π/2 are Clifford gates: they are taken to the end
/// of the circuit, past the rotations before which they stood, whose strings they change, and into the observables.
///
/// Source: Litinski, arXiv:1808.02892 (2019).
package struct RotationCircuit {
  /// One rotation.
  package struct Rotation: Hashable {
    /// Qubits with X or Y.
    package var x: UInt64
    /// Qubits with Z or Y.
    package var z: UInt64
    /// θ, the string's sign included; in the circuit's parameters, followed by ``RotationCircuit/expressions``.
    package var angle: LinearForm

    func commutes(with other: Rotation) -> Bool { SignedPauli.commute((x, z), (other.x, other.z)) }
  }

  /// A map of operators on a few qubits, between rotations.
  package struct Map: Hashable {
    /// How many rotations are before it.
    package var position: Int
    package var map: TransferMap
    /// The Clifford gates that were taken past it.
    package var frame: CliffordFrame
  }

  /// An observable's Pauli string as it is measured after the rotations alone.
  package struct Term: Hashable {
    package var observable: Int
    package var coefficient: Double
    package var x: UInt64
    package var z: UInt64
  }

  /// The circuit's qubits.
  package let qubitCount: Int
  /// The circuit's parameters.
  package let parameterCount: Int
  /// Angles, or parts of them, that are not linear in the parameters; each counts as one more parameter.
  package private(set) var expressions: [DifferentiableExpression] = []
  /// The rotations, in the order of time.
  package private(set) var rotations: [Rotation] = []
  /// The strings of the observables, or of the bits of an outcome.
  package internal(set) var terms: [Term] = []
  /// What the Clifford gates make of Pauli strings.
  package private(set) var frame: CliffordFrame
  /// The qubit that each classical bit was measured from; there are none unless measurements are taken.
  package private(set) var measuredQubits: [Int: Int] = [:]

  /// Noise, resets and unitaries that are no rotations, in the order of time; there is none unless maps are taken.
  package private(set) var maps: [Map] = []

  private let parameterIndices: [Parameter: Int]
  private var expressionIndices: [ClassicalExpression: Int] = [:]
  /// Rotations of which the gates are made, before equal ones are added up.
  private var stepCount = 0

  /// Takes a circuit apart.
  ///
  /// - Parameters:
  ///   - takesMeasurements: Whether qubits may be measured, after their last gate.
  ///   - takesMaps: Whether there may be noise, resets and any unitary on a few qubits.
  /// - Throws: ``SimulatorError`` with code `unsupported`, naming the instruction that is no rotation: measurements that are not taken, resets,
  ///   control flow, dense unitaries on two qubits or more, powers that are not whole.
  package init(_ circuit: Circuit, takesMeasurements: Bool = false, takesMaps: Bool = false) throws(SimulatorError) {
    guard circuit.qubitCount <= Circuits.Limits.qubitCount else {
      throw SimulatorError(
        .unsupported, "a batch of circuits on \(circuit.qubitCount) qubits; at most \(Circuits.Limits.qubitCount)")
    }
    (qubitCount, parameterCount) = (circuit.qubitCount, circuit.parameters.count)
    parameterIndices = Dictionary(uniqueKeysWithValues: zip(circuit.parameters, circuit.parameters.indices))
    frame = CliffordFrame(qubitCount: circuit.qubitCount)
    var measured = Set<Int>()
    for (index, instruction) in circuit.instructions.enumerated() {
      switch instruction {
      case .gate(let gate):
        try Self.refuse(gate.allQubits, measured, at: index)
        if takesMaps, let map = gate.mapWithoutRotations { append(map) } else { try append(gate, at: index) }
      case .channel(let channel, let qubits) where takesMaps:
        try Self.refuse(qubits, measured, at: index)
        append(TransferMap(PauliTransferMatrix(channel), on: qubits))
      case .reset(let qubit) where takesMaps:
        try Self.refuse([qubit], measured, at: index)
        append(.reset(qubit))
      case .measure(let qubit, let bit) where takesMeasurements:
        measured.insert(qubit)
        // A bit that is measured twice keeps the last value.
        if let bit { measuredQubits[bit] = qubit }
      case .barrier, .delay: continue
      default:
        let taken = takesMeasurements ? "gates, barriers, delays and final measurements" : "gates, barriers and delays"
        throw SimulatorError(.unsupported, "instruction \(index): a batch takes \(taken) only")
      }
    }
  }

  private static func refuse(_ qubits: [Int], _ measured: Set<Int>, at index: Int) throws(SimulatorError) {
    guard let qubit = qubits.first(where: measured.contains) else { return }
    throw SimulatorError(.unsupported, "instruction \(index): a gate on qubit \(qubit), which was measured before")
  }

  private mutating func append(_ map: TransferMap) {
    maps.append(Map(position: rotations.count, map: map, frame: frame))
  }

  /// Adds what an observable is after the rotations alone.
  package mutating func append(_ observable: Observable, index: Int) {
    for term in observable.terms {
      let image = frame.image(of: SignedPauli(x: term.pauli.x, z: term.pauli.z))
      terms.append(
        Term(observable: index, coefficient: image.isNegative ? -term.coefficient : term.coefficient, x: image.x, z: image.z))
    }
  }
}

extension GateOperation {
  /// What it does to operators if it is a unitary that is known, and is not taken apart into rotations.
  fileprivate var mapWithoutRotations: TransferMap? {
    guard case .unitary(let matrix) = kind, controls.isEmpty, exponent == 1, qubits.count <= Circuits.Limits.channelQubitCount,
      PauliStep.steps(of: matrix) == nil
    else { return nil }
    return TransferMap(PauliTransferMatrix(unitary: matrix), on: qubits)
  }
}

// MARK: Gates

extension RotationCircuit {
  private mutating func append(_ gate: GateOperation, at index: Int) throws(SimulatorError) {
    guard gate.controls.count <= Limits.laneControlCount else {
      throw SimulatorError(
        .unsupported,
        """
        instruction \(index): gate \(gate.name) under \(gate.controls.count) controls; a batch takes up to \(Limits.laneControlCount)
        """
      )
    }
    let steps = try steps(of: gate, at: index)
    stepCount += steps.count << gate.controls.count
    guard stepCount <= Limits.laneStepCount else {
      throw SimulatorError(
        .unsupported,
        "instruction \(index): more than \(Limits.laneStepCount) rotations, those of powers and controls included, for a batch")
    }
    for step in steps { append(step, gate.qubits, gate.controls) }
    guard rotations.count <= Limits.laneRotationCount else {
      throw SimulatorError(
        .unsupported, "instruction \(index): more than \(Limits.laneRotationCount) rotations that differ, for a batch")
    }
  }

  /// What a gate does to its own qubits, built-in controls included.
  private mutating func steps(of gate: GateOperation, at index: Int) throws(SimulatorError) -> [PauliStep] {
    var angles = [LinearForm]()
    for parameter in gate.parameters { angles.append(try linearForm(of: parameter, at: index)) }
    let steps: [PauliStep]
    switch gate.kind {
    case .standard(let standard): steps = try self.steps(of: standard, angles)
    case .pauliRotation(let pauli): steps = [PauliStep(x: pauli.x, z: pauli.z, angles[0])]
    case .unitary(let matrix):
      guard let found = PauliStep.steps(of: matrix) else {
        throw SimulatorError(
          .unsupported,
          "instruction \(index): a batch takes unitaries on one qubit and diagonal ones, not one of dimension \(matrix.dimension)")
      }
      steps = found
    }
    return try raised(steps, to: gate.exponent, gate, at: index)
  }

  private func steps(of gate: Gate, _ angles: [LinearForm]) throws(SimulatorError) -> [PauliStep] {
    if let steps = PauliStep.steps(gate.name, angles) { return steps }
    if let target = PauliStep.targetNames[gate.name], let steps = PauliStep.steps(target, angles) {
      // The target's letters stand after the controls.
      let moved = steps.map { PauliStep(x: $0.x << UInt64(gate.controlCount), z: $0.z << UInt64(gate.controlCount), $0.angle) }
      return (0..<gate.controlCount).reduce(moved) { steps, qubit in steps.flatMap { $0.controlled(by: qubit, isPositive: true) } }
    }
    guard let parts = gate.decomposition else { preconditionFailure("gate \(gate.name) has neither steps nor a decomposition") }
    let bound = Dictionary(uniqueKeysWithValues: zip(gate.parameterNames.map { Parameter($0) }, angles.indices))
    var result = [PauliStep]()
    for part in parts {
      let inner = part.parameters.map { expression in
        guard let form = expression.linearForm(in: bound) else {
          preconditionFailure("\(gate.name) decomposes by angles that are not linear")
        }
        return form.terms.reduce(LinearForm(constant: form.constant)) { $0 + angles[$1.parameter].scaled(by: $1.coefficient) }
      }
      result += try steps(of: part.gate, inner).map { $0.moved(to: part.qubits) }
    }
    return result
  }

  /// Steps again and again, backwards for a negative power.
  private func raised(
    _ steps: [PauliStep], to exponent: Double, _ gate: GateOperation, at index: Int
  ) throws(SimulatorError) -> [PauliStep] {
    if exponent == 1 { return steps }
    guard exponent.rounded() == exponent, exponent.magnitude <= Double(Limits.gatePower) else {
      throw SimulatorError(
        .unsupported,
        "instruction \(index): gate \(gate.name) to the power of \(exponent); a batch takes whole powers up to \(Limits.gatePower)")
    }
    let once = exponent < 0 ? steps.reversed().map { PauliStep(x: $0.x, z: $0.z, $0.angle.scaled(by: -1)) } : steps
    return (0..<Int(exponent.magnitude)).flatMap { _ in once }
  }

  /// An angle in the parameters; one that is not linear becomes one more parameter.
  private mutating func linearForm(of expression: ClassicalExpression, at index: Int) throws(SimulatorError) -> LinearForm {
    if let form = expression.linearForm(in: parameterIndices) { return form }
    guard !expression.readsMemory else {
      throw SimulatorError(.unsupported, "instruction \(index): an angle that reads classical memory")
    }
    if let known = expressionIndices[expression] { return LinearForm(terms: [.init(1, parameter: parameterCount + known)]) }
    let compiled: DifferentiableExpression
    do throws(CircuitError) { compiled = try DifferentiableExpression(expression, parameters: parameterIndices) } catch {
      // What cannot be compiled for many rows may still have a value in each.
      let isRefused = error.code == .notDifferentiable || error.code == .limitExceeded
      throw SimulatorError(isRefused ? .unsupported : .invalidArgument, "instruction \(index): \(error.message)")
    }
    expressionIndices[expression] = expressions.count
    expressions.append(compiled)
    return LinearForm(terms: [.init(1, parameter: parameterCount + expressions.count - 1)])
  }
}

// MARK: Rotations

extension RotationCircuit {
  private mutating func append(_ step: PauliStep, _ qubits: [Int], _ controls: [Control]) {
    let own = step.moved(to: qubits)
    let all = controls.reduce([own]) { steps, control in
      steps.flatMap { $0.controlled(by: control.qubit, isPositive: control.isPositive) }
    }
    for step in all { append(step) }
  }

  /// Adds a rotation on the circuit's qubits: to the frame, to an equal one that nothing keeps apart from it, or as a new one.
  private mutating func append(_ step: PauliStep) {
    if step.x | step.z == 0 { return }
    let pauli = SignedPauli(x: step.x, z: step.z)
    if step.angle.terms.isEmpty, let turns = Self.quarterTurns(step.angle.constant) {
      frame.appendRotation(about: pauli, quarterTurns: turns)
      return
    }
    append(step.angle, about: frame.image(of: pauli))
  }

  /// Adds a rotation about a string as it is before the Clifford gates.
  private mutating func append(_ angle: LinearForm, about image: SignedPauli) {
    let new = Rotation(x: image.x, z: image.z, angle: image.isNegative ? angle.scaled(by: -1) : angle)
    for place in rotations.indices.suffix(Limits.mergeWindow).reversed() where place >= maps.last?.position ?? 0 {
      if rotations[place].x == new.x, rotations[place].z == new.z {
        rotations[place].angle = rotations[place].angle + new.angle
        return
      }
      if !rotations[place].commutes(with: new) { break }
    }
    rotations.append(new)
  }

  /// How many quarters of a turn an angle is, if it is a whole number of them up to rounding.
  private static func quarterTurns(_ angle: Double) -> Int? {
    let turns = (angle / (.pi / 2)).rounded()
    guard turns.magnitude < 1e9, (angle - turns * (.pi / 2)).magnitude <= 4 * angle.ulp else { return nil }
    return Int(turns)
  }
}

// MARK: Outcomes

extension RotationCircuit {
  /// Adds what the bits of outcomes are after the rotations alone, and rotations after which they are parities of qubits.
  ///
  /// - Parameter qubits: The qubit that each bit is measured from; nil for a bit that stays zero.
  mutating func appendOutcomes(of qubits: [Int?]) {
    append(
      measured: qubits.map { qubit in qubit.map { frame.image(of: SignedPauli(x: 0, z: 1 << UInt64($0))) } ?? .identity })
  }

  /// Adds what strings are after the rotations alone that commute, each as one bit of outcomes, and rotations after which they are parities.
  mutating func appendOutcomes(of strings: [PauliString]) {
    append(measured: strings.map { frame.image(of: SignedPauli(x: $0.x, z: $0.z)) })
  }

  private mutating func append(measured strings: [SignedPauli]) {
    var images = strings
    while let image = images.first(where: { $0.x != 0 }) {
      let turn = Self.diagonalizing(image)
      append(LinearForm(constant: .pi / 2), about: turn)
      images = images.map { $0.commutes(with: turn) ? $0 : $0.rotated(about: turn) }
    }
    for (bit, image) in images.enumerated() {
      terms.append(Term(observable: bit, coefficient: image.isNegative ? -1 : 1, x: 0, z: image.z))
    }
  }

  /// A string Q such that a quarter turn about it makes of M a Z on a qubit s where M has X or Y: proportional to M·Zₛ.
  ///
  /// Of strings that commute with M, those that have no X or Y on s commute with Q, and the others lose theirs there: images of measurements
  /// commute, so that each turn leaves fewer that are not diagonal.
  private static func diagonalizing(_ image: SignedPauli) -> SignedPauli {
    SignedPauli(x: image.x, z: image.z ^ (image.x & (~image.x &+ 1)))
  }
}

extension SignedPauli {
  /// What a quarter turn makes of a string M that anticommutes with Q: exp(−iπQ/4)·M·exp(iπQ/4) = −iQM.
  fileprivate func rotated(about turn: SignedPauli) -> SignedPauli {
    let product = turn * self
    return SignedPauli(x: product.x, z: product.z, phase: product.phase + 3)
  }
}

extension PauliStep {
  /// The same on other qubits: letter j on `qubits[j]`.
  func moved(to qubits: [Int]) -> PauliStep {
    PauliStep(x: movedBits(x, to: qubits), z: movedBits(z, to: qubits), angle)
  }
}
