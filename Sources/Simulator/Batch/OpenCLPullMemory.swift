internal import Circuits
internal import OpenCLRuntime

/// A device's memory for the derivatives of the rows of one launch, so many pulls of each; parts run one after the other and share it.
final class OpenCLPullMemory {
  let rowCount: Int
  let slotCount: Int
  let cotangents: Buffer
  let weights: Buffer
  let slopes: Buffer
  let derivatives: Buffer
  /// States that do not fit local memory.
  let scratch: Buffer

  /// Bytes that each pull takes, but for states; and each row takes for all its pulls.
  struct Columns {
    let cotangents: Int
    let weights: Int
    let slopes: Int
    let derivatives: Int

    init(_ program: BatchProgram) {
      func most(_ count: (LaneProgram) -> Int) -> Int {
        program.parts.map { count($0) << ($0.bits - $0.sumBits) }.max() ?? 0
      }
      cotangents = 8 * program.observableCount
      weights = 8 * most(\.maskCount)
      slopes = 8 * most(\.rotationCount)
      derivatives = 8 * program.columnCount
    }

    func byteCount(slotCount: Int) -> Int { cotangents + slotCount * (weights + slopes + derivatives) }
  }

  init(_ program: BatchProgram, _ parts: [OpenCLPullPart], rowCount: Int, slotCount: Int, context: Context) throws(OpenCLError) {
    let row = Columns(program)
    // Buffers are never empty.
    func buffer(_ byteCount: Int) throws(OpenCLError) -> Buffer { try Buffer(context: context, byteCount: max(8, byteCount)) }
    (self.rowCount, self.slotCount) = (rowCount, slotCount)
    cotangents = try buffer(rowCount * row.cotangents)
    weights = try buffer(rowCount * slotCount * row.weights)
    slopes = try buffer(rowCount * slotCount * row.slopes)
    derivatives = try buffer(rowCount * slotCount * row.derivatives)
    let groups = parts.map(\.shape).filter { !$0.isLocal }.map { $0.groupByteCount * $0.groupCount(rowCount * slotCount) }
    scratch = try buffer(groups.max() ?? 0)
  }
}
