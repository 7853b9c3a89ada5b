/// A constant plus multiples of parameters: an angle whose sine and cosine a batch can take without looking at an expression again.
///
///     let form = LinearForm(constant: 0.5, terms: [.init(2, parameter: 0)])
///     let angle = try form.value([0.25].span)  // 1
///
/// The terms ascend by the parameter's index, an index occurs once, and no coefficient is zero; so equal sums are equal values.
public struct LinearForm: Hashable, Sendable {
  /// One parameter with its factor.
  public struct Term: Hashable, Sendable {
    /// The factor; not zero within a form.
    public let coefficient: Double
    /// The parameter's index in a row, at least 0.
    public let parameter: Int

    /// Makes a term.
    public init(_ coefficient: Double, parameter: Int) {
      precondition(parameter >= 0, "parameter \(parameter); an index is at least 0")
      self.coefficient = coefficient
      self.parameter = parameter
    }
  }

  /// What is added to the terms.
  public private(set) var constant: Double
  /// The terms, ascending by parameter.
  public private(set) var terms: [Term]

  /// Makes a form; terms of one parameter are added up in the order given.
  public init(constant: Double = 0, terms: [Term] = []) {
    self.constant = constant
    self.terms = []
    for term in terms.sorted(by: { $0.parameter < $1.parameter }) {
      if let last = self.terms.last, last.parameter == term.parameter {
        self.terms[self.terms.count - 1] = Term(last.coefficient + term.coefficient, parameter: term.parameter)
      } else {
        self.terms.append(term)
      }
    }
    self.terms.removeAll { $0.coefficient == 0 }
  }

  /// The value for one row of parameters, summed from the constant on by ascending index.
  ///
  /// - Throws: ``CircuitError``: `unbound_parameter` if the row is too short, `not_finite` if the sum is not finite.
  public func value(_ row: Span<Double>) throws(CircuitError) -> Double {
    if let last = terms.last?.parameter, last >= row.count { throw CircuitError.shortRow(row.count, parameter: last) }
    var sum = constant
    for term in terms { sum += term.coefficient * row[term.parameter] }
    guard sum.isFinite else { throw CircuitError.notFinite(sum) }
    return sum
  }

  /// Whether every coefficient and the constant satisfy a condition.
  func allSatisfy(_ condition: (Double) -> Bool) -> Bool { condition(constant) && terms.allSatisfy { condition($0.coefficient) } }
}

extension LinearForm {
  /// The sum.
  public static func + (a: Self, b: Self) -> Self { Self(constant: a.constant + b.constant, terms: a.terms + b.terms) }
  /// The difference.
  public static func - (a: Self, b: Self) -> Self { a + b.scaled(by: -1) }

  // Methods, because operators between two types make every compiler that sees this module slower at numbers.

  /// A multiple.
  public func scaled(by factor: Double) -> Self { mapped { $0 * factor } }
  /// A fraction, each coefficient divided as it stands rather than multiplied by a rounded inverse.
  public func divided(by divisor: Double) -> Self { mapped { $0 / divisor } }

  private func mapped(_ change: (Double) -> Double) -> Self {
    Self(constant: change(constant), terms: terms.map { Term(change($0.coefficient), parameter: $0.parameter) })
  }
}
