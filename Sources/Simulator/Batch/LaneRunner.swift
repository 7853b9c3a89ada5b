internal import CKernels
internal import Circuits

/// Runs a batch's program on the CPU, for any number of rows: as many at a time as the lanes of a vector, on all threads.
///
/// A row's values are the same bits whichever rows run beside it and on whichever thread.
@safe final class LaneRunner {
  let program: BatchProgram
  let precision: Precision
  let expressions: [DifferentiableExpression]
  let parameterCount: Int
  let operations: UnsafePointer<ck_lane_operations>
  /// What the kernels are given of each part: read for every few rows, without counting references.
  private let starts: [UnsafePointer<ck_lane_program>]
  let laneCount: Int
  /// What errors call the first row.
  var firstRow = 0
  private var memories: [LaneMemory] = []

  init(_ program: BatchProgram, kernels: CPUKernels, precision: Precision) {
    self.program = program
    self.precision = precision
    expressions = program.expressions
    parameterCount = program.parameterCount
    let kernel = unsafe kernels.laneOperations(precision)
    unsafe operations = kernel.operations
    unsafe starts = unsafe program.parts.map { unsafe $0.start }
    laneCount = unsafe kernel.laneCount
  }

  /// Bytes for each thread.
  var byteCount: Int {
    LaneMemory.byteCount(program, laneCount: laneCount, precision: precision, parameterCount: extendedParameterCount)
  }

  /// Bytes that stay between runs.
  var keptByteCount: Int { memories.count * byteCount }

  /// Parameters and expressions.
  var columnCount: Int { program.columnCount }
  /// The columns of rows that are followed by the values of expressions; 0 where rows are read as they are.
  private var extendedParameterCount: Int { expressions.isEmpty ? 0 : columnCount }

  /// Computes the observables' values, rows × observables, of rows × parameters.
  ///
  /// - Throws: As for any job.
  func run(
    _ parameters: Span<Double>, rowCount: Int, threadCount: Int, values: inout MutableSpan<Double>, stop: StopFlag = StopFlag()
  ) throws(SimulatorError) {
    try unsafe parameters.withUnsafeBufferPointer { (parameters) throws(SimulatorError) in
      try unsafe values.withUnsafeMutableBufferPointer { (values) throws(SimulatorError) in
        try unsafe run(LaneJob(rowCount: rowCount, parameters: parameters, values: values), threadCount: threadCount, stop: stop)
      }
    }
  }

  /// Turns parameters into the numbers of rotations, and does no more.
  ///
  /// - Throws: As for any job.
  func bind(_ parameters: Span<Double>, rowCount: Int, threadCount: Int) throws(SimulatorError) {
    try unsafe parameters.withUnsafeBufferPointer { (parameters) throws(SimulatorError) in
      let values = unsafe UnsafeMutableBufferPointer<Double>(start: nil, count: 0)
      try unsafe run(LaneJob(rowCount: rowCount, parameters: parameters, values: values, output: .bind), threadCount: threadCount)
    }
  }

  /// Computes what a job asks for.
  ///
  /// - Throws: ``SimulatorError``: `invalid_argument` for an angle that is not finite or too large, `out_of_memory`, `cancelled`.
  func run(_ job: LaneJob, threadCount: Int, stop: StopFlag = StopFlag()) throws(SimulatorError) {
    let groupSize = groupSize(job)
    let groupCount = (job.rowCount + groupSize - 1) / groupSize
    let threadCount = isWorthSharing(job, groupCount * groupSize) && groupCount > 1 ? min(threadCount, groupCount) : 1
    try prepare(threadCount)
    let partCount = threadCount == 1 ? 1 : min(groupCount, threadCount * Limits.partsPerThread)
    let failures = PartFailures(count: partCount)
    ThreadPool.shared.run(partCount: partCount, threadCount: threadCount) { part, place in
      let memory = memories[place]
      do throws(SimulatorError) {
        for group in groupCount * part / partCount..<groupCount * (part + 1) / partCount {
          try stop.check()
          let first = group * groupSize
          try run(job, memory, rows: first..<min(first + groupSize, job.rowCount), stop)
        }
      } catch { failures.record(error, of: part) }
    }
    try failures.throwFirst()
  }

  private func isWorthSharing(_ job: LaneJob, _ rowCount: Int) -> Bool {
    var work = program.work
    switch job.output {
    case .counts(let shots, _): work += Limits.laneShotCost * shots.count
    case .estimates(let estimates): work = self.work(of: estimates)
    case .hessianProducts: work *= 1 + 2 * program.parts.reduce(0) { $0 + $1.rotationCount }
    case .bind, .values, .jacobian, .shiftedJacobian, .pullBack: break
    }
    return Double(rowCount) * Double(work) >= Double(Limits.serialLaneCount)
  }

  /// Rows of one group: as many as there are lanes, unless every state is spread over them, or one row's shifts fill them.
  private func groupSize(_ job: LaneJob) -> Int {
    if case .hessianProducts = job.output { return 1 }
    return program.parts.allSatisfy(\.isSpread) ? 1 : laneCount
  }

  /// Memory for each thread; kept, because batches follow each other.
  private func prepare(_ threadCount: Int) throws(SimulatorError) {
    while memories.count < threadCount {
      memories.append(
        try LaneMemory(program, laneCount: laneCount, precision: precision, parameterCount: extendedParameterCount))
    }
  }

  /// Runs one group of lanes.
  private func run(_ job: LaneJob, _ memory: LaneMemory, rows: Range<Int>, _ stop: StopFlag) throws(SimulatorError) {
    var start = unsafe UnsafePointer<Double>(memory.parameters)
    if !expressions.isEmpty {
      try unsafe program.evaluate(job.parameters, rows, firstRow: firstRow, into: memory.parameters)
    } else if let base = unsafe job.parameters.baseAddress {
      unsafe start = UnsafePointer(base + rows.lowerBound * parameterCount)
    }
    job.clear(rows, observableCount: program.observableCount, parameterCount: parameterCount)
    if case .estimates(let estimates) = job.output { return try unsafe estimate(estimates, job, memory, rows, start) }
    if case .hessianProducts(let hessian) = job.output {
      return try unsafe multiplyHessian(job, hessian, memory, row: rows.lowerBound, start, stop: stop)
    }
    let values = unsafe valuePlaces(job, memory, rows)
    let areMany = unsafe expressions.isEmpty && 8 * job.parameters.count > Limits.laneCachedByteCount
    var isGathered = false
    for part in unsafe starts.indices {
      if unsafe starts[part].pointee.is_spread {
        for (offset, row) in rows.enumerated() {
          let places = unsafe values.map { unsafe $0 + offset * program.valueCount }
          unsafe gather(memory, start) { _ in offset }
          try unsafe run(job, part, memory, row..<row + 1, start + offset * columnCount, places)
        }
        isGathered = false
      } else {
        // Lanes without a row of their own repeat the last.
        if !isGathered { unsafe gather(memory, start, areMany: areMany) { min($0, rows.count - 1) } }
        try unsafe run(job, part, memory, rows, start, values)
        isGathered = !job.output.gathers
      }
    }
    if case .values = job.output, !program.products.isEmpty { takeProducts(job, memory, rows) }
  }

  /// Where the parts add up the values of rows: the job's own places, unless some are products of what is added up; nil for shots.
  private func valuePlaces(_ job: LaneJob, _ memory: LaneMemory, _ rows: Range<Int>) -> UnsafeMutablePointer<Double>? {
    if program.products.isEmpty {
      return unsafe job.values.baseAddress.map { unsafe $0 + rows.lowerBound * program.observableCount }
    }
    unsafe memory.values.update(repeating: 0, count: rows.count * program.valueCount)
    return unsafe memory.values
  }

  private func takeProducts(_ job: LaneJob, _ memory: LaneMemory, _ rows: Range<Int>) {
    for (offset, row) in rows.enumerated() {
      unsafe program.combine(
        memory.values + offset * program.valueCount, into: job.values.baseAddress! + row * program.observableCount)
    }
  }

  /// Brings parameters and expressions of rows that begin at an address into the lanes, of each lane one row.
  ///
  /// - Parameter areMany: Whether the rows behind are to be asked for ahead.
  func gather(
    _ memory: LaneMemory, _ parameters: UnsafePointer<Double>, areMany: Bool = false, _ row: (_ lane: Int) -> Int
  ) {
    for lane in 0..<laneCount { unsafe memory.rows[lane] = UInt32(row(lane)) }
    var rows = unsafe ck_lane_rows(
      parameters: parameters, parameter_count: columnCount, rows: UnsafePointer(memory.rows), are_many: areMany)
    unsafe operations.pointee.gather(&rows, memory.start)
  }

  /// Runs a part of the program, by its number, for rows that are in the lanes, whose parameters and expressions begin at an address.
  private func run(
    _ job: LaneJob, _ number: Int, _ memory: LaneMemory, _ rows: Range<Int>, _ parameters: UnsafePointer<Double>,
    _ values: UnsafeMutablePointer<Double>?
  ) throws(SimulatorError) {
    let start = unsafe starts[number]
    guard unsafe operations.pointee.bind(start, nil, memory.start) else {
      throw unsafe program.angleError(job.parameters, rows, firstRow: firstRow)
    }
    if case .bind = job.output { return }
    unsafe operations.pointee.evolve(start, memory.start)
    if case .counts(let shots, let counts) = job.output { return unsafe sample(start, memory, rows, shots, into: counts) }
    unsafe operations.pointee.sum(start, memory.start)
    guard let values = unsafe values else { preconditionFailure("values without places") }
    unsafe operations.pointee.observe(start, memory.start, values, UInt32(rows.count))
    switch job.output {
    case .bind, .values, .hessianProducts, .counts, .estimates: break
    case .jacobian, .pullBack: try addGradients(job, program.parts[number], memory, rows)
    case .shiftedJacobian(let gradients):
      for (offset, row) in rows.enumerated() {
        try unsafe addShiftedGradients(
          job, program.parts[number], memory, row: row, parameters + offset * columnCount, to: gradients)
      }
    }
  }

  /// Counts the outcomes of shots of the states in memory.
  private func sample(
    _ start: UnsafePointer<ck_lane_program>, _ memory: LaneMemory, _ rows: Range<Int>, _ shots: LaneShots,
    into counts: UnsafeMutableBufferPointer<UInt32>
  ) {
    guard let outcomes = program.outcomes else { preconditionFailure("shots of a program without outcomes") }
    var drawn = unsafe ck_lane_shots(
      seed: shots.seed, circuit: shots.circuitIndex, first_row: shots.firstRow + UInt32(rows.lowerBound),
      count: UInt32(shots.count), rows: nil, sites: nil)
    let places = unsafe counts.baseAddress! + rows.lowerBound << outcomes.bitCount
    unsafe operations.pointee.sample(start, memory.start, outcomes.start, &drawn, places, UInt32(rows.count))
  }
}
