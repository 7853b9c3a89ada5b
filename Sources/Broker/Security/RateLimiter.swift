/// A bucket of tokens for each of many senders, within a bound.
package struct RateLimiter<Sender: Hashable & Sendable>: Sendable {
  private let rate: TokenBucket.Rate
  private let senderLimit: Int
  private var buckets: [Sender: TokenBucket] = [:]

  /// - Parameter senderLimit: Senders that are told apart; beyond it those that have rested are forgotten, and if none has, all are.
  package init(_ rate: TokenBucket.Rate, senderLimit: Int = Limits.peerCount) {
    self.rate = rate
    self.senderLimit = senderLimit
  }

  /// Senders that something is known of.
  package var count: Int { buckets.count }

  /// Takes a token of a sender.
  ///
  /// - Returns: `nil`, or how long until there is one.
  package mutating func take(for sender: Sender, at now: Duration) -> Duration? {
    makeBucket(for: sender, at: now)
    return buckets[sender]!.take(at: now)
  }

  /// Takes a token of a sender for what is let through in any case.
  package mutating func charge(_ sender: Sender, at now: Duration) {
    makeBucket(for: sender, at: now)
    buckets[sender]!.charge(at: now)
  }

  private mutating func makeBucket(for sender: Sender, at now: Duration) {
    guard buckets[sender] == nil else { return }
    if buckets.count >= senderLimit { buckets = buckets.filter { !$0.value.isFull(at: now) } }
    // Whoever has so many addresses gets one more burst out of each.
    if buckets.count >= senderLimit { buckets = [:] }
    buckets[sender] = TokenBucket(rate, at: now)
  }
}
