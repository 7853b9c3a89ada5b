/// The mean of shots, and the square of its standard error.
///
/// Sums are of differences to the first value that comes, so that equal values have that mean, and no error at all.
struct ShotMoments {
  private var origin = 0.0
  private var count = 0.0
  private var sum = 0.0
  private var squares = 0.0

  /// Adds shots of one value.
  mutating func add(_ value: Double, count: UInt64) {
    if self.count == 0 { origin = value }
    let (weight, difference) = (Double(count), value - origin)
    self.count += weight
    sum += weight * difference
    squares += weight * difference * difference
  }

  /// The mean; not a number for no shots.
  var mean: Double { origin + sum / count }

  /// The unbiased sample variance over the number of shots; not a number for one shot, which has none.
  var squaredError: Double { max(squares - sum * sum / count, 0) / (count - 1) / count }
}
