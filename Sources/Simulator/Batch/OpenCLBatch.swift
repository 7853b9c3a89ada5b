internal import CKernels
internal import Circuits
internal import OpenCLRuntime

/// Runs a batch's program on an OpenCL device, for any number of rows: two launches for each part of the program and window of rows, the first
/// of which binds angles while the second does all the rest; and two more where derivatives are wanted.
///
/// Values and derivatives are the same bits as ``LaneRunner``'s, whichever rows run beside each other.
@safe final class OpenCLBatch {
  let program: BatchProgram
  let precision: Precision
  let backend: OpenCLBackend
  /// What results call the device.
  var deviceName: String { backend.device.label }
  /// What errors call the first row.
  var firstRow = 0
  let queue: CommandQueue
  let parts: [OpenCLBatchPart]
  /// The same parts for derivatives; none where the program has none.
  let pullParts: [OpenCLPullPart]
  /// Bytes that the rows of one launch may take.
  let windowByteCount: Int
  /// Memory for the rows of a window; kept, because batches follow each other.
  private var memory: OpenCLBatchMemory?
  var pullMemory: OpenCLPullMemory?

  /// Compiles a program's kernels, or takes those that were compiled before.
  ///
  /// - Parameters:
  ///   - localMemoryByteCount: Local memory that a group may take; by default what the device has.
  ///   - windowByteCount: Bytes of the rows that are run in one launch, one row at least.
  /// - Throws: ``SimulatorError``: `out_of_memory`, `device_failure` with the build log.
  init(
    _ program: BatchProgram, backend: OpenCLBackend, precision: Precision, localMemoryByteCount: Int? = nil,
    windowByteCount: Int = Limits.openCLBatchWindowByteCount
  ) throws(SimulatorError) {
    (self.program, self.precision, self.backend) = (program, precision, backend)
    self.windowByteCount = min(windowByteCount, backend.device.maximumAllocationByteCount)
    let local = localMemoryByteCount ?? backend.device.localMemoryByteCount
    var (parts, pullParts) = ([OpenCLBatchPart](), [OpenCLPullPart]())
    do throws(OpenCLError) {
      queue = try CommandQueue(context: backend.context)
    } catch { throw SimulatorError(error) }
    for lane in program.parts {
      let part = try OpenCLBatchPart(
        lane, isDifferentiable: program.isDifferentiable, backend: backend, precision: precision, localMemoryByteCount: local,
        queue: queue)
      parts.append(part)
      guard program.isDifferentiable else { continue }
      pullParts.append(
        try OpenCLPullPart(
          part, columnCount: program.columnCount, backend: backend, precision: precision, localMemoryByteCount: local))
    }
    (self.parts, self.pullParts) = (parts, pullParts)
  }

  /// The most rows that one launch runs, with so many pulls of each where derivatives are wanted.
  func windowRowCount(slotCount: Int = 0) -> Int {
    var row = OpenCLBatchMemory.Columns(program, precision).byteCount
    if slotCount > 0 { row += OpenCLPullMemory.Columns(program).byteCount(slotCount: slotCount) }
    var waves = parts.compactMap(\.shape.waveCount)
    if slotCount > 0 { waves += pullParts.compactMap(\.shape.waveCount).map { $0 / slotCount } }
    return max(1, min(windowByteCount / row, waves.min() ?? Int(UInt32.max)))
  }

  /// Computes the observables' values, rows × observables, of rows × parameters.
  ///
  /// - Throws: As ``run(_:stop:)``.
  func run(
    _ parameters: Span<Double>, rowCount: Int, values: inout MutableSpan<Double>, stop: StopFlag = StopFlag()
  ) throws(SimulatorError) {
    try unsafe parameters.withUnsafeBufferPointer { (parameters) throws(SimulatorError) in
      try unsafe values.withUnsafeMutableBufferPointer { (values) throws(SimulatorError) in
        try unsafe run(LaneJob(rowCount: rowCount, parameters: parameters, values: values), stop: stop)
      }
    }
  }

  /// Computes what a job asks for: values, and derivatives by the adjoint method.
  ///
  /// - Throws: ``SimulatorError``: `invalid_argument` for an angle that is not finite or too large, and for an expression without a derivative;
  ///   `out_of_memory`, `cancelled`, `device_failure`.
  func run(_ job: LaneJob, stop: StopFlag = StopFlag()) throws(SimulatorError) {
    let slotCount = slotCount(job)
    precondition(slotCount == 0 || program.isDifferentiable, "derivatives of a program that has none")
    let windowRowCount = windowRowCount(slotCount: slotCount)
    var first = 0
    while first < job.rowCount {
      try stop.check()
      let rows = first..<min(first + windowRowCount, job.rowCount)
      try run(job, rows, try columns(job, rows), slotCount: slotCount, stop)
      first = rows.upperBound
    }
  }

  /// Runs one window.
  private func run(
    _ job: LaneJob, _ rows: Range<Int>, _ columns: [Double], slotCount: Int, _ stop: StopFlag
  ) throws(SimulatorError) {
    let memory: OpenCLBatchMemory
    do throws(OpenCLError) {
      memory = try room(rows.count)
      try queue.write(memory.columns, at: 0, columns)
      try queue.write(memory.failed, at: 0, [UInt32.max])
      try queue.enqueueZero(memory.values)
    } catch { throw SimulatorError(error) }
    if slotCount > 0 { try prepareDerivatives(job, rows, slotCount: slotCount) }
    for (index, part) in parts.enumerated() {
      do throws(OpenCLError) {
        try part.bind(memory, rowCount: rows.count, queue: queue)
        try part.run(memory, rowCount: rows.count, queue: queue)
      } catch { throw SimulatorError(error) }
      guard slotCount > 0 else { continue }
      try checkAngles(job, rows, memory)
      try addDerivatives(job, rows, memory, pullParts[index], stop)
    }
    try checkAngles(job, rows, memory)
    do throws(OpenCLError) { try readValues(job, rows, memory) } catch { throw SimulatorError(error) }
  }

  private func readValues(_ job: LaneJob, _ rows: Range<Int>, _ memory: OpenCLBatchMemory) throws(OpenCLError) {
    let (width, count) = (program.observableCount, program.valueCount)
    let target = unsafe UnsafeMutableBufferPointer(rebasing: job.values[rows.lowerBound * width..<rows.upperBound * width])
    guard !program.products.isEmpty, let first = target.baseAddress else {
      return try unsafe queue.read(memory.values, at: 0, into: UnsafeMutableRawBufferPointer(target))
    }
    let found = try queue.read(memory.values, at: 0, count: rows.count * count, as: Double.self, zero: 0)
    unsafe found.withUnsafeBufferPointer { found in
      guard let start = found.baseAddress else { return }
      for row in 0..<rows.count { unsafe program.combine(start + row * count, into: first + row * width) }
    }
  }

  /// Waits for the rows to be bound, and refuses the first that cannot be.
  private func checkAngles(_ job: LaneJob, _ rows: Range<Int>, _ memory: OpenCLBatchMemory) throws(SimulatorError) {
    let failed: UInt32
    do throws(OpenCLError) {
      failed = try queue.read(memory.failed, at: 0, count: 1, as: UInt32.self, zero: 0)[0]
    } catch { throw SimulatorError(error) }
    guard failed != .max else { return }
    let row = rows.lowerBound + Int(failed)
    throw unsafe program.angleError(job.parameters, row..<row + 1, firstRow: firstRow)
  }

  private func room(_ rowCount: Int) throws(OpenCLError) -> OpenCLBatchMemory {
    if let memory, memory.rowCount >= rowCount { return memory }
    // The old one goes first, so that they are never there together.
    memory = nil
    let made = try OpenCLBatchMemory(program, precision, parts, rowCount: rowCount, context: backend.context)
    memory = made
    return made
  }

  /// The parameters and expressions of rows, column by column, so that work-items on neighbouring rows read neighbouring numbers.
  private func columns(_ job: LaneJob, _ rows: Range<Int>) throws(SimulatorError) -> [Double] {
    let (width, count) = (program.columnCount, rows.count)
    var columns = [Double](repeating: 0, count: width * count)
    var row = [Double](repeating: 0, count: width)
    for index in rows {
      try unsafe row.withUnsafeMutableBufferPointer { (row) throws(SimulatorError) in
        guard let start = row.baseAddress else { return }
        try unsafe program.evaluate(job.parameters, index..<index + 1, firstRow: firstRow, into: start)
      }
      for column in 0..<width { columns[column * count + index - rows.lowerBound] = row[column] }
    }
    return columns
  }
}
