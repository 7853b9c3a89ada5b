internal import Circuits

/// A Pauli string with a sign.
struct SignedString: Hashable, Sendable {
  var string: PauliString
  var isNegative: Bool

  /// The product with a string that commutes with this one.
  func product(with other: SignedString) -> SignedString {
    let (a, b) = (string, other.string)
    let result = PauliString(qubitCount: a.qubitCount, x: a.x ^ b.x, z: a.z ^ b.z)
    // As iʸ XˣZᶻ, y the number of Y; each X of the second moves past the first's Z.
    let letters = (a.x & a.z).nonzeroBitCount + (b.x & b.z).nonzeroBitCount - (result.x & result.z).nonzeroBitCount
    let power = letters + 2 * (a.z & b.x).nonzeroBitCount
    return SignedString(string: result, isNegative: (isNegative != other.isNegative) != (power & 3 == 2))
  }
}

extension PauliString {
  /// Whether two strings commute.
  func commutes(with other: PauliString) -> Bool {
    ((x & other.z).nonzeroBitCount + (z & other.x).nonzeroBitCount) & 1 == 0
  }
}
