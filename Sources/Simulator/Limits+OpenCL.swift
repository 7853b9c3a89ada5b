extension Limits {
  /// The largest table that is pushed to a device: 4,096 factors or entries in double, 65,536 bytes, and room for several.
  static let openCLTableByteCount = 1 << 18
  /// The top qubits that choose between the buffers of a split state: 16 buffers suffice for devices that give a sixteenth of their memory
  /// in one, and the specification asks for a quarter.
  static let openCLSplitQubitCount = 4
  /// Work-items of a group that has no other reason for its size; every GPU since OpenCL 1.1 fills its lanes with 64.
  static let openCLGroupSize = 64
  /// Qubits local to a tile: 2¹² amplitudes are 32 KiB in single precision, of the 48 that most GPUs give to a work-group.
  static let openCLTileQubitCount = 12
  /// Qubits of a matrix in a tile: 16 amplitudes are 32 registers in single precision.
  static let openCLTileMatrixQubitCount = 4
  /// Bytes of a run that a tile reads: two cache lines or more of any GPU.
  static let openCLTileRowByteCount = 256
  /// Work-items of a tile, 8 or 16 amplitudes each: fewer leave a GPU's lanes waiting for memory, more for barriers.
  static let openCLTileGroupSize = 256
  /// Bytes of a program: the least constant memory that OpenCL 1.2 asks of a device.
  static let openCLTileProgramByteCount = 1 << 16
  /// Words of a program's tables from which on the next operation starts another one: with the largest table on top, half of what can be
  /// pushed.
  static let openCLTileTableWordCount = 1 << 13
  /// Launches after which the queue is handed to the device, so that it never waits long and never grows without bound.
  static let openCLFlushCount = 64
  /// Work-items of a group in which each holds the reals of three qubits in local memory: 64 reals in double make 16 KiB, half of what
  /// OpenCL 1.2 asks of a device.
  static let openCLTransferGroupSize = 32
  /// Sums that a device holds at once: 32 MiB. A power of two.
  static let sumCount = 1 << 22
  /// Sums that the host adds itself rather than launch one more kernel.
  static let hostSumCount = 1 << 10
  /// Amplitudes of one transfer between host and device, which are converted on the way: 16 MiB in double.
  static let transferAmplitudeCount = 1 << 20
  /// Work-items of a compute unit when its arithmetic is measured: they fill a GPU's lanes, and leave 64 registers to each.
  static let openCLPeakItemCount = 256
}
