extension Limits {
  /// Bytes of a file of measured figures: several times what one takes.
  static let calibrationByteCount = 1 << 16
  /// Rounds in which a chain of multiply-adds counts to what single precision holds exactly.
  package static let multiplyAddRoundCount = 1 << 24
  /// Bytes of the state over which the bandwidth is measured: more than any cache holds, and done in well under a second.
  package static let bandwidthStateByteCount = 1 << 28
  /// What a sample takes at least: some fifty times what it takes to wake threads, or to launch a kernel; and no longer, so that on a busy
  /// machine some of them come between what others do.
  static let calibrationSampleSeconds = 0.001
  /// Repetitions of a work in one sample, for a device or a clock that seems to take no time.
  static let calibrationRepeatCount = 1 << 16
  /// Samples of a figure, the fastest of which counts. A sample that takes long is the last.
  static let calibrationSampleCount = 16
  /// What the samples of a figure may take together before no further one is begun.
  static let calibrationFigureSeconds = 0.05
  /// Blocks of one pass when they are measured: in a plan there are as many.
  static let calibrationBlockCount = 32
  /// Operations of a block when they are measured: two on each of its qubits.
  static let calibrationOperationCount = 6
  /// Tiles for each thread or compute unit when blocks are measured, so that all are busy to the end.
  static let calibrationTilesPerUnit = 8
}
