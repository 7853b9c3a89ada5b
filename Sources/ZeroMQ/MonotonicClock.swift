import Glibc

/// Time that only goes forwards, since the machine started.
public enum MonotonicClock {
  /// The time now; it does not jump when the wall clock is set, and stands still while the machine is suspended.
  public static let now: @Sendable () -> Duration = {
    var time = timespec()
    let status = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    precondition(status == 0, "the monotonic clock failed with error \(errno)")
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
}
