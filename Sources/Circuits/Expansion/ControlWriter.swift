internal import RealModule

/// Writes flips, rotations and phases under many controls, all positive, in gates of the table on at most three qubits.
struct ControlWriter {
  private(set) var steps: [GateOperation] = []
  /// Qubits that may be in any state, and get that state again.
  let spare: [Int]

  init(spare: [Int] = []) { self.spare = spare }

  mutating func add(_ gate: Gate, _ parameters: ClassicalExpression..., on qubits: Int...) {
    steps.append(GateOperation(.standard(gate), parameters: parameters, qubits: qubits))
  }

  /// Adds a gate as it is.
  mutating func add(_ step: GateOperation) { steps.append(step) }

  // MARK: Flips

  /// X of a qubit under controls.
  mutating func addFlip(_ controls: [Int], _ target: Int) { addFlip(controls, target, spare) }

  private mutating func addFlip(_ controls: [Int], _ target: Int, _ spare: [Int]) {
    switch ControlCost.flip(controls.count, spare: spare.count).way {
    case .named: steps.append(GateOperation(.standard([.x, .cx, .ccx][controls.count]), qubits: controls + [target]))
    case .chain: addChain(controls, target, spare)
    case .halves: addHalves(controls, target, spare)
    case .phase:
      add(.h, on: target)
      addPhase(ClassicalExpression(Double.pi), controls + [target], spare)
      add(.h, on: target)
    }
  }

  /// A borrowed qubit is flipped by the first half, and with the others it flips the target, both twice.
  private mutating func addHalves(_ controls: [Int], _ target: Int, _ spare: [Int]) {
    let (first, _) = ControlCost.halves(controls.count)
    let (lower, borrowed) = (Array(controls.prefix(first)), spare[0])
    let upper = Array(controls.dropFirst(first))
    for _ in 0..<2 {
      addFlip(lower, borrowed, upper + [target] + spare.dropFirst())
      addFlip(upper + [borrowed], target, lower + spare.dropFirst())
    }
  }

  /// Each borrowed qubit takes up one control more than the one before; the last flips the target with the last control, before and after.
  private mutating func addChain(_ controls: [Int], _ target: Int, _ spare: [Int]) {
    let borrowed = Array(spare.prefix(controls.count - 2))
    for _ in 0..<2 {
      add(.ccx, on: controls[controls.count - 1], borrowed[borrowed.count - 1], target)
      addProducts(controls, borrowed)
    }
  }

  /// Flips each borrowed qubit where its controls are all 1, up to phases; twice it is nothing.
  ///
  /// `ccx` up to phases is F · `cx` · F† with one `cx` in F; between two of one target F† and F cancel.
  private mutating func addProducts(_ controls: [Int], _ borrowed: [Int]) {
    let last = borrowed.count - 1
    for index in stride(from: last, through: 0, by: -1) {
      addTurned(controls[index + 1], borrowed[index], Double.pi / 4)
      add(.cx, on: index == 0 ? controls[0] : borrowed[index - 1], borrowed[index])
    }
    addTurned(controls[1], borrowed[0], -Double.pi / 4)
    for index in 1..<max(last + 1, 1) {
      add(.cx, on: borrowed[index - 1], borrowed[index])
      addTurned(controls[index + 1], borrowed[index], -Double.pi / 4)
    }
  }

  private mutating func addTurned(_ control: Int, _ target: Int, _ angle: Double) {
    add(.ry, ClassicalExpression(angle), on: target)
    add(.cx, on: control, target)
    add(.ry, ClassicalExpression(angle), on: target)
  }

  // MARK: Rotations

  /// Rz of a qubit under controls.
  mutating func addRotation(_ angle: ClassicalExpression, _ controls: [Int], _ target: Int) {
    addRotation(angle, controls, target, spare)
  }

  private mutating func addRotation(_ angle: ClassicalExpression, _ controls: [Int], _ target: Int, _ spare: [Int]) {
    if angle.literal?.double == 0 { return }
    if controls.isEmpty { return add(.rz, angle, on: target) }
    switch ControlCost.rotation(controls.count).way {
    case .parities: addParities(angle, controls, target)
    case .halves:
      // By a quarter, four times: where both halves hold all are the same way round, and else they cancel.
      let half = (controls.count + 1) / 2
      let (lower, upper) = (Array(controls.prefix(half)), Array(controls.dropFirst(half)))
      let quarter = angle / 4
      for _ in 0..<2 {
        addFlip(lower, target, upper + spare)
        add(.rz, -quarter, on: target)
        addFlip(upper, target, lower + spare)
        add(.rz, quarter, on: target)
      }
    }
  }

  /// Rotations by 2⁻ᵏ of the angle, turned round by each parity of the controls, in the order of a Gray code.
  private mutating func addParities(_ angle: ClassicalExpression, _ controls: [Int], _ target: Int) {
    let count = 1 << controls.count
    let part = angle / ClassicalExpression(Double(count))
    for index in 0..<count {
      add(.rz, (index ^ (index >> 1)).nonzeroBitCount % 2 == 0 ? part : -part, on: target)
      // The bit that changes to the next word of the cyclic Gray code.
      add(.cx, on: controls[index == count - 1 ? controls.count - 1 : (index + 1).trailingZeroBitCount], target)
    }
  }

  // MARK: Phases

  /// A phase where all qubits are 1.
  mutating func addPhase(_ angle: ClassicalExpression, _ qubits: [Int]) { addPhase(angle, qubits, spare) }

  private mutating func addPhase(_ angle: ClassicalExpression, _ qubits: [Int], _ spare: [Int]) {
    if angle.literal?.double == 0 { return }
    switch qubits.count {
    case 0: return steps.append(GateOperation(.standard(.globalPhase), parameters: [angle], qubits: []))
    case 1: return add(.p, angle, on: qubits[0])
    case 2: return add(.cp, angle, on: qubits[0], qubits[1])
    default: break
    }
    if isPi(angle), ControlCost.flip(qubits.count - 1, spare: spare.count).count < ControlCost.phase(qubits.count).count {
      let target = qubits[qubits.count - 1]
      add(.h, on: target)
      addFlip(Array(qubits.dropLast()), target, spare)
      return add(.h, on: target)
    }
    switch ControlCost.phase(qubits.count).way {
    case .parities: addPhaseOfParities(angle, qubits)
    case .halves:
      // Rz has half the phase too little where its controls hold.
      addRotation(angle, Array(qubits.dropLast()), qubits[qubits.count - 1], spare)
      addPhase(angle / 2, Array(qubits.dropLast()), spare)
    }
  }

  private func isPi(_ angle: ClassicalExpression) -> Bool {
    angle.literal.map { abs(abs($0.double.remainder(dividingBy: 2 * Double.pi)) - Double.pi) < 1e-15 } ?? false
  }

  /// As phases of parities in the order of a Gray code.
  ///
  /// λ·x₁x₂…xₘ = λ/2ᵐ⁻¹ · Σ over non-empty sets S of −(−1)^|S| · (parity of S).
  ///
  /// Source: Barenco et al. (1995), arXiv:quant-ph/9503016, §7, in its form for diagonal gates.
  private mutating func addPhaseOfParities(_ angle: ClassicalExpression, _ qubits: [Int]) {
    let part = angle / ClassicalExpression(Double(1 << (qubits.count - 1)))
    for (index, target) in qubits.enumerated() {
      for step in 0..<1 << index {
        let parity = (step ^ (step >> 1)).nonzeroBitCount
        add(.p, parity % 2 == 0 ? part : -part, on: target)
        guard index > 0 else { continue }
        // The bit that changes to the next word of the cyclic Gray code.
        let bit = step == (1 << index) - 1 ? index - 1 : (step + 1).trailingZeroBitCount
        add(.cx, on: qubits[bit], target)
      }
    }
  }

  // MARK: Any gate on one qubit

  /// A matrix on one qubit under controls: V·diag(e^{ia}, e^{ib})·V†, of which only the middle needs them.
  mutating func addMatrix(_ matrix: Matrix, _ controls: [Int], _ target: Int) {
    let form = QubitEigenform(matrix)
    let (first, second) = form.phases
    add(form.vectors.adjoint(), target)
    let difference = second - first
    if isPi(ClassicalExpression(difference)) {
      addPhase(ClassicalExpression(first), controls)
      addPhase(ClassicalExpression(Double.pi), controls + [target])
    } else {
      addPhase(ClassicalExpression((first + second) / 2), controls)
      addRotation(ClassicalExpression(difference), controls, target)
    }
    add(form.vectors, target)
  }

  private mutating func add(_ matrix: Matrix, _ target: Int) {
    let (alpha, theta, phi, lambda) = GateSynthesis.euler(matrix)
    guard abs(theta) > 1e-15 || abs(phi + lambda) > 1e-15 || abs(alpha) > 1e-15 else { return }
    add(.u, ClassicalExpression(theta), ClassicalExpression(phi), ClassicalExpression(lambda), on: target)
    if abs(alpha) > 1e-15 { addPhase(ClassicalExpression(alpha), []) }
  }
}
