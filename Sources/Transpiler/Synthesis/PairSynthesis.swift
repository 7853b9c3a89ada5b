internal import Circuits

/// A gate on two qubits as gates on one and as few entangling gates as it takes.
///
/// Sources: Vatan and Williams (2004), arXiv:quant-ph/0308006 (three); Shende, Markov and Bullock (2004), arXiv:quant-ph/0308033 (fewer).
struct PairSynthesis {
  /// A gate in between.
  enum Step {
    /// On bit 0 or 1.
    case local(Matrix2, bit: Int)
    /// Z under a control.
    case cz
    /// exp(−iθ/2·Z⊗Z).
    case zz(Double)
  }

  private(set) var steps: [Step] = []
  private(set) var phase: Double

  /// Nil for a matrix that is not unitary.
  ///
  /// - Parameter usesAngles: whether the entangling gate is exp(−iθ/2·Z⊗Z) by any angle; else Z under a control.
  init?(_ matrix: Matrix4, usesAngles: Bool) {
    guard let form = WeylForm(matrix) else { return nil }
    self.init(form, usesAngles: usesAngles)
  }

  /// - Parameter usesAngles: As above.
  init(_ form: WeylForm, usesAngles: Bool) {
    phase = form.phase
    if let form = AxisForm(form) {
      addAxis(form, usesAngles: usesAngles)
      return
    }
    add(form.first)
    if usesAngles { addAngles(form.coordinates) } else { addFlips(form.coordinates) }
    add(form.last)
  }

  private mutating func add(_ locals: (low: Matrix2, high: Matrix2)) {
    steps += [.local(locals.low, bit: 0), .local(locals.high, bit: 1)]
  }
  private mutating func addBoth(_ local: Matrix2) { add((local, local)) }

  private mutating func addAxis(_ form: AxisForm, usesAngles: Bool) {
    phase = form.phase
    add(form.first)
    if abs(form.interaction) < Limits.angleTolerance {
      // Nothing between the gates on one qubit.
    } else if usesAngles {
      steps.append(.zz(-2 * form.interaction))
    } else if abs(form.interaction) > Double.pi / 4 - Limits.angleTolerance {
      addOne(form.interaction)
    } else {
      addFlip(target: 0)
      steps.append(.local(.rz(-2 * form.interaction), bit: 0))
      addFlip(target: 0)
    }
    add(form.last)
  }

  /// exp(±iπ/4·ZZ) = e^{∓iπ/4}·(Rz(∓π/2)⊗Rz(∓π/2))·CZ.
  private mutating func addOne(_ interaction: Double) {
    steps.append(.cz)
    addBoth(.rz(-2 * interaction))
    phase -= interaction
  }

  // MARK: By any angle

  private mutating func addAngles(_ c: SIMD3<Double>) {
    let turns: [Matrix2] = [.hadamard, .rx(-Double.pi / 2), .identity]
    for axis in 0..<3 where abs(c[axis]) > Limits.angleTolerance {
      addBoth(turns[axis].adjoint)
      steps.append(.zz(-2 * c[axis]))
      addBoth(turns[axis])
    }
  }

  // MARK: By Z under a control

  private mutating func addFlips(_ c: SIMD3<Double>) {
    if abs(c[2]) > Limits.angleTolerance { addThree(c) } else { addTwo(c) }
  }

  /// Between two CZ, X on either qubit becomes XZ or ZX; on each qubit a turn makes X and Z of them what is needed.
  private mutating func addTwo(_ c: SIMD3<Double>) {
    add((Self.lowTurn.adjoint, Self.highTurn.adjoint))
    steps += [.cz, .local(.rx(2 * c[0]), bit: 0), .local(.rx(-2 * c[1]), bit: 1), .cz]
    add((Self.lowTurn, Self.highTurn))
  }

  /// Z to Y, Y to Z, X to −X.
  private static let lowTurn = Matrix2(
    a: Complex(0.5.squareRoot()), b: Complex(0, -0.5.squareRoot()), c: Complex(0, 0.5.squareRoot()), d: Complex(-0.5.squareRoot()))
  /// Z to X, X to Y, Y to Z.
  private static let highTurn = Matrix2(a: Complex(0.5, -0.5), b: Complex(-0.5, -0.5), c: Complex(0.5, -0.5), d: Complex(0.5, 0.5))

  private mutating func addThree(_ c: SIMD3<Double>) {
    let half = Double.pi / 2
    steps.append(.local(.rz(half), bit: 0))
    addFlip(target: 1)
    steps += [.local(.rz(half - 2 * c[2]), bit: 1), .local(.ry(half - 2 * c[0]), bit: 0)]
    addFlip(target: 0)
    steps.append(.local(.ry(2 * c[1] - half), bit: 0))
    addFlip(target: 1)
    steps.append(.local(.rz(3 * half), bit: 1))
    phase -= 0.75 * Double.pi
  }

  private mutating func addFlip(target bit: Int) { steps += [.local(.hadamard, bit: bit), .cz, .local(.hadamard, bit: bit)] }
}
