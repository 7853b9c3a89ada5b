/// A moment, as the service's clocks see it; the state has no clock of its own.
package struct Time: Hashable, Sendable {
  /// Since an arbitrary moment of this process; never goes back.
  package var monotonic: Duration
  /// Nanoseconds since 1970; may jump.
  package var unixNanoseconds: UInt64

  package init(monotonic: Duration, unixNanoseconds: UInt64) {
    self.monotonic = monotonic
    self.unixNanoseconds = unixNanoseconds
  }

  /// The wall clock after a duration.
  func unixNanoseconds(after duration: Duration) -> UInt64 {
    let (seconds, attoseconds) = duration.components
    let nanoseconds = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !nanoseconds.overflow else { return UInt64.max }
    return unixNanoseconds.addingReportingOverflow(UInt64(max(0, nanoseconds.partialValue + attoseconds / 1_000_000_000)))
      .partialValue
  }

  /// The wall clock at a monotonic moment, as far as is known now.
  func unixNanoseconds(at moment: Duration) -> UInt64 {
    let (seconds, attoseconds) = (moment - monotonic).components
    let difference = Int128(seconds) * 1_000_000_000 + Int128(attoseconds / 1_000_000_000)
    return UInt64(clamping: Int128(unixNanoseconds) + difference)
  }

  /// The monotonic moment at which the wall clock shows a time, as far as is known now.
  func monotonic(atUnixNanoseconds other: UInt64) -> Duration {
    let difference = Int64(clamping: Int128(other) - Int128(unixNanoseconds))
    return monotonic + .nanoseconds(difference)
  }
}
