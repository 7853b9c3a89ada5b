extension MitigationSettings {
  /// How values at several strengths of the noise are continued to none.
  public enum Fit: Hashable, Sendable, CustomStringConvertible {
    /// A straight line.
    case linear
    /// The polynomial through all points.
    case richardson
    /// A polynomial of a degree.
    case polynomial(degree: Int)
    /// An exponential to a value; `nil` for one that is fitted too.
    case exponential(asymptote: Double?)

    /// Reads `linear`, `richardson`, `polynomial:D`, `exponential` or `exponential:A`; nil for anything else.
    public init?(_ text: String) {
      let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
      switch (parts.first, parts.count) {
      case ("linear", 1): self = .linear
      case ("richardson", 1): self = .richardson
      case ("exponential", 1): self = .exponential(asymptote: nil)
      case ("exponential", 2):
        guard let value = Double(parts[1]), value.isFinite else { return nil }
        self = .exponential(asymptote: value)
      case ("polynomial", 2):
        guard let degree = Int(parts[1]), degree >= 0 else { return nil }
        self = .polynomial(degree: degree)
      default: return nil
      }
    }

    /// The words that ``init(_:)`` reads.
    public var description: String {
      switch self {
      case .linear: "linear"
      case .richardson: "richardson"
      case .polynomial(let degree): "polynomial:\(degree)"
      case .exponential(let asymptote): asymptote.map { "exponential:\($0)" } ?? "exponential"
      }
    }
  }
}
