internal import Circuits
internal import OpenCLRuntime

/// Runs a noisy template's program on an OpenCL device as density matrices, for any number of rows: one launch for each window of rows, from
/// parameters to values, and another one where derivatives are wanted.
///
/// Values and derivatives are the same bits as ``DensityLaneRunner``'s, whichever rows run beside each other.
@safe final class OpenCLDensityBatch {
  let program: DensityLaneProgram
  let precision: Precision
  let backend: OpenCLBackend
  /// What results call the device.
  var deviceName: String { backend.device.label }
  /// What errors call the first row.
  var firstRow = 0
  let queue: CommandQueue
  /// How rows are spread over work-groups, and how their pulls are.
  let runShape: OpenCLBatchShape
  let pullShape: OpenCLBatchShape
  let pullKernel: OpenCLKernel
  /// The program in the device's memory.
  let words: Buffer
  let rowColumns: OpenCLDensityBatchMemory.Columns
  /// Bytes that the rows of one launch may take.
  let windowByteCount: Int
  private let runKernel: OpenCLKernel
  /// Memory for the rows of a window; kept, because batches follow each other.
  private var memory: OpenCLDensityBatchMemory?

  /// Compiles the kernels, or takes those that were compiled before.
  ///
  /// - Parameters:
  ///   - localMemoryByteCount: Local memory that a group may take; by default what the device has.
  ///   - windowByteCount: Bytes of the rows that are run in one launch, one row at least.
  /// - Throws: ``SimulatorError``: `out_of_memory`, `device_failure` with the build log.
  init(
    _ program: DensityLaneProgram, backend: OpenCLBackend, precision: Precision, localMemoryByteCount: Int? = nil,
    windowByteCount: Int = Limits.openCLBatchWindowByteCount
  ) throws(SimulatorError) {
    (self.program, self.precision, self.backend) = (program, precision, backend)
    self.windowByteCount = min(windowByteCount, backend.device.maximumAllocationByteCount)
    let encoded = OpenCLDensityWords(program)
    let local = localMemoryByteCount ?? backend.device.localMemoryByteCount
    func shape(_ matrixCount: Int, hasParts: Bool, groupSize: Int) -> OpenCLBatchShape {
      OpenCLBatchShape(
        densitiesOf: program.qubitCount, matrixCount: matrixCount, hasParts: hasParts, precision: precision, groupSize: groupSize,
        localMemoryByteCount: local)
    }
    func kernel(_ name: String, _ matrixCount: Int, hasParts: Bool) throws(SimulatorError) -> (OpenCLKernel, OpenCLBatchShape) {
      let largest = Limits.openCLBatchGroupSize
      // Where matrices lie does not depend on the group's size, which depends on the kernel.
      let isLocal = shape(matrixCount, hasParts: hasParts, groupSize: largest).isLocal
      let built = try backend.program(for: precision, .batchDensities(isLocal: isLocal))
      do throws(OpenCLError) {
        let kernel = OpenCLKernel(try Kernel(program: built, name: name))
        let groupSize = min(largest, kernel.kernel.maximumWorkGroupSize.largestPowerOfTwo)
        return (kernel, shape(matrixCount, hasParts: hasParts, groupSize: groupSize))
      } catch { throw SimulatorError(error) }
    }
    (runKernel, runShape) = try kernel("run_densities", encoded.hasMaps ? 2 : 1, hasParts: false)
    (pullKernel, pullShape) = try kernel("pull_densities", 2, hasParts: true)
    rowColumns = OpenCLDensityBatchMemory.Columns(program, slopeCount: encoded.slopeCount, precision)
    do throws(OpenCLError) {
      queue = try CommandQueue(context: backend.context)
      words = try Buffer(context: backend.context, byteCount: encoded.words.count * MemoryLayout<UInt32>.stride)
      try queue.write(words, at: 0, encoded.words)
    } catch { throw SimulatorError(error) }
  }

  /// Bytes that stay on the device between runs.
  var keptByteCount: Int { memory?.byteCount ?? 0 }

  /// The most rows that one launch runs, with so many pulls of each where derivatives are wanted.
  func windowRowCount(slotCount: Int = 0) -> Int {
    var counts = [windowByteCount / rowColumns.byteCount(slotCount: slotCount)]
    if let waveCount = runShape.waveCount { counts.append(waveCount) }
    if slotCount > 0, let waveCount = pullShape.waveCount { counts.append(waveCount / slotCount) }
    return max(1, counts.min() ?? 1)
  }

  /// Computes what a job asks for: values, and derivatives by the adjoint method; or shots, which the host draws.
  ///
  /// - Throws: ``SimulatorError``: `invalid_argument` for an angle that is not finite or too large, and for an expression without a value or a
  ///   derivative; `out_of_memory`, `cancelled`, `device_failure`.
  func run(_ job: LaneJob, stop: StopFlag = StopFlag()) throws(SimulatorError) {
    let slotCount = slotCount(job)
    let windowRowCount = windowRowCount(slotCount: slotCount)
    for first in stride(from: 0, to: job.rowCount, by: windowRowCount) {
      try stop.check()
      try run(job, first..<min(first + windowRowCount, job.rowCount), slotCount: slotCount, stop)
    }
  }

  /// Runs one window.
  private func run(_ job: LaneJob, _ rows: Range<Int>, slotCount: Int, _ stop: StopFlag) throws(SimulatorError) {
    job.clear(rows, observableCount: program.observableCount, parameterCount: program.parameterCount)
    let columns = try columns(job, rows)
    let memory: OpenCLDensityBatchMemory
    do throws(OpenCLError) {
      memory = try room(rows.count, slotCount)
      try queue.write(memory.columns, at: 0, columns)
      try queue.write(memory.failed, at: 0, [UInt32.max])
      try run(memory, rowCount: rows.count)
    } catch { throw SimulatorError(error) }
    try checkAngles(job, rows, memory)
    if case .counts(let shots, let counts) = job.output { return try unsafe count(rows, shots, memory, stop, into: counts) }
    if slotCount > 0 { try differentiate(job, rows, memory, stop) }
    let width = program.observableCount
    let target = unsafe UnsafeMutableBufferPointer(rebasing: job.values[rows.lowerBound * width..<rows.upperBound * width])
    do throws(OpenCLError) {
      try unsafe queue.read(memory.values, at: 0, into: UnsafeMutableRawBufferPointer(target))
    } catch { throw SimulatorError(error) }
  }

  /// Queues what takes rows to values.
  private func run(_ memory: OpenCLDensityBatchMemory, rowCount: Int) throws(OpenCLError) {
    var arguments = OpenCLArguments(runKernel, precision)
    try arguments.add(words)
    try arguments.add(runShape.words)
    try arguments.add(UInt32(rowCount))
    try arguments.add(statesOf: runShape, memory.scratch)
    try arguments.add(UInt32(memory.slotCount > 0 ? 1 : 0))
    try arguments.add(memory.columns)
    try arguments.add(memory.numbers)
    try arguments.add(memory.kept)
    try arguments.add(memory.values)
    try arguments.add(memory.failed)
    try queue.enqueue(
      runKernel.kernel, globalSize: runShape.groupCount(rowCount) * runShape.groupSize, localSize: runShape.groupSize)
  }

  /// Waits for the rows to have run, and refuses the first that could not be bound.
  private func checkAngles(_ job: LaneJob, _ rows: Range<Int>, _ memory: OpenCLDensityBatchMemory) throws(SimulatorError) {
    let failed: UInt32
    do throws(OpenCLError) {
      failed = try queue.read(memory.failed, at: 0, count: 1, as: UInt32.self, zero: 0)[0]
    } catch { throw SimulatorError(error) }
    guard failed != .max else { return }
    let row = rows.lowerBound + Int(failed)
    throw unsafe program.angleError(job.parameters, row..<row + 1, firstRow: firstRow)
  }

  private func room(_ rowCount: Int, _ slotCount: Int) throws(OpenCLError) -> OpenCLDensityBatchMemory {
    if let memory, memory.rowCount >= rowCount, memory.slotCount == slotCount { return memory }
    // The old one goes first, so that they are never there together.
    memory = nil
    let scratch = max(scratchByteCount(runShape, rowCount), scratchByteCount(pullShape, rowCount * slotCount))
    let made = try OpenCLDensityBatchMemory(
      rowColumns, rowCount: rowCount, slotCount: slotCount, scratchByteCount: scratch, context: backend.context)
    memory = made
    return made
  }

  private func scratchByteCount(_ shape: OpenCLBatchShape, _ count: Int) -> Int {
    shape.isLocal ? 0 : shape.groupByteCount * shape.groupCount(count)
  }

  /// The parameters and expressions of rows.
  private func columns(_ job: LaneJob, _ rows: Range<Int>) throws(SimulatorError) -> [Double] {
    var columns = [Double](repeating: 0, count: program.columnCount * rows.count)
    try unsafe columns.withUnsafeMutableBufferPointer { (columns) throws(SimulatorError) in
      guard let start = columns.baseAddress else { return }
      try unsafe program.evaluate(job.parameters, rows, firstRow: firstRow, into: start)
    }
    return columns
  }
}
