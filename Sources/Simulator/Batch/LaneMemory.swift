internal import CKernels

/// Memory for one group of lanes, that of one thread.
@safe final class LaneMemory {
  private let memory: UnsafeMutablePointer<ck_lane_memory>
  /// The row of each lane, and room for rows with expressions' values.
  let rows: UnsafeMutablePointer<UInt32>
  let parameters: UnsafeMutablePointer<Double>
  /// For gradients: the final states, while others are undone; the cotangents of all lanes; the lanes' gradients by all columns.
  let kept: UnsafeMutableRawPointer
  let cotangents: UnsafeMutablePointer<Double>
  let gradients: UnsafeMutablePointer<Double>
  /// For angles that are shifted: which of each lane, by how much; and the lanes' values, then and where some are products.
  let shifted: UnsafeMutablePointer<UInt32>
  let shifts: UnsafeMutablePointer<Double>
  let values: UnsafeMutablePointer<Double>
  /// For shots from which values are estimated: the row and the site of each lane's draws; the lanes' counts; the outcomes of one lane that were
  /// drawn; and what a parameter's angle is multiplied with.
  let drawnRows: UnsafeMutablePointer<UInt32>
  let drawnSites: UnsafeMutablePointer<UInt32>
  let counts: UnsafeMutablePointer<UInt32>
  let drawn: UnsafeMutablePointer<UInt32>
  let weights: UnsafeMutablePointer<Double>
  private let scratch: ScratchMemory

  /// The bytes that programs need for one group of lanes.
  static func byteCount(_ program: BatchProgram, laneCount: Int, precision: Precision, parameterCount: Int) -> Int {
    Layout(program, laneCount: laneCount, precision: precision, parameterCount: parameterCount).byteCount
  }

  /// - Throws: ``SimulatorError`` with code `out_of_memory`.
  init(_ program: BatchProgram, laneCount: Int, precision: Precision, parameterCount: Int) throws(SimulatorError) {
    let layout = Layout(program, laneCount: laneCount, precision: precision, parameterCount: parameterCount)
    scratch = ScratchMemory()
    let start = unsafe try scratch.room(byteCount: layout.byteCount, for: "\(laneCount) states of a batch")
    let isDifferentiable = program.isDifferentiable
    func doubles(_ offset: Int) -> UnsafeMutablePointer<Double> { unsafe (start + offset).assumingMemoryBound(to: Double.self) }
    func words(_ offset: Int) -> UnsafeMutablePointer<UInt32> { unsafe (start + offset).assumingMemoryBound(to: UInt32.self) }
    let described = unsafe ck_lane_memory(
      columns: doubles(layout.columns), numbers: start + layout.numbers, scales: start + layout.scales,
      factors: start + layout.factors,
      frames: start + layout.frames,
      state: start + layout.state, sums: doubles(layout.sums), bra: isDifferentiable ? start + layout.bra : nil,
      signs: isDifferentiable ? start + layout.signs : nil, slopes: isDifferentiable ? doubles(layout.slopes) : nil,
      entries: isDifferentiable ? doubles(layout.entries) : nil, norm: isDifferentiable ? doubles(layout.norm) : nil,
      samples: program.drawsShots ? start + layout.samples : nil)
    unsafe memory = .allocate(capacity: 1)
    unsafe memory.initialize(to: described)
    unsafe kept = start + layout.kept
    unsafe cotangents = doubles(layout.cotangents)
    unsafe gradients = doubles(layout.gradients)
    unsafe shifted = words(layout.shifted)
    unsafe shifts = doubles(layout.shifts)
    unsafe values = doubles(layout.values)
    unsafe (drawnRows, drawnSites) = (words(layout.drawnRows), words(layout.drawnSites))
    unsafe (counts, drawn, weights) = (words(layout.counts), words(layout.drawn), doubles(layout.weights))
    unsafe rows = words(layout.rows)
    unsafe parameters = (start + layout.parameters).assumingMemoryBound(to: Double.self)
  }

  deinit { unsafe memory.deallocate() }

  /// What the kernels are given; points into `scratch`, and is valid as long as this object lives.
  var start: UnsafePointer<ck_lane_memory> { unsafe UnsafePointer(memory) }

  /// Where everything lies, in bytes; each part begins on a line of 64.
  private struct Layout {
    var (columns, numbers, scales, factors, frames, state, sums, rows, parameters) = (0, 0, 0, 0, 0, 0, 0, 0, 0)
    var (bra, signs, slopes, entries, norm, kept, cotangents, gradients) = (0, 0, 0, 0, 0, 0, 0, 0)
    var (shifted, shifts, values, samples) = (0, 0, 0, 0)
    var (drawnRows, drawnSites, counts, drawn, weights) = (0, 0, 0, 0, 0)
    var byteCount = 0

    /// Room for any of the parts, which run one after the other.
    init(_ program: BatchProgram, laneCount: Int, precision: Precision, parameterCount: Int) {
      let vector = laneCount * precision.amplitudeByteCount / 2
      let doubles = 8 * laneCount
      func most(_ count: (LaneProgram) -> Int) -> Int { program.parts.map(count).max() ?? 0 }
      columns = take(doubles * program.columnCount)
      numbers = take(vector * most { 2 * $0.rotationCount })
      scales = take(vector * most(\.scaleCount))
      factors = take(vector * most { 2 * $0.factorCount })
      frames = take(vector * 2)
      state = take(vector * most { $0.vectorCount(laneCount: laneCount) })
      sums = take(doubles * most { $0.maskCount * $0.sumWidth(laneCount: laneCount) + (1 << $0.sumBits) / 7 + 8 })
      rows = take(4 * laneCount)
      parameters = take(doubles * parameterCount)
      shifted = take(4 * laneCount)
      shifts = take(doubles)
      values = take(doubles * program.valueCount)
      gradients = take(doubles * (program.parameterCount + program.expressions.count))
      if program.drawsShots { samples = take(most { ck_lane_sample_bytes(UInt32($0.bits), UInt32(laneCount)) }) }
      if let bits = program.measurements.map(\.bitCount).max() {
        drawnRows = take(4 * laneCount)
        drawnSites = take(4 * laneCount)
        counts = take(4 * laneCount << bits)
        drawn = take(4 << bits)
        weights = take(8 * program.parameterCount)
      }
      guard program.isDifferentiable else { return }
      bra = take(vector * most { $0.vectorCount(laneCount: laneCount) })
      kept = take(vector * most { $0.vectorCount(laneCount: laneCount) })
      signs = take(vector * most(\.rotationCount))
      slopes = take(doubles * most { $0.rotationCount * $0.sumWidth(laneCount: laneCount) })
      entries = take(doubles * most { $0.factorCount * $0.sumWidth(laneCount: laneCount) })
      norm = take(doubles)
      cotangents = take(doubles * program.observableCount)
    }

    private mutating func take(_ count: Int) -> Int {
      defer { byteCount += (count + 63) / 64 * 64 }
      return byteCount
    }
  }
}
