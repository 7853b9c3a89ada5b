/// The states over which a device is measured.
package struct CalibrationSizes: Hashable, Sendable {
  /// Qubits of a state that no cache holds.
  package let bandwidthQubitCount: Int
  /// Qubits of a state that is no longer than it takes to keep every core busy.
  package let tileStateQubitCount: Int

  /// - Parameters:
  ///   - precision: Of the amplitudes.
  ///   - isHost: Whether it is the CPU, whose tiles are those of the planner.
  ///   - unitCount: Threads, or an accelerator's compute units.
  ///   - largestQubitCount: What fits the device's memory, of which each state takes no more.
  package init(
    _ precision: Precision, isHost: Bool, unitCount: Int, largestQubitCount: Int,
    stateByteCount: Int = Limits.bandwidthStateByteCount
  ) {
    let planned = (Limits.tileByteCount / precision.amplitudeByteCount).trailingZeroBitCount
    let tileQubitCount = isHost ? planned : min(planned, Limits.openCLTileQubitCount)
    let tileCount = max(1, unitCount) * Limits.calibrationTilesPerUnit
    let tileCountBits = Int.bitWidth - (tileCount - 1).leadingZeroBitCount
    bandwidthQubitCount = min((stateByteCount / precision.amplitudeByteCount).trailingZeroBitCount, largestQubitCount)
    tileStateQubitCount = max(CalibrationBlock.leastQubitCount, min(tileQubitCount + tileCountBits, bandwidthQubitCount))
  }
}
