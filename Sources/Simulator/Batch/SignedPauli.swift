/// i^phase · X^x Z^z: a Pauli string with its factor, closed under products.
///
/// A string with a Y on each qubit of x ∧ z has phase |x ∧ z| (mod 4), because Y = iXZ.
package struct SignedPauli: Hashable, Sendable {
  /// Qubits with an X.
  package var x: UInt64
  /// Qubits with a Z, to the right of the X.
  package var z: UInt64
  /// The power of i, mod 4.
  package var phase: Int

  /// Makes a product i^phase · X^x Z^z.
  package init(x: UInt64, z: UInt64, phase: Int) { (self.x, self.z, self.phase) = (x, z, phase & 3) }

  /// Makes the Hermitian string with X on x∖z, Z on z∖x and Y on x∩z.
  package init(x: UInt64, z: UInt64) { self.init(x: x, z: z, phase: (x & z).nonzeroBitCount) }

  /// The identity.
  package static let identity = SignedPauli(x: 0, z: 0)

  /// Whether this is a Hermitian string with a minus; a precondition that it is Hermitian.
  package var isNegative: Bool {
    let extra = (phase - (x & z).nonzeroBitCount) & 3
    precondition(extra & 1 == 0, "a Pauli string that is not Hermitian")
    return extra == 2
  }

  /// Whether the two strings commute.
  package func commutes(with other: SignedPauli) -> Bool { Self.commute((x, z), (other.x, other.z)) }

  /// Whether two strings commute, by their symplectic forms.
  static func commute(_ a: (x: UInt64, z: UInt64), _ b: (x: UInt64, z: UInt64)) -> Bool {
    (a.x & b.z ^ a.z & b.x).nonzeroBitCount & 1 == 0
  }

  /// The product, `a` to the left.
  package static func * (a: SignedPauli, b: SignedPauli) -> SignedPauli {
    // Z^za X^xb = (−1)^|za ∧ xb| X^xb Z^za.
    SignedPauli(x: a.x ^ b.x, z: a.z ^ b.z, phase: a.phase + b.phase + 2 * (a.z & b.x).nonzeroBitCount)
  }
}
