/// An observable asked for: a real sum of Pauli labels.
public struct ObservableRequest: Hashable, Sendable {
  /// One term: a coefficient times a Pauli string.
  public struct Term: Hashable, Sendable {
    /// The real coefficient.
    public var coefficient: Double
    /// Letters of `IXYZ`, the leftmost acting on the highest qubit.
    public var label: String

    /// Makes `coefficient · label`.
    public init(_ coefficient: Double, _ label: String) {
      self.coefficient = coefficient
      self.label = label
    }
  }

  /// What the client called it; results are printed under this name.
  public var name: String
  /// The terms, in the order given.
  public var terms: [Term]

  /// Makes an observable of terms under a name.
  public init(name: String, terms: [Term]) {
    self.name = name
    self.terms = terms
  }

  /// Makes the observable of one Pauli label with coefficient 1.
  public init(label: String) {
    self.init(name: label, terms: [Term(1, label)])
  }

  /// Checks that coefficients are finite and labels are Pauli labels.
  ///
  /// - Throws: ``ProtocolError`` with code `invalid_value` or `too_large`.
  public func validate() throws(ProtocolError) {
    try Text.check(name, "observable name", limit: Limits.nameByteCount)
    guard !terms.isEmpty else { throw ProtocolError(.invalidValue, "observable \(name): no terms, at least one accepted") }
    for term in terms {
      guard term.coefficient.isFinite else {
        throw ProtocolError(.invalidValue, "observable \(name): coefficient \(term.coefficient), a finite number accepted")
      }
      guard (1...Limits.labelCharacterCount).contains(term.label.utf8.count) else {
        throw ProtocolError(
          .invalidValue,
          "observable \(name): a label of \(term.label.utf8.count) letters, 1 to \(Limits.labelCharacterCount) accepted")
      }
      guard term.label.utf8.allSatisfy({ "IXYZ".utf8.contains($0) }) else {
        throw ProtocolError(.invalidValue, "observable \(name): label \(term.label), letters of IXYZ accepted")
      }
    }
  }
}
