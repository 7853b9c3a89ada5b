internal import CKernels

/// Memory for one group of density matrices, that of one thread.
@safe final class DensityLaneMemory {
  private let memory: NativeArray<ck_density_memory>
  /// Rows with expressions' values; what each observable's values are multiplied with, derivatives by columns; values of strings.
  let rows: UnsafeMutablePointer<Double>
  let cotangents: UnsafeMutablePointer<Double>
  let gradients: UnsafeMutablePointer<Double>
  let values: UnsafeMutablePointer<Double>
  /// The states at the end, while one observable after the other goes backwards from them.
  let ends: UnsafeMutableRawPointer
  let stateByteCount: Int
  private let scratch = ScratchMemory()

  /// - Throws: ``SimulatorError`` with code `out_of_memory`.
  init(_ program: DensityLaneProgram, laneCount: Int, precision: Precision, differentiates: Bool) throws(SimulatorError) {
    let layout = Layout(program, laneCount: laneCount, precision: precision, differentiates: differentiates)
    let start = unsafe try scratch.room(byteCount: layout.byteCount, for: "\(laneCount) density matrices of a batch")
    func doubles(_ offset: Int) -> UnsafeMutablePointer<Double> { unsafe (start + offset).assumingMemoryBound(to: Double.self) }
    let described = unsafe ck_density_memory(
      columns: doubles(layout.columns), numbers: start + layout.numbers, state: start + layout.state, spare: start + layout.spare,
      cotangent: differentiates ? start + layout.cotangent : nil,
      cotangent_spare: differentiates ? start + layout.cotangentSpare : nil, kept: differentiates ? start + layout.kept : nil)
    unsafe memory = unsafe NativeArray(CollectionOfOne(described))
    unsafe (rows, values) = (doubles(layout.rows), doubles(layout.values))
    unsafe (cotangents, gradients) = (doubles(layout.cotangents), doubles(layout.gradients))
    unsafe ends = start + layout.ends
    stateByteCount = layout.stateByteCount
  }

  /// What the kernels are given; points into `scratch`, and is valid as long as this object lives.
  var start: UnsafePointer<ck_density_memory> { unsafe memory.start }

  /// Bytes of one group.
  static func byteCount(_ program: DensityLaneProgram, laneCount: Int, precision: Precision, differentiates: Bool) -> Int {
    Layout(program, laneCount: laneCount, precision: precision, differentiates: differentiates).byteCount
  }

  /// Where everything lies, in bytes; each part begins on a line of 64.
  private struct Layout {
    var (columns, numbers, state, spare, cotangent, cotangentSpare, kept, ends) = (0, 0, 0, 0, 0, 0, 0, 0)
    var (rows, cotangents, gradients, values) = (0, 0, 0, 0)
    var stateByteCount = 0
    var byteCount = 0

    init(_ program: DensityLaneProgram, laneCount: Int, precision: Precision, differentiates: Bool) {
      let vector = laneCount * precision.realByteCount
      stateByteCount = vector * program.stringCount
      columns = take(8 * laneCount * program.columnCount)
      numbers = take(2 * vector * program.angleCount)
      (state, spare) = (take(stateByteCount), take(stateByteCount))
      rows = take(8 * laneCount * program.columnCount)
      values = take(8 * laneCount * (program.outcomes?.strings.count ?? 0))
      guard differentiates else { return }
      (cotangent, cotangentSpare, ends) = (take(stateByteCount), take(stateByteCount), take(stateByteCount))
      kept = take(stateByteCount * program.keptCount)
      cotangents = take(8 * laneCount * program.observableCount)
      gradients = take(8 * laneCount * program.columnCount)
    }

    private mutating func take(_ count: Int) -> Int {
      defer { byteCount += (count + 63) / 64 * 64 }
      return byteCount
    }
  }
}
