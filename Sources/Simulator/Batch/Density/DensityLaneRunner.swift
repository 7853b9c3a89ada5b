internal import CKernels
internal import Circuits

/// Runs a noisy template on the CPU as density matrices, for any number of rows: as many at a time as the lanes of a vector, on all threads.
///
/// A row's values are the same bits whichever rows run beside it and on whichever thread.
@safe final class DensityLaneRunner {
  let program: DensityLaneProgram
  private let precision: Precision
  let operations: UnsafePointer<ck_density_operations>
  let laneCount: Int
  private let kernels: CPUKernels
  private var memories: [DensityLaneMemory] = []
  /// Whether the memories have room for derivatives.
  private var differentiates = false
  /// What errors call the first row.
  var firstRow = 0

  init(_ program: DensityLaneProgram, kernels: CPUKernels, precision: Precision) {
    (self.program, self.kernels, self.precision) = (program, kernels, precision)
    let kernel = unsafe kernels.densityOperations(precision)
    unsafe operations = kernel.operations
    laneCount = unsafe kernel.laneCount
  }

  /// Compiles a template with observables, or, without any, for shots; nil for one without noise and for one that a batch does not take.
  convenience init?(_ circuit: Circuit, observables: [Observable], precision: Precision) throws(SimulatorError) {
    guard circuit.isNoisy, circuit.instructions.count <= Limits.laneInstructionCount else { return nil }
    do throws(SimulatorError) {
      let program = try DensityLaneProgram(circuit, observables: observables)
      self.init(program, kernels: try CPUKernels.preferred.get(), precision: precision)
    } catch {
      if error.code == .unsupported { return nil }
      throw error
    }
  }

  /// Bytes that stay between runs.
  var keptByteCount: Int { memories.count * byteCount(differentiates) }

  private func byteCount(_ differentiates: Bool) -> Int {
    DensityLaneMemory.byteCount(program, laneCount: laneCount, precision: precision, differentiates: differentiates)
  }

  /// Computes what a job asks for: values, derivatives or shots.
  ///
  /// - Throws: ``SimulatorError``: `invalid_argument` for an angle that is not finite or too large, `unsupported` for derivatives that need too many
  ///   states, `out_of_memory`, `cancelled`.
  func run(_ job: LaneJob, threadCount: Int, stop: StopFlag) throws(SimulatorError) {
    try require(job.output)
    let groupCount = (job.rowCount + laneCount - 1) / laneCount
    let isWorthSharing = work(job) >= Double(Limits.serialDensityWork)
    let threadCount = isWorthSharing ? max(min(threadCount, groupCount), 1) : 1
    try prepare(threadCount, job.output.needsStates)
    let partCount = threadCount == 1 ? 1 : min(groupCount, threadCount * Limits.partsPerThread)
    let failures = PartFailures(count: partCount)
    ThreadPool.shared.run(partCount: partCount, threadCount: threadCount) { part, place in
      do throws(SimulatorError) {
        for group in groupCount * part / partCount..<groupCount * (part + 1) / partCount {
          try stop.check()
          let first = group * laneCount
          try run(job, memories[place], first..<min(first + laneCount, job.rowCount))
        }
      } catch { failures.record(error, of: part) }
    }
    try failures.throwFirst()
  }

  private func work(_ job: LaneJob) -> Double {
    let shots = if case .counts(let shots, _) = job.output { Limits.laneShotCost * shots.count } else { 0 }
    return Double(job.rowCount) * Double(program.work + shots)
  }

  /// Refuses derivatives that would keep more than is accepted.
  ///
  /// - Throws: ``SimulatorError`` with code `unsupported`.
  func require(_ output: LaneJob.Output) throws(SimulatorError) {
    let needed = output.needsStates ? program.keptCount * program.stringCount * laneCount * precision.realByteCount : 0
    guard needed <= Limits.densityLaneKeptByteCount else {
      throw SimulatorError(
        .unsupported,
        "derivatives by the adjoint method through \(program.keptCount) maps keep \(needed) bytes; at most \(Limits.densityLaneKeptByteCount) are accepted, parameter-shift needs none"
      )
    }
  }

  private func prepare(_ threadCount: Int, _ needsStates: Bool) throws(SimulatorError) {
    if needsStates, !differentiates { (memories, differentiates) = ([], true) }
    while memories.count < threadCount {
      memories.append(
        try DensityLaneMemory(program, laneCount: laneCount, precision: precision, differentiates: differentiates))
    }
  }

  // MARK: Groups

  private func run(_ job: LaneJob, _ memory: DensityLaneMemory, _ rows: Range<Int>) throws(SimulatorError) {
    job.clear(rows, observableCount: program.observableCount, parameterCount: program.parameterCount)
    try unsafe program.evaluate(job.parameters, rows, firstRow: firstRow, into: memory.rows)
    try unsafe bind(job, memory, rows, shifts: nil)
    unsafe operations.pointee.evolve(program.start, memory.start, job.output.needsStates)
    switch job.output {
    case .counts(let shots, let counts): return unsafe count(memory, rows, shots, into: counts)
    case .values: unsafe observe(memory, job.values.baseAddress! + rows.lowerBound * program.observableCount, rows.count)
    case .jacobian(let gradients):
      unsafe observe(memory, job.values.baseAddress! + rows.lowerBound * program.observableCount, rows.count)
      try unsafe differentiate(job, memory, rows, into: gradients)
    case .pullBack(let cotangents, let gradients):
      unsafe observe(memory, job.values.baseAddress! + rows.lowerBound * program.observableCount, rows.count)
      try unsafe pullBack(job, cotangents, memory, rows, into: gradients)
    case .shiftedJacobian(let gradients):
      unsafe observe(memory, job.values.baseAddress! + rows.lowerBound * program.observableCount, rows.count)
      try unsafe shift(job, memory, rows, into: gradients)
    case .bind, .hessianProducts, .estimates: preconditionFailure("a job that batches of density matrices are not given")
    }
  }

  func bind(
    _ job: LaneJob, _ memory: DensityLaneMemory, _ rows: Range<Int>, shifts: UnsafePointer<ck_lane_shifts>?
  ) throws(SimulatorError) {
    var given = unsafe ck_density_rows(
      parameters: memory.rows, column_count: program.columnCount, row_count: UInt32(rows.count))
    guard unsafe operations.pointee.bind(program.start, &given, shifts, memory.start) else {
      throw unsafe program.angleError(job.parameters, rows, firstRow: firstRow)
    }
  }

  func observe(_ memory: DensityLaneMemory, _ values: UnsafeMutablePointer<Double>, _ rowCount: Int) {
    unsafe operations.pointee.observe(
      memory.start, program.terms.start, program.termCount, values, UInt32(program.observableCount), UInt32(rowCount))
  }

  private func count(
    _ memory: DensityLaneMemory, _ rows: Range<Int>, _ shots: LaneShots, into counts: UnsafeMutableBufferPointer<UInt32>
  ) {
    guard let outcomes = program.outcomes else { preconditionFailure("shots of a program without outcomes") }
    let strings = outcomes.strings
    unsafe strings.withUnsafeBufferPointer {
      unsafe operations.pointee.read(memory.start, $0.baseAddress!, strings.count, memory.values)
    }
    for (lane, row) in rows.enumerated() {
      let values = strings.indices.map { unsafe memory.values[$0 * laneCount + lane] }
      unsafe program.count(values, row: row, shots, kernels, into: counts)
    }
  }
}

extension LaneJob.Output {
  /// Whether states are kept on the way, to go backwards.
  fileprivate var needsStates: Bool {
    switch self {
    case .jacobian, .pullBack: true
    default: false
    }
  }
}
