/// A closure that a ``SocketLoop`` will run at a given time.
public struct LoopTimer: Hashable, Sendable {
  let time: Duration
  let number: Int

  /// Whether a timer is due before another; timers of the same time are due in the order in which they were made.
  func isBefore(_ other: LoopTimer) -> Bool {
    (time, number) < (other.time, other.number)
  }
}
