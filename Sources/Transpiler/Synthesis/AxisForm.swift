internal import Circuits

/// A gate on two qubits as e^{iα}·(L₁ ⊗ L₀)·exp(iδZZ)·(F₁ ⊗ F₀), for gates with one axis of interaction: `cx`, `cp`, `rzz` between any others.
///
/// Such forms differ by turns about Z and by X on either side. Of them all this is the one whose first gates are Ry(θ)·Rz(λ) with the least θ, or
/// H where they can be: so a gate that the device has stays as it is, and needs no gate where it had none.
struct AxisForm {
  private(set) var first: (low: Matrix2, high: Matrix2)
  private(set) var last: (low: Matrix2, high: Matrix2)
  /// δ, in [−π/4, π/4].
  private(set) var interaction: Double
  private(set) var phase: Double

  /// Nil for a gate with more axes.
  init?(_ form: WeylForm) {
    guard abs(form.coordinates[1]) < Limits.angleTolerance, abs(form.coordinates[2]) < Limits.angleTolerance else { return nil }
    (interaction, phase) = (form.coordinates[0], form.phase)
    // H makes XX of ZZ.
    first = (.hadamard * form.first.low, .hadamard * form.first.high)
    last = (form.last.low * .hadamard, form.last.high * .hadamard)
    simplify(\.first.low, \.last.low)
    simplify(\.first.high, \.last.high)
  }

  private mutating func simplify(_ before: WritableKeyPath<Self, Matrix2>, _ after: WritableKeyPath<Self, Matrix2>) {
    moveTurn(before, after)
    let angles = EulerAngles(self[keyPath: before])
    let (quarter, isQuarter) = (Double.pi / 2, abs(angles.theta - Double.pi / 2) < Limits.angleTolerance)
    // Of Ry(π/2)·Rz(λ) and X·Ry(π/2)·Rz(λ) = Ry(π/2)·Rz(λ + π), up to turns, the one that is nearer to H = Ry(π/2)·Z.
    guard isQuarter ? abs(angles.lambda.remainder(dividingBy: 4 * quarter)) < quarter : angles.theta > quarter else { return }
    self[keyPath: before] = .x * self[keyPath: before]
    self[keyPath: after] = self[keyPath: after] * .x
    interaction = -interaction
    moveTurn(before, after)
  }

  /// Moves the last turn about Z, and the phase, through the interaction.
  private mutating func moveTurn(_ before: WritableKeyPath<Self, Matrix2>, _ after: WritableKeyPath<Self, Matrix2>) {
    let angles = EulerAngles(self[keyPath: before])
    self[keyPath: before] = .ry(angles.theta) * .rz(angles.lambda)
    self[keyPath: after] = self[keyPath: after] * .rz(angles.phi)
    phase += angles.alpha
  }
}
