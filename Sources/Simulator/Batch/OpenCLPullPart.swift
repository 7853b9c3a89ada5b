internal import Circuits
internal import OpenCLRuntime

/// The derivatives of a part of a batch's program on a device: its kernels, and how pulls are spread over work-groups.
///
/// A pull is one combination of a row's observables that is differentiated: kernels/batch_gradient.cl.
final class OpenCLPullPart {
  /// Which pulls of each row a launch takes.
  enum Slots {
    /// One, of all observables under their cotangents.
    case sum
    /// One for each of these among the observables on which the part has strings.
    case observables(Range<Int>)

    var count: Int {
      switch self {
      case .sum: 1
      case .observables(let range): range.count
      }
    }
  }

  let lane: LaneProgram
  let shape: OpenCLBatchShape
  private let part: OpenCLBatchPart
  private let precision: Precision
  private let columnCount: Int
  private let undoKernel: OpenCLKernel
  private let chainKernel: OpenCLKernel
  private let chainGroupSize: Int

  /// - Parameter columnCount: Parameters and expressions.
  /// - Throws: ``SimulatorError``: `device_failure`.
  init(
    _ part: OpenCLBatchPart, columnCount: Int, backend: OpenCLBackend, precision: Precision, localMemoryByteCount: Int
  ) throws(SimulatorError) {
    (lane, self.part, self.precision, self.columnCount) = (part.lane, part, precision, columnCount)
    func shape(groupSize: Int) -> OpenCLBatchShape {
      OpenCLBatchShape(
        undoing: part.lane.bits, sumBits: part.lane.sumBits, isReal: part.lane.isReal,
        operationCount: part.encoded.sliceOperationCount, entryCount: part.encoded.entryCount, precision: precision,
        groupSize: groupSize, localMemoryByteCount: localMemoryByteCount)
    }
    let largest = Limits.openCLBatchGroupSize
    let variant = OpenCLBatchVariant(
      isReal: lane.isReal, isLocal: shape(groupSize: largest).isLocal, isConstant: part.isConstant)
    let program = try backend.program(for: precision, .batchGradients(variant))
    do throws(OpenCLError) {
      undoKernel = OpenCLKernel(try Kernel(program: program, name: "undo_batch"))
      chainKernel = OpenCLKernel(try Kernel(program: program, name: "chain_batch"))
    } catch { throw SimulatorError(error) }
    chainGroupSize = min(Limits.openCLGroupSize, chainKernel.kernel.maximumWorkGroupSize.largestPowerOfTwo)
    self.shape = shape(groupSize: min(largest, undoKernel.kernel.maximumWorkGroupSize.largestPowerOfTwo))
  }

  /// Queues what takes rows, whose final states are in memory, to derivatives: row × slot × column.
  func run(
    _ rows: OpenCLBatchMemory, _ memory: OpenCLPullMemory, rowCount: Int, _ slots: Slots, queue: borrowing CommandQueue
  ) throws(OpenCLError) {
    try undo(rows, memory, rowCount: rowCount, slots, queue: queue)
    try chain(rows, memory, rowCount: rowCount, slots, queue: queue)
  }

  private func undo(
    _ rows: OpenCLBatchMemory, _ memory: OpenCLPullMemory, rowCount: Int, _ slots: Slots, queue: borrowing CommandQueue
  ) throws(OpenCLError) {
    var arguments = OpenCLArguments(undoKernel, precision)
    try arguments.add(part.words)
    try arguments.add(shape.words)
    try arguments.add(UInt32(rowCount))
    switch slots {
    case .sum: try arguments.add(SIMD4<UInt32>(0, 1, 1, 0))
    case .observables(let range): try arguments.add(SIMD4(UInt32(range.lowerBound), UInt32(range.count), 0, 0))
    }
    try arguments.add(statesOf: shape, memory.scratch)
    try arguments.add(rows.numbers)
    try arguments.add(rows.scales)
    try arguments.add(rows.frames)
    try arguments.add(rows.states)
    try arguments.add(memory.cotangents)
    try arguments.add(memory.weights)
    try arguments.add(memory.slopes)
    try queue.enqueue(
      undoKernel.kernel, globalSize: shape.groupCount(rowCount * slots.count) * shape.groupSize, localSize: shape.groupSize)
  }

  private func chain(
    _ rows: OpenCLBatchMemory, _ memory: OpenCLPullMemory, rowCount: Int, _ slots: Slots, queue: borrowing CommandQueue
  ) throws(OpenCLError) {
    var arguments = OpenCLArguments(chainKernel, precision)
    try arguments.add(part.words)
    try arguments.add(UInt32(rowCount))
    try arguments.add(UInt32(slots.count))
    try arguments.add(UInt32(columnCount))
    try arguments.add(rows.numbers)
    try arguments.add(rows.scales)
    try arguments.add(rows.signs)
    try arguments.add(rows.sums)
    try arguments.add(memory.slopes)
    try arguments.add(memory.derivatives)
    let groupCount = (rowCount * slots.count + chainGroupSize - 1) / chainGroupSize
    try queue.enqueue(chainKernel.kernel, globalSize: groupCount * chainGroupSize, localSize: chainGroupSize)
  }
}
