internal import Circuits
internal import OpenCLRuntime

/// A device's memory for the rows of one launch; its parts run one after the other and share it.
final class OpenCLBatchMemory {
  let rowCount: Int
  let columns: Buffer
  let numbers: Buffer
  let scales: Buffer
  let frames: Buffer
  let sums: Buffer
  let values: Buffer
  /// The first row that cannot be bound.
  let failed: Buffer
  /// States that do not fit local memory.
  let scratch: Buffer
  /// For derivatives: whether the number of each rotation takes its angle with a minus, and the final states.
  let signs: Buffer
  let states: Buffer

  /// Bytes that each row takes.
  struct Columns {
    let columns: Int
    let numbers: Int
    let scales: Int
    let frames = 8
    let sums: Int
    let values: Int
    let signs: Int
    let states: Int

    init(_ program: BatchProgram, _ precision: Precision) {
      func most(_ count: (LaneProgram) -> Int) -> Int { program.parts.map(count).max() ?? 0 }
      let real = precision.amplitudeByteCount / 2
      columns = 8 * program.columnCount
      numbers = real * most(\.rotationCount)
      scales = real * most(\.scaleCount)
      sums = 8 * most { $0.maskCount << ($0.bits - $0.sumBits) }
      values = 8 * program.valueCount
      signs = program.isDifferentiable ? most(\.rotationCount) : 0
      states = program.isDifferentiable ? real * most { ($0.isReal ? 1 : 2) << $0.bits } : 0
    }

    var byteCount: Int { columns + numbers + scales + frames + sums + values + signs + states }
  }

  init(_ program: BatchProgram, _ precision: Precision, _ parts: [OpenCLBatchPart], rowCount: Int, context: Context)
    throws(OpenCLError)
  {
    let row = Columns(program, precision)
    // Buffers are never empty, and are cleared by words of eight bytes.
    func buffer(_ byteCount: Int) throws(OpenCLError) -> Buffer {
      try Buffer(context: context, byteCount: max(8, byteCount * rowCount))
    }
    self.rowCount = rowCount
    columns = try buffer(row.columns)
    numbers = try buffer(row.numbers)
    scales = try buffer(row.scales)
    frames = try buffer(row.frames)
    sums = try buffer(row.sums)
    values = try buffer(row.values)
    signs = try buffer(row.signs)
    states = try buffer(row.states)
    failed = try Buffer(context: context, byteCount: 8)
    let groups = parts.map(\.shape).filter { !$0.isLocal }.map { $0.groupByteCount * $0.groupCount(rowCount) }
    scratch = try Buffer(context: context, byteCount: groups.max() ?? 8)
  }
}
