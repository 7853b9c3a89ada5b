internal import Circuits
internal import OpenCLRuntime

/// A part of a batch's program on a device: its words there, its kernels, and how its circuits are spread over work-groups.
final class OpenCLBatchPart {
  let lane: LaneProgram
  let shape: OpenCLBatchShape
  private let precision: Precision
  /// The program in the device's memory, and whether it lies in constant memory.
  let words: Buffer
  let encoded: OpenCLBatchWords
  let isConstant: Bool
  private let bindKernel: OpenCLKernel
  private let runKernel: OpenCLKernel
  private let bindGroupSize: Int

  /// - Throws: ``SimulatorError``: `out_of_memory`, `device_failure`.
  init(
    _ lane: LaneProgram, isDifferentiable: Bool, backend: OpenCLBackend, precision: Precision, localMemoryByteCount: Int,
    queue: borrowing CommandQueue
  ) throws(SimulatorError) {
    (self.lane, self.precision) = (lane, precision)
    let encoded = OpenCLBatchWords(lane, isDifferentiable: isDifferentiable)
    self.encoded = encoded
    func shape(groupSize: Int) -> OpenCLBatchShape {
      OpenCLBatchShape(
        bits: lane.bits, sumBits: lane.sumBits, isReal: lane.isReal, factorCount: encoded.factorCount, precision: precision,
        groupSize: groupSize, localMemoryByteCount: localMemoryByteCount)
    }
    let byteCount = encoded.words.count * MemoryLayout<UInt32>.stride
    isConstant = byteCount <= min(backend.device.constantMemoryByteCount, Limits.openCLTileProgramByteCount)
    let largest = Limits.openCLBatchGroupSize
    // Where states lie does not depend on the group's size, which depends on the kernel.
    let variant = OpenCLBatchVariant(
      isReal: lane.isReal, isLocal: shape(groupSize: largest).isLocal, isConstant: isConstant)
    let program = try backend.program(for: precision, .batches(variant))
    do throws(OpenCLError) {
      words = try Buffer(context: backend.context, byteCount: byteCount)
      try queue.write(words, at: 0, encoded.words)
      bindKernel = OpenCLKernel(try Kernel(program: program, name: "bind_batch"))
      runKernel = OpenCLKernel(try Kernel(program: program, name: "run_batch"))
    } catch { throw SimulatorError(error) }
    bindGroupSize = min(Limits.openCLGroupSize, bindKernel.kernel.maximumWorkGroupSize.largestPowerOfTwo)
    self.shape = shape(groupSize: min(largest, runKernel.kernel.maximumWorkGroupSize.largestPowerOfTwo))
  }

  /// Queues the binding of rows whose columns are in memory.
  func bind(_ memory: OpenCLBatchMemory, rowCount: Int, queue: borrowing CommandQueue) throws(OpenCLError) {
    var arguments = OpenCLArguments(bindKernel, precision)
    try arguments.add(words)
    try arguments.add(UInt32(rowCount))
    try arguments.add(memory.columns)
    try arguments.add(memory.numbers)
    try arguments.add(memory.scales)
    try arguments.add(memory.frames)
    try arguments.add(memory.signs)
    try arguments.add(memory.failed)
    let groupCount = (rowCount + bindGroupSize - 1) / bindGroupSize
    try queue.enqueue(bindKernel.kernel, globalSize: groupCount * bindGroupSize, localSize: bindGroupSize)
  }

  /// Queues what adds to the values of rows that are bound.
  func run(_ memory: OpenCLBatchMemory, rowCount: Int, queue: borrowing CommandQueue) throws(OpenCLError) {
    var arguments = OpenCLArguments(runKernel, precision)
    try arguments.add(words)
    try arguments.add(shape.words)
    try arguments.add(UInt32(rowCount))
    try arguments.add(statesOf: shape, memory.scratch)
    try arguments.add(memory.numbers)
    try arguments.add(memory.scales)
    try arguments.add(memory.frames)
    try arguments.add(memory.sums)
    try arguments.add(memory.values)
    try arguments.add(memory.states)
    try queue.enqueue(runKernel.kernel, globalSize: shape.groupCount(rowCount) * shape.groupSize, localSize: shape.groupSize)
  }
}
