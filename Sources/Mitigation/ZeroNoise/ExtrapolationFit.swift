/// How values at several scales of the noise are continued to none.
public enum ExtrapolationFit: Hashable, Sendable {
  /// The polynomial through all points.
  case richardson
  /// A straight line.
  case linear
  /// A polynomial of a degree.
  case polynomial(degree: Int)
  /// a + b·exp(−rλ); a is the value at which infinite noise ends, if it is known, 0 for Pauli strings under depolarizing noise.
  case exponential(asymptote: Double?)

  /// How many coefficients are fitted to so many points.
  func coefficientCount(pointCount: Int) -> Int {
    switch self {
    case .richardson: pointCount
    case .linear: 2
    case .polynomial(let degree): degree + 1
    case .exponential(let asymptote): asymptote == nil ? 3 : 2
    }
  }
}
