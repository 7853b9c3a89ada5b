internal import CKernels
internal import Circuits

/// Runs a batch's program on the CPU, for any number of rows: as many at a time as the lanes of a vector, on all threads.
///
/// A row's values are the same bits whichever rows run beside it and on whichever thread.
@safe final class LaneRunner {
  let program: BatchProgram
  let precision: Precision
  private let expressions: [DifferentiableExpression]
  private let parameterCount: Int
  private let operations: UnsafePointer<ck_lane_operations>
  let laneCount: Int
  /// What errors call the first row.
  var firstRow = 0
  private var memories: [LaneMemory] = []

  /// What of the work is done; a part of it for measurements.
  enum Stage {
    case bind, all
  }

  init(_ program: BatchProgram, kernels: CPUKernels, precision: Precision) {
    self.program = program
    self.precision = precision
    expressions = program.expressions
    parameterCount = program.parameterCount
    let kernel = unsafe kernels.laneOperations(precision)
    unsafe operations = kernel.operations
    laneCount = unsafe kernel.laneCount
  }

  /// Bytes for each thread.
  var byteCount: Int {
    LaneMemory.byteCount(program.parts, laneCount: laneCount, precision: precision, parameterCount: extendedParameterCount)
  }

  /// Bytes that stay between runs.
  var keptByteCount: Int { memories.count * byteCount }

  /// The columns of rows that are followed by the values of expressions; 0 where rows are read as they are.
  private var extendedParameterCount: Int { expressions.isEmpty ? 0 : parameterCount + expressions.count }

  /// Computes the observables' values of rows.
  ///
  /// - Parameters:
  ///   - parameters: rows × parameters.
  ///   - values: rows × observables.
  /// - Throws: ``SimulatorError``: `invalid_argument` for an angle that is not finite or too large, `out_of_memory`, `cancelled`.
  func run(
    _ parameters: Span<Double>, rowCount: Int, threadCount: Int, values: inout MutableSpan<Double>, stage: Stage = .all,
    stop: StopFlag = StopFlag()
  ) throws(SimulatorError) {
    precondition(
      parameters.count == rowCount * parameterCount, "\(parameters.count) parameters for \(rowCount) rows of \(parameterCount)")
    precondition(values.count == rowCount * program.observableCount, "\(values.count) places for \(rowCount) rows of values")
    try unsafe parameters.withUnsafeBufferPointer { (parameters) throws(SimulatorError) in
      try unsafe values.withUnsafeMutableBufferPointer { (values) throws(SimulatorError) in
        try unsafe run(parameters, rowCount: rowCount, threadCount: threadCount, values: values, stage: stage, stop: stop)
      }
    }
  }

  private func run(
    _ parameters: UnsafeBufferPointer<Double>, rowCount: Int, threadCount: Int, values: UnsafeMutableBufferPointer<Double>,
    stage: Stage, stop: StopFlag
  ) throws(SimulatorError) {
    let groupCount = (rowCount + laneCount - 1) / laneCount
    let threadCount = isWorthSharing(groupCount) ? min(threadCount, groupCount) : 1
    try prepare(threadCount)
    let partCount = threadCount == 1 ? 1 : min(groupCount, threadCount * Limits.partsPerThread)
    let failures = PartFailures(count: partCount)
    ThreadPool.shared.run(partCount: partCount, threadCount: threadCount) { part, place in
      do throws(SimulatorError) {
        for group in groupCount * part / partCount..<groupCount * (part + 1) / partCount {
          try stop.check()
          let first = group * laneCount
          let count = min(laneCount, rowCount - first)
          unsafe try run(memories[place], parameters, first: first, count: count, values: values, stage: stage)
        }
      } catch { failures.record(error, of: part) }
    }
    try failures.throwFirst()
  }

  private func isWorthSharing(_ groupCount: Int) -> Bool {
    let work = program.parts.reduce(0) { $0 + ($1.rotationCount + 1) << $1.bits }
    return groupCount > 1 && groupCount * laneCount * work >= Limits.serialLaneCount
  }

  /// Memory for each thread; kept, because batches follow each other.
  private func prepare(_ threadCount: Int) throws(SimulatorError) {
    while memories.count < threadCount {
      memories.append(
        try LaneMemory(program.parts, laneCount: laneCount, precision: precision, parameterCount: extendedParameterCount))
    }
  }

  private func run(
    _ memory: LaneMemory, _ parameters: UnsafeBufferPointer<Double>, first: Int, count: Int,
    values: UnsafeMutableBufferPointer<Double>, stage: Stage
  ) throws(SimulatorError) {
    // Lanes without a row of their own repeat the last.
    for lane in 0..<laneCount { unsafe memory.rows[lane] = UInt32(min(lane, count - 1)) }
    var width = parameterCount
    var start = unsafe UnsafePointer<Double>(memory.parameters)
    if !expressions.isEmpty {
      try unsafe evaluate(parameters, first: first, count: count, into: memory.parameters)
      width = extendedParameterCount
    } else if let base = parameters.baseAddress {
      unsafe start = UnsafePointer(base + first * parameterCount)
    }
    var rows = unsafe ck_lane_rows(
      parameters: start, parameter_count: width, rows: UnsafePointer(memory.rows), shifted: nil, shifts: nil)
    let destination = unsafe UnsafeMutableBufferPointer(
      rebasing: values[first * program.observableCount..<(first + count) * program.observableCount])
    unsafe destination.update(repeating: 0)
    for part in program.parts {
      let isBound = unsafe run(part, &rows, memory, destination, count: count, stage: stage)
      guard isBound else { throw unsafe angleError(parameters, first: first, count: count) }
    }
  }

  /// Adds the values of one part; false if an angle does not fit.
  private func run(
    _ part: LaneProgram, _ rows: inout ck_lane_rows, _ memory: LaneMemory, _ values: UnsafeMutableBufferPointer<Double>, count: Int,
    stage: Stage
  ) -> Bool {
    unsafe withUnsafePointer(to: part.program) { program in
      unsafe withUnsafePointer(to: memory.memory) { memory in
        guard unsafe operations.pointee.bind(program, &rows, memory) else { return false }
        guard stage == .all, let values = values.baseAddress else { return true }
        unsafe operations.pointee.evolve(program, memory)
        unsafe operations.pointee.sum(program, memory)
        unsafe operations.pointee.observe(program, memory, values, UInt32(count))
        return true
      }
    }
  }

  /// Rows followed by the values of the expressions.
  private func evaluate(
    _ parameters: UnsafeBufferPointer<Double>, first: Int, count: Int, into destination: UnsafeMutablePointer<Double>
  ) throws(SimulatorError) {
    let width = parameterCount + expressions.count
    for row in 0..<count {
      let source = unsafe UnsafeBufferPointer(
        rebasing: parameters[(first + row) * parameterCount..<(first + row + 1) * parameterCount])
      let target = unsafe destination + row * width
      for column in 0..<parameterCount { unsafe target[column] = source[column] }
      for (index, expression) in expressions.enumerated() {
        do throws(CircuitError) { unsafe target[parameterCount + index] = try expression.value(source.span) } catch {
          throw SimulatorError(.invalidArgument, "row \(firstRow + first + row): \(error.message)")
        }
      }
    }
  }

  /// Names the first angle that cannot be bound.
  private func angleError(_ parameters: UnsafeBufferPointer<Double>, first: Int, count: Int) -> SimulatorError {
    for index in first * parameterCount..<(first + count) * parameterCount {
      let value = unsafe parameters[index]
      if value.magnitude < CK_LANE_ANGLE { continue }
      return SimulatorError(
        .invalidArgument,
        "row \(firstRow + index / parameterCount), parameter \(index % parameterCount) is \(value); a finite number below 2⁵⁰ is needed"
      )
    }
    return SimulatorError(
      .invalidArgument, "rows \(firstRow + first)…\(firstRow + first + count - 1): an angle is not below 2⁵⁰ radians")
  }
}
