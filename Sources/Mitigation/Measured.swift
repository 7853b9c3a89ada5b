/// What an executor found of one variant: a value and its variance, 0 where the value is exact.
public struct Measured: Hashable, Sendable {
  /// The value, for instance of an observable.
  public var value: Double
  /// The variance of the value, not of a single shot.
  public var variance: Double

  /// Makes a value with its variance.
  public init(_ value: Double, variance: Double = 0) { (self.value, self.variance) = (value, variance) }

  /// Makes a value with its standard error.
  public init(_ value: Double, standardError: Double) { self.init(value, variance: standardError * standardError) }
}

extension [Measured] {
  /// Checks that there is a finite value for each of so many variants.
  func checked(count expected: Int, of technique: String) throws(MitigationError) {
    guard count == expected else {
      throw MitigationError(.invalidResults, "\(technique): \(count) results for \(expected) variants; one for each is needed")
    }
    for (index, item) in enumerated() where !(item.value.isFinite && item.variance.isFinite && item.variance >= 0) {
      throw MitigationError(
        .invalidResults,
        "\(technique): result \(index) is \(item.value) with variance \(item.variance); finite ones are needed, the variance not below 0"
      )
    }
  }
}
