internal import Circuits
internal import Synchronization

/// Draws shots of a Clifford circuit by Pauli frames, in windows that fit a core's cache, on several threads.
struct FrameSampler {
  private let frames: PauliFrames
  private let bitCount: Int

  /// Runs the reference sample.
  init(_ program: StabilizerProgram, _ random: RandomStream, stop: StopFlag) throws(SimulatorError) {
    bitCount = program.bitCount
    frames = PauliFrames(program, try ReferenceSample(program, stop: stop), random)
  }

  /// Draws shots.
  ///
  /// What a shot finds depends on its number, not on the windows and threads: the counts are the same for any of them.
  ///
  /// - Throws: ``SimulatorError``: `cancelled`; `limit_exceeded` for different outcomes of more than ``Limits/outcomeByteCount`` bytes.
  func counts(
    shots: Int, threadCount: Int, windowByteCount: Int = Limits.frameWindowByteCount, stop: StopFlag
  ) throws(SimulatorError) -> Counts {
    let blockCount = (shots + 63) / 64
    let length = max(1, min(windowByteCount / frames.byteCountOfBlock, (blockCount + threadCount - 1) / threadCount))
    let windows = stride(from: 0, to: blockCount, by: length).map { $0..<min($0 + length, blockCount) }
    var total = PackedOutcomes(bitCount: bitCount)
    var mergedByteCount = 0
    // A wave is short, so that a stop is seen soon and no more than a wave's outcomes wait to be put together.
    for first in stride(from: 0, to: windows.count, by: threadCount * Limits.partsPerThread) {
      try stop.check()
      total.append(outcomes(windows[first..<min(first + threadCount * Limits.partsPerThread, windows.count)], shots, threadCount))
      guard total.byteCount > 2 * mergedByteCount + Limits.frameWindowByteCount else { continue }
      total.merge()
      mergedByteCount = total.byteCount
      try total.refuseIfTooLarge(shots: shots)
    }
    total.merge()
    try total.refuseIfTooLarge(shots: shots)
    return total.counts
  }

  private func outcomes(_ windows: ArraySlice<Range<Int>>, _ shots: Int, _ threadCount: Int) -> PackedOutcomes {
    let found = Mutex(PackedOutcomes(bitCount: bitCount))
    ThreadPool.shared.run(partCount: windows.count, threadCount: threadCount) { part in
      let blocks = windows[windows.startIndex + part]
      let record = frames.run(UInt32(blocks.lowerBound)..<UInt32(blocks.upperBound))
      let outcomes = PackedOutcomes(
        bitCount: bitCount, record: record, blockCount: blocks.count,
        shotCount: min(64 * blocks.upperBound, shots) - 64 * blocks.lowerBound)
      // The order in which windows end does not matter: outcomes are sorted when they are put together.
      found.withLock { $0.append(outcomes) }
    }
    return found.withLock(\.self)
  }
}
