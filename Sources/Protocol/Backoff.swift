/// Waits between attempts: doubling up to a limit, each drawn evenly from zero to there, so that peers do not come back all at once.
///
/// Source of the generator: G. Steele, D. Lea, C. Flood (2014), "Fast splittable pseudorandom number generators".
package struct Backoff: Sendable {
  private let first: Duration
  private let longest: Duration
  private var attempt = 0
  private var state: UInt64

  /// Makes waits of 100 ms to 5 s.
  package init(seed: UInt64, first: Duration = .milliseconds(100), longest: Duration = .seconds(5)) {
    self.first = first
    self.longest = longest
    state = seed
  }

  /// The next wait; at least a tenth of its bound.
  package mutating func next() -> Duration {
    let bound = min(longest, first * (1 << min(attempt, 20)))
    attempt += 1
    return bound * (0.1 + 0.9 * fraction())
  }

  /// Begins anew with the shortest.
  package mutating func reset() {
    attempt = 0
  }

  private mutating func fraction() -> Double {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
    return Double((z ^ z >> 31) >> 11) * 0x1p-53
  }
}
