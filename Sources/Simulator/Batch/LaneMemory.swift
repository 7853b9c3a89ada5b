internal import CKernels

/// Memory for one group of lanes, that of one thread.
@safe final class LaneMemory {
  /// What the kernels are given; points into `scratch`.
  let memory: ck_lane_memory
  /// The row of each lane, and room for rows with expressions' values.
  let rows: UnsafeMutablePointer<UInt32>
  let parameters: UnsafeMutablePointer<Double>
  private let scratch: ScratchMemory

  /// The bytes that programs need for one group of lanes.
  static func byteCount(_ parts: [LaneProgram], laneCount: Int, precision: Precision, parameterCount: Int) -> Int {
    Layout(parts, laneCount: laneCount, precision: precision, parameterCount: parameterCount).byteCount
  }

  /// - Throws: ``SimulatorError`` with code `out_of_memory`.
  init(_ parts: [LaneProgram], laneCount: Int, precision: Precision, parameterCount: Int) throws(SimulatorError) {
    let layout = Layout(parts, laneCount: laneCount, precision: precision, parameterCount: parameterCount)
    scratch = ScratchMemory()
    let start = unsafe try scratch.room(byteCount: layout.byteCount, for: "\(laneCount) states of a batch")
    unsafe memory = unsafe ck_lane_memory(
      numbers: start + layout.numbers, scales: start + layout.scales, factors: start + layout.factors,
      frames: start + layout.frames,
      state: start + layout.state, sums: (start + layout.sums).assumingMemoryBound(to: Double.self))
    unsafe rows = (start + layout.rows).assumingMemoryBound(to: UInt32.self)
    unsafe parameters = (start + layout.parameters).assumingMemoryBound(to: Double.self)
  }

  /// Where everything lies, in bytes; each part begins on a line of 64.
  private struct Layout {
    var (numbers, scales, factors, frames, state, sums, rows, parameters) = (0, 0, 0, 0, 0, 0, 0, 0)
    var byteCount = 0

    /// Room for any of the parts, which run one after the other.
    init(_ parts: [LaneProgram], laneCount: Int, precision: Precision, parameterCount: Int) {
      let vector = laneCount * precision.amplitudeByteCount / 2
      let doubles = 8 * laneCount
      func most(_ count: (LaneProgram) -> Int) -> Int { parts.map(count).max() ?? 0 }
      numbers = take(vector * most { 2 * $0.rotationCount })
      scales = take(vector * most(\.scaleCount))
      factors = take(vector * most { 2 * $0.factorCount })
      frames = take(vector * 2)
      state = take(vector * most { 1 << ($0.bits + ($0.isReal ? 0 : 1)) })
      sums = take(doubles * most { $0.maskCount + (1 << $0.bits) / 7 + 8 })
      rows = take(4 * laneCount)
      parameters = take(8 * laneCount * parameterCount)
    }

    private mutating func take(_ count: Int) -> Int {
      defer { byteCount += (count + 63) / 64 * 64 }
      return byteCount
    }
  }
}
