internal import Circuits
internal import OpenCLRuntime

extension OpenCLDensityBatch {
  /// Draws the shots of a window whose rows have run, on the host's threads, and counts them.
  func count(
    _ rows: Range<Int>, _ shots: LaneShots, _ memory: OpenCLDensityBatchMemory, _ stop: StopFlag,
    into counts: UnsafeMutableBufferPointer<UInt32>
  ) throws(SimulatorError) {
    let (width, program) = (program.valueCount, program)
    let values: [Double]
    do throws(OpenCLError) {
      values = try queue.read(memory.values, at: 0, count: rows.count * width, as: Double.self, zero: 0)
    } catch { throw SimulatorError(error) }
    let kernels = try CPUKernels.preferred.get()
    let isWorthSharing = rows.count * shots.count >= Limits.serialDensityWork / Limits.laneShotCost
    let threadCount = isWorthSharing ? min(try ThreadPool.preferredThreadCount.get(), rows.count) : 1
    let partCount = min(rows.count, threadCount * Limits.partsPerThread)
    let failures = PartFailures(count: partCount)
    ThreadPool.shared.run(partCount: partCount, threadCount: threadCount) { part in
      do throws(SimulatorError) {
        for index in rows.count * part / partCount..<rows.count * (part + 1) / partCount {
          try stop.check()
          let own = Array(values[index * width..<(index + 1) * width])
          unsafe program.count(own, row: rows.lowerBound + index, shots, kernels, into: counts)
        }
      } catch { failures.record(error, of: part) }
    }
    try failures.throwFirst()
  }
}
