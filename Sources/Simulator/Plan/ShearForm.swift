internal import Circuits

/// A matrix on two qubits that mixes |00⟩ with |11⟩ and |01⟩ with |10⟩ only, taken apart like a rotation.
///
/// u = D · S · X, where S has ones on the diagonal and four numbers not longer than 1 on the other, D is diagonal, and X exchanges |00⟩
/// and |11⟩, |01⟩ and |10⟩, both or neither. S takes two fused multiply-adds for each real and imaginary part, or one where its numbers are
/// imaginary; D joins other diagonals. Rotations about XX, XY, YX and YY have this form, and what is between the rotations of a Cartan
/// decomposition (``CartanForm``).
struct ShearForm {
  /// What comes first: whether |00⟩ and |11⟩ change places, and whether |01⟩ and |10⟩ do.
  let exchangesEven: Bool
  let exchangesOdd: Bool
  /// The number of S in each row.
  let shear: InlineArray<4, Complex>
  let diagonal: InlineArray<4, Complex>

  /// Whether there is nothing to mix.
  var isDiagonal: Bool { (0..<4).allSatisfy { shear[$0] == .zero } }
  /// Whether S takes one multiply-add.
  var isImaginary: Bool { (0..<4).allSatisfy { shear[$0].real == 0 } }

  /// Takes a matrix apart; nil if it has not the form.
  init?(_ u: Matrix4) {
    for row in 0..<4 {
      for column in 0..<4 where column != row && column != 3 - row {
        guard u[row, column] == .zero else { return nil }
      }
    }
    exchangesEven = u[0, 3].lengthSquared > u[0, 0].lengthSquared
    exchangesOdd = u[1, 2].lengthSquared > u[1, 1].lengthSquared
    var (shear, diagonal) = (InlineArray<4, Complex>(repeating: .zero), InlineArray<4, Complex>(repeating: .zero))
    for row in 0..<4 {
      let isExchanged = row == 0 || row == 3 ? exchangesEven : exchangesOdd
      let (own, other) = isExchanged ? (u[row, 3 - row], u[row, row]) : (u[row, row], u[row, 3 - row])
      guard own.lengthSquared > 0 else { return nil }
      let quotient = other * own.conjugate / own.lengthSquared
      // A matrix that is not unitary may have a long one in one of two rows.
      guard quotient.lengthSquared < 1 + 1e-12 else { return nil }
      (shear[row], diagonal[row]) = (quotient.snapped, own)
    }
    (self.shear, self.diagonal) = (shear, diagonal)
  }
}
