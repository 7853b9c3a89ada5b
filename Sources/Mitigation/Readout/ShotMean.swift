/// The mean of a number over shots, and its variance.
struct ShotMean {
  private var count = 0.0
  private(set) var mean = 0.0
  private var squares = 0.0

  /// Takes so many shots with a number. By Welford's recurrence, which does not lose small variances.
  mutating func add(_ value: Double, _ times: Double) {
    guard times > 0 else { return }
    count += times
    let difference = value - mean
    mean += difference * times / count
    squares += times * difference * (value - mean)
  }

  /// The variance of a shot.
  var variance: Double { count > 1 ? max(squares / (count - 1), 0) : 0 }
  /// The standard error of the mean.
  var standardError: Double { count > 0 ? (variance / count).squareRoot() : 0 }
}
