internal import Circuits
internal import OpenCLRuntime

/// A device's memory for the rows of density matrices of one launch, and for their derivatives where some are wanted.
final class OpenCLDensityBatchMemory {
  let rowCount: Int
  /// Pulls of each row; 0 where no derivatives are wanted.
  let slotCount: Int
  let columns: Buffer
  let numbers: Buffer
  let values: Buffer
  /// The first row that cannot be bound.
  let failed: Buffer
  /// Matrices that do not fit local memory.
  let scratch: Buffer
  /// For derivatives: the states on the way and the last one, what values are multiplied with, slopes of rotations, derivatives by columns.
  let kept: Buffer
  let cotangents: Buffer
  let slopes: Buffer
  let derivatives: Buffer
  /// Bytes of all of it.
  let byteCount: Int

  /// Bytes that each row takes.
  struct Columns {
    let columns: Int
    let numbers: Int
    let values: Int
    let kept: Int
    let cotangents: Int
    /// Of each pull.
    let slopes: Int
    let derivatives: Int

    init(_ program: DensityLaneProgram, slopeCount: Int, _ precision: Precision) {
      let real = precision.realByteCount
      columns = 8 * program.columnCount
      numbers = 2 * real * program.angleCount
      values = 8 * program.valueCount
      kept = real * (program.keptCount + 1) * program.stringCount
      cotangents = 8 * program.observableCount
      slopes = real * slopeCount
      derivatives = 8 * program.columnCount
    }

    func byteCount(slotCount: Int) -> Int {
      columns + numbers + values + (slotCount > 0 ? kept + cotangents + slotCount * (slopes + derivatives) : 0)
    }
  }

  /// - Parameter scratchByteCount: What matrices take that do not fit local memory.
  init(_ row: Columns, rowCount: Int, slotCount: Int, scratchByteCount: Int, context: Context) throws(OpenCLError) {
    // Buffers are never empty.
    func buffer(_ byteCount: Int) throws(OpenCLError) -> Buffer { try Buffer(context: context, byteCount: max(8, byteCount)) }
    (self.rowCount, self.slotCount) = (rowCount, slotCount)
    columns = try buffer(rowCount * row.columns)
    numbers = try buffer(rowCount * row.numbers)
    values = try buffer(rowCount * row.values)
    failed = try buffer(4)
    scratch = try buffer(scratchByteCount)
    let pulledRowCount = slotCount > 0 ? rowCount : 0
    kept = try buffer(pulledRowCount * row.kept)
    cotangents = try buffer(pulledRowCount * row.cotangents)
    slopes = try buffer(rowCount * slotCount * row.slopes)
    derivatives = try buffer(rowCount * slotCount * row.derivatives)
    byteCount = rowCount * row.byteCount(slotCount: slotCount) + scratchByteCount
  }
}
