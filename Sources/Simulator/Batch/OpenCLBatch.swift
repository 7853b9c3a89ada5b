internal import CKernels
internal import Circuits
internal import OpenCLRuntime

/// Runs a batch's program on an OpenCL device, for any number of rows: two launches for each part of the program and window of rows, the first
/// of which binds angles while the second does all the rest.
///
/// Values are the same bits as ``LaneRunner``'s, whichever rows run beside each other.
@safe final class OpenCLBatch {
  let program: BatchProgram
  let precision: Precision
  let backend: OpenCLBackend
  /// What results call the device.
  var deviceName: String { backend.device.label }
  /// What errors call the first row.
  var firstRow = 0
  private let queue: CommandQueue
  private let parts: [OpenCLBatchPart]
  /// Memory for the rows of a window; kept, because batches follow each other.
  private var memory: OpenCLBatchMemory?

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
    let local = localMemoryByteCount ?? backend.device.localMemoryByteCount
    var parts = [OpenCLBatchPart]()
    do throws(OpenCLError) {
      queue = try CommandQueue(context: backend.context)
    } catch { throw SimulatorError(error) }
    for part in program.parts {
      parts.append(try OpenCLBatchPart(part, backend: backend, precision: precision, localMemoryByteCount: local, queue: queue))
    }
    self.parts = parts
    windowRowCount = Self.windowRowCount(
      program, parts, precision, byteCount: min(windowByteCount, backend.device.maximumAllocationByteCount))
  }

  /// The most rows that one launch runs.
  let windowRowCount: Int

  private static func windowRowCount(_ program: BatchProgram, _ parts: [OpenCLBatchPart], _ precision: Precision, byteCount: Int)
    -> Int
  {
    let row = OpenCLBatchMemory.Columns(program, precision).byteCount
    // As many groups as have room at once, and one at least.
    let waves = parts.map(\.shape).filter { !$0.isLocal }.map { shape in
      max(1, Limits.openCLBatchWaveByteCount / shape.groupByteCount) * shape.circuitCount
    }
    return max(1, min(byteCount / row, waves.min() ?? Int(UInt32.max)))
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

  /// Computes what a job asks for: values.
  ///
  /// - Throws: ``SimulatorError``: `invalid_argument` for an angle that is not finite or too large, `out_of_memory`, `cancelled`,
  ///   `device_failure`.
  func run(_ job: LaneJob, stop: StopFlag = StopFlag()) throws(SimulatorError) {
    guard case .values = job.output else { preconditionFailure("a device computes values alone") }
    var first = 0
    while first < job.rowCount {
      try stop.check()
      let rows = first..<min(first + windowRowCount, job.rowCount)
      let columns = try columns(job, rows)
      let failed: Int?
      do throws(OpenCLError) { failed = try run(job, rows, columns) } catch { throw SimulatorError(error) }
      if let failed { throw unsafe program.angleError(job.parameters, failed..<failed + 1, firstRow: firstRow) }
      first = rows.upperBound
    }
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

  /// Runs one window; the first row that cannot be bound, if there is one.
  private func run(_ job: LaneJob, _ rows: Range<Int>, _ columns: [Double]) throws(OpenCLError) -> Int? {
    let memory = try room(rows.count)
    try queue.write(memory.columns, at: 0, columns)
    try queue.write(memory.failed, at: 0, [UInt32.max])
    try queue.enqueueZero(memory.values)
    for part in parts {
      try part.bind(memory, rowCount: rows.count, queue: queue)
      try part.run(memory, rowCount: rows.count, queue: queue)
    }
    let failed = try queue.read(memory.failed, at: 0, count: 1, as: UInt32.self, zero: 0)[0]
    if failed != .max { return rows.lowerBound + Int(failed) }
    try readValues(job, rows, memory)
    return nil
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

  private func room(_ rowCount: Int) throws(OpenCLError) -> OpenCLBatchMemory {
    if let memory, memory.rowCount >= rowCount { return memory }
    // The old one goes first, so that they are never there together.
    memory = nil
    let made = try OpenCLBatchMemory(program, precision, parts, rowCount: rowCount, context: backend.context)
    memory = made
    return made
  }
}
