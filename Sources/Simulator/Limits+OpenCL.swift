extension Limits {
  /// The largest table that is pushed to a device: 4,096 factors or entries in double, 65,536 bytes, and room for several.
  static let openCLTableByteCount = 1 << 18
  /// Work-items of a group that has no other reason for its size; every GPU since OpenCL 1.1 fills its lanes with 64.
  static let openCLGroupSize = 64
  /// Launches after which the queue is handed to the device, so that it never waits long and never grows without bound.
  static let openCLFlushCount = 64
  /// Sums that a device holds at once: 32 MiB. A power of two.
  static let sumCount = 1 << 22
  /// Sums that the host adds itself rather than launch one more kernel.
  static let hostSumCount = 1 << 10
  /// Amplitudes of one transfer between host and device, which are converted on the way: 16 MiB in double.
  static let transferAmplitudeCount = 1 << 20
}
