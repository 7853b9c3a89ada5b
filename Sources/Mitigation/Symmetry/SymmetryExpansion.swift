public import Circuits

/// Symmetry verification of expectation values: the value in the symmetric subspace, from values of more strings of the same circuit.
///
/// Symmetries S₁…Sₖ, Pauli strings that commute and have values s in the ideal state, project to it with P = Π(1 + sᵢSᵢ)/2. An observable's
/// value there is Tr(POPρ)/Tr(Pρ): of its strings those that commute with all Sᵢ stay, as O·P, the others vanish. With
/// ``Weights/symmetryAlone`` the sum is over the product of all symmetries alone, ⟨OS⟩/⟨S⟩, which is right for noise that S detects with
/// certainty, such as full depolarization.
///
///     let expansion = try SymmetryExpansion([.init(PauliString("ZZZZ"), isPositive: true)])
///     let (numerator, denominator) = try expansion.observables(for: observable)
///     let estimate = try expansion.estimate(numerator: values[0], denominator: values[1])
///
/// Sources: Bonet-Monroig, Sagastizabal, Singh and O'Brien, arXiv:1807.10050 (2018); McArdle, Yuan and Benjamin, arXiv:1807.02467 (2018); Cai,
/// arXiv:2101.03151 (2021).
public struct SymmetryExpansion: Hashable, Sendable {
  /// A Pauli string and its value in the ideal state.
  public struct Symmetry: Hashable, Sendable {
    /// The string.
    public var string: PauliString
    /// Whether its value is 1; if not, it is −1.
    public var isPositive: Bool
    /// Makes a symmetry.
    public init(_ string: PauliString, isPositive: Bool) { (self.string, self.isPositive) = (string, isPositive) }
  }

  /// Over which products of the symmetries is summed.
  public enum Weights: Hashable, Sendable {
    /// All, equally: the projection.
    case projector
    /// The product of all of them alone.
    case symmetryAlone
  }

  /// The signed strings that are summed over, divided by their number.
  private let elements: [SignedString]
  /// The symmetries.
  public let symmetries: [Symmetry]
  /// The sum.
  public let weights: Weights

  /// Makes the technique.
  ///
  /// - Throws: ``MitigationError``: `limit_exceeded` unless there are 1 to ``Limits/symmetryCount`` symmetries, `invalid_option` if they differ in
  ///   length or do not commute.
  public init(_ symmetries: [Symmetry], weights: Weights = .projector) throws(MitigationError) {
    guard let first = symmetries.first?.string, symmetries.count <= Limits.symmetryCount else {
      throw MitigationError(
        .limitExceeded, "symmetry: \(symmetries.count) symmetries; 1 to \(Limits.symmetryCount) are accepted")
    }
    for one in symmetries {
      for other in symmetries
      where one.string.qubitCount != other.string.qubitCount || !one.string.commutes(with: other.string) {
        throw MitigationError(
          .invalidOption, "symmetry: '\(one.string)' and '\(other.string)'; strings of one length that commute are accepted")
      }
    }
    var group = [SignedString(string: PauliString(qubitCount: first.qubitCount, x: 0, z: 0), isNegative: false)]
    for symmetry in symmetries {
      group += group.map { $0.product(with: SignedString(string: symmetry.string, isNegative: !symmetry.isPositive)) }
    }
    elements = weights == .projector ? group : [group[group.count - 1]]
    (self.symmetries, self.weights) = (symmetries, weights)
  }

  /// What to measure: the observable in the symmetric subspace, and the subspace's own weight.
  ///
  /// - Throws: ``MitigationError``: `invalid_option` for an observable of another number of qubits, `limit_exceeded` for more than
  ///   ``Limits/expandedTermCount`` strings.
  public func observables(for observable: Observable) throws(MitigationError) -> (numerator: Observable, denominator: Observable) {
    guard observable.qubitCount == symmetries[0].string.qubitCount else {
      throw MitigationError(
        .invalidOption,
        "symmetry: an observable of \(observable.qubitCount) qubits for symmetries of \(symmetries[0].string.qubitCount)")
    }
    let terms = observable.terms.filter { term in symmetries.allSatisfy { $0.string.commutes(with: term.pauli) } }
    guard terms.count <= Limits.expandedTermCount / elements.count else {
      throw MitigationError(
        .limitExceeded,
        "symmetry: \(terms.count) strings times \(elements.count) products of symmetries; at most \(Limits.expandedTermCount) are accepted"
      )
    }
    let identity = Observable.Term(1, PauliString(qubitCount: observable.qubitCount, x: 0, z: 0))
    let none = [Observable.Term(0, identity.pauli)]
    return (try Self.sum(terms.isEmpty ? none : expanded(terms)), try Self.sum(expanded([identity])))
  }

  private func expanded(_ terms: [Observable.Term]) -> [Observable.Term] {
    var (order, sums) = ([PauliString](), [PauliString: Double]())
    for term in terms {
      for element in elements {
        let product = element.product(with: SignedString(string: term.pauli, isNegative: false))
        if sums[product.string] == nil { order.append(product.string) }
        let share = term.coefficient / Double(elements.count)
        sums[product.string, default: 0] += product.isNegative ? -share : share
      }
    }
    return order.map { .init(sums[$0] ?? 0, $0) }
  }

  private static func sum(_ terms: [Observable.Term]) throws(MitigationError) -> Observable {
    try MitigationError.wrapping("symmetry") { () throws(CircuitError) in try Observable(terms) }
  }

  /// The value in the symmetric subspace, from those of the two observables. Their errors are taken to be independent.
  ///
  /// - Throws: ``MitigationError``: `nothing_kept` if the denominator is not above 0, `invalid_results` for numbers that are not finite.
  public func estimate(numerator: Measured, denominator: Measured) throws(MitigationError) -> MitigatedEstimate {
    try [numerator, denominator].checked(count: 2, of: PostSelection.technique)
    let weight = denominator.value
    guard weight > Limits.leastKeptFraction else {
      throw MitigationError(
        .nothingKept, "symmetry: the symmetric subspace has a weight of \(weight); check the signs of the symmetries")
    }
    let value = numerator.value / weight
    let variance = (numerator.variance + value * value * denominator.variance) / (weight * weight)
    return MitigatedEstimate(
      method: PostSelection.technique, value: value, standardError: variance.squareRoot(),
      samplingOverhead: 1 / (weight * weight), diagnostics: ["fraction_kept": weight])
  }
}
