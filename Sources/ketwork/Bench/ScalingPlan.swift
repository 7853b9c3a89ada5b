internal import Simulator

/// What a sweep runs: families, sizes, and how long one point may take.
struct ScalingPlan {
  /// The most qubits that a sweep starts with the memory check; no machine holds 2⁴⁸ amplitudes.
  static let qubitCountLimit = 48
  /// How many samples of a point may be asked for.
  static let sampleCounts = 1...1_000
  /// Shorter runs are repeated within a sample until they take this long, so that the clock's steps do not matter.
  static let sampleSeconds = 0.005
  /// The most runs in one sample.
  static let runsInSample = 2_000

  var families: [CircuitFamily]
  var minimumQubitCount: Int
  /// The most qubits; nil until memory ends.
  var maximumQubitCount: Int?
  var precision: Precision
  /// Samples of each point, after one run that is not counted.
  var repetitions: Int
  /// The longest that a point may take in all, in seconds.
  var secondsLimit: Double
  var seed: UInt64

  /// The sizes to try on a device that holds so many qubits.
  func qubitCounts(largest: Int) -> ClosedRange<Int>? {
    let last = min(maximumQubitCount ?? largest, largest)
    return minimumQubitCount <= last ? minimumQubitCount...last : nil
  }

  /// The sizes that were asked for, or would come next, and that no memory holds; nil if all that was asked for fits.
  func beyond(largest: Int) -> ClosedRange<Int>? {
    let first = max(largest + 1, minimumQubitCount)
    let last = maximumQubitCount ?? first
    return first <= last ? first...last : nil
  }

  /// Why a point is not run; nil if it is.
  ///
  /// The time is predicted from the last point of the family, in proportion to the bytes moved. A point needs one uncounted run and one
  /// that counts.
  func refusal(previous: ScalingPoint?, bytesMoved: Int) -> String? {
    guard let previous, previous.bytesMoved > 0 else { return nil }
    let predicted = 2 * previous.medianSeconds * Double(bytesMoved) / Double(previous.bytesMoved)
    guard predicted > secondsLimit else { return nil }
    return "about \(Format.seconds(predicted)) for two runs, and --seconds-limit is \(Format.seconds(secondsLimit))"
  }

  /// How often a circuit is run in one sample, and how many samples are taken, when one run takes so long.
  func sampling(runSeconds: Double) -> (runs: Int, samples: Int) {
    let runs = Int((Self.sampleSeconds / max(runSeconds, 1e-9)).rounded(.up))
    let kept = min(max(runs, 1), Self.runsInSample)
    let affordable = (secondsLimit - runSeconds) / (runSeconds * Double(kept))
    return (kept, min(repetitions, max(1, Int(min(affordable, 1e6)))))
  }
}
