/// Lets so many things a second through, and so many at once after a rest.
///
/// Tokens come at a rate and are kept up to the burst; each thing takes one. Time is passed in.
package struct TokenBucket: Hashable, Sendable {
  /// Tokens a second, and the most that are kept.
  package struct Rate: Hashable, Sendable {
    package var perSecond: Double
    package var burst: Double

    package init(perSecond: Double, burst: Double) {
      precondition(perSecond > 0 && burst >= 1, "\(perSecond) a second and a burst of \(burst) let nothing through")
      self.perSecond = perSecond
      self.burst = burst
    }
  }

  private let rate: Rate
  private var tokens: Double
  private var filled: Duration

  /// Makes a full bucket.
  package init(_ rate: Rate, at now: Duration) {
    self.rate = rate
    tokens = rate.burst
    filled = now
  }

  /// Takes a token.
  ///
  /// - Returns: `nil`, or how long until there is one.
  package mutating func take(at now: Duration) -> Duration? {
    fill(at: now)
    guard tokens >= 1 else { return .seconds((1 - tokens) / rate.perSecond) }
    tokens -= 1
    return nil
  }

  /// Takes a token for what is let through in any case, and goes into debt for it, up to one burst.
  package mutating func charge(at now: Duration) {
    fill(at: now)
    tokens = max(tokens - 1, -rate.burst)
  }

  /// Whether nothing was taken lately, so that a new bucket is as good.
  package func isFull(at now: Duration) -> Bool {
    var copy = self
    copy.fill(at: now)
    return copy.tokens >= rate.burst
  }

  private mutating func fill(at now: Duration) {
    // A clock that seems to go back gives nothing and takes nothing.
    guard now > filled else { return }
    tokens = min(rate.burst, tokens + rate.perSecond * ((now - filled) / .seconds(1)))
    filled = now
  }
}
