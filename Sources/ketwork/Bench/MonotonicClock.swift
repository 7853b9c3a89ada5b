internal import FoundationEssentials
internal import Simulator

/// The clock that measurements are taken by.
enum MonotonicClock {
  private static let start = ContinuousClock().now

  /// Seconds since it was first asked.
  static func seconds() -> Double { (ContinuousClock().now - start).inSeconds }
}

extension Calibrator {
  /// With the clocks and the user's cache folder of this process.
  static var standard: Calibrator {
    Calibrator(
      store: .standard(ProcessInfo.processInfo.environment), now: MonotonicClock.seconds, today: { Date.now })
  }
}
