/// A Pauli string whose value is the product of the values of others, times a coefficient: one that falls into parts which never interact.
struct TermProduct: Hashable, Sendable {
  /// To which it adds.
  var observable: Int
  var coefficient: Double
  /// The columns of a row's values in which the factors are.
  var factors: [Int]
}
