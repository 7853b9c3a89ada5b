internal import OpenCLRuntime

extension OpenCLArguments {
  /// Where a group's states lie, and how far those of the next are: local memory, or a buffer that must outlive the launch.
  mutating func add(statesOf shape: OpenCLBatchShape, _ scratch: borrowing Buffer) throws(OpenCLError) {
    if shape.isLocal {
      try add(localByteCount: shape.groupByteCount)
      try add(UInt64(0))
    } else {
      try add(scratch)
      try add(UInt64(shape.groupByteCount / 16))
    }
  }
}
