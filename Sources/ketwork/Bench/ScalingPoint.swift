/// One circuit timed on one device: the row of a table, a line of the CSV file, a mark of the figure.
struct ScalingPoint {
  var family: CircuitFamily
  var qubitCount: Int
  /// Gates of the circuit, as it was written.
  var gateCount: Int
  /// The runs' times in seconds, in ascending order; one or more. Each is of the state's reset, every gate, and the wait for the device.
  var seconds: [Double]
  /// The bytes that the reset writes and the gates move, if each is one pass over memory.
  var bytesMoved: Int

  /// The middle time; of an even number the lower of the two.
  var medianSeconds: Double { seconds[(seconds.count - 1) / 2] }
  /// The fastest time.
  var minimumSeconds: Double { seconds[0] }
  /// The slowest time.
  var maximumSeconds: Double { seconds[seconds.count - 1] }
  /// (slowest − fastest) / median; nil for a single run.
  var spread: Double? { seconds.count > 1 ? (maximumSeconds - minimumSeconds) / medianSeconds : nil }
  /// Gates in a second, at the median.
  var gatesPerSecond: Double { Double(gateCount) / medianSeconds }
  /// Bytes in a second, at the median.
  var bytesPerSecond: Double { Double(bytesMoved) / medianSeconds }
}

/// Circuits that were asked for and not run.
struct SkippedPoints {
  var family: CircuitFamily
  var qubits: ClosedRange<Int>
  /// Why, for a person.
  var reason: String
}

/// All that was measured on one device.
struct DeviceScaling {
  var device: BenchDevice.Facts
  var points: [ScalingPoint] = []
  var skipped: [SkippedPoints] = []

  /// bytes moved / time / measured bandwidth; above 1 where the state stays in a cache.
  func bandwidthShare(of point: ScalingPoint) -> Double { point.bytesPerSecond / device.bytesPerSecond }

  /// The time in which the device would move a point's bytes at its measured bandwidth, in seconds.
  func idealSeconds(of point: ScalingPoint) -> Double { Double(point.bytesMoved) / device.bytesPerSecond }
}
