internal import Circuits

/// A gate on two qubits as rotations of each qubit around exp(i(xXX + yYY + zZZ)), with π/4 ≥ x ≥ y ≥ |z|.
///
/// u = e^{iφ}·(L₁ ⊗ L₀)·exp(i(xXX + yYY + zZZ))·(F₁ ⊗ F₀). Of all triples that differ by local gates only this one is in the Weyl chamber;
/// z = 0 takes two `cx`, (π/4, 0, 0) one, and (0, 0, 0) none.
///
/// Sources: Zhang, Vala, Sastry and Whaley (2003), arXiv:quant-ph/0209120; ``CartanForm`` finds the triple.
struct WeylForm {
  private(set) var first: (low: Matrix2, high: Matrix2)
  private(set) var last: (low: Matrix2, high: Matrix2)
  /// x, y and z.
  private(set) var coordinates: SIMD3<Double>
  private(set) var phase: Double

  /// Takes a gate apart; nil if the matrix is not unitary.
  init?(_ u: Matrix4) {
    guard let form = CartanForm(u) else { return nil }
    (first, last) = (form.first, form.last)
    let (d, o) = (form.core.diagonal, form.core.other)
    let phases = [d[0] + o[0], d[1] + o[1], d[1] - o[1], d[0] - o[0]].map(\.phase)
    phase = phases.reduce(0, +) / 4
    coordinates = SIMD3(
      phases[0] + phases[1] - phases[2] - phases[3], phases[1] + phases[3] - phases[0] - phases[2],
      phases[0] + phases[3] - phases[1] - phases[2])
    coordinates /= 4
    for axis in 0..<3 { shift(axis) }
    sort()
    makePositive()
  }

  /// Brings a coordinate into (−π/4, π/4]: exp(iπ/2·PP) is i·PP.
  private mutating func shift(_ axis: Int) {
    let count = ((coordinates[axis] - Limits.angleTolerance) / (Double.pi / 2)).rounded()
    guard count != 0 else { return }
    move(axis, by: count)
  }

  private mutating func move(_ axis: Int, by count: Double) {
    coordinates[axis] -= count * (Double.pi / 2)
    phase += count * (Double.pi / 2)
    guard Int(count) % 2 != 0 else { return }
    last = (last.low * Self.paulis[axis], last.high * Self.paulis[axis])
  }

  private mutating func sort() {
    for (left, right) in [(0, 1), (1, 2), (0, 1)] where abs(coordinates[left]) < abs(coordinates[right]) { exchange(left, right) }
  }

  /// Conjugates both qubits by (P + Q)/√2, which exchanges P and Q.
  private mutating func exchange(_ left: Int, _ right: Int) {
    let turn = Self.exchanges[left + right - 1]
    (first.low, first.high) = (turn * first.low, turn * first.high)
    (last.low, last.high) = (last.low * turn, last.high * turn)
    (coordinates[left], coordinates[right]) = (coordinates[right], coordinates[left])
  }

  private mutating func makePositive() {
    if coordinates[0] < 0 { negateAll(but: coordinates[1] < 0 ? 2 : 1) } else if coordinates[1] < 0 { negateAll(but: 0) }
    // At the edge of the chamber −x is x, so that the sign of z is free.
    guard coordinates[0] > Double.pi / 4 - Limits.angleTolerance, coordinates[2] < 0 else { return }
    move(0, by: 1)
    negateAll(but: 1)
  }

  /// Conjugates one qubit by a Pauli matrix, which changes the signs of the two other coordinates.
  private mutating func negateAll(but axis: Int) {
    let pauli = Self.paulis[axis]
    (first.low, last.low) = (pauli * first.low, last.low * pauli)
    for other in 0..<3 where other != axis { coordinates[other] = -coordinates[other] }
  }

  private static let paulis = [Matrix2.x, Matrix2(a: .zero, b: Complex(0, -1), c: .i, d: .zero), .z]
  /// X with Y, X with Z, Y with Z.
  private static let exchanges: [Matrix2] = {
    let (half, s) = (0.5.squareRoot(), Complex(0.5.squareRoot()))
    return [
      Matrix2(a: .zero, b: Complex(half, -half), c: Complex(half, half), d: .zero), .hadamard,
      Matrix2(a: s, b: Complex(0, -half), c: Complex(0, half), d: -s),
    ]
  }()
}
