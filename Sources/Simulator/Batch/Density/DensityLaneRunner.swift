internal import CKernels
internal import Circuits

/// Runs a noisy template on the CPU as density matrices, for any number of rows: as many at a time as the lanes of a vector, on all threads.
///
/// A row's values are the same bits whichever rows run beside it and on whichever thread.
@safe final class DensityLaneRunner {
  let program: DensityLaneProgram
  private let precision: Precision
  private let operations: UnsafePointer<ck_density_operations>
  private let laneCount: Int
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
  ///   states and for what only batches of state vectors give, `out_of_memory`, `cancelled`.
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

  private func require(_ output: LaneJob.Output) throws(SimulatorError) {
    switch output {
    case .bind, .hessianProducts, .estimates:
      throw SimulatorError(.unsupported, "this of a batch of density matrices; values, derivatives and shots are accepted")
    case .jacobian, .pullBack:
      let needed = program.keptCount * program.stringCount * laneCount * precision.realByteCount
      guard needed <= Limits.densityLaneKeptByteCount else {
        throw SimulatorError(
          .unsupported,
          "derivatives by the adjoint method through \(program.keptCount) maps keep \(needed) bytes; at most \(Limits.densityLaneKeptByteCount) are accepted, parameter-shift needs none"
        )
      }
    case .values, .shiftedJacobian, .counts: break
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
    case .bind, .hessianProducts, .estimates: preconditionFailure("refused before")
    }
  }

  private func bind(
    _ job: LaneJob, _ memory: DensityLaneMemory, _ rows: Range<Int>, shifts: UnsafePointer<ck_lane_shifts>?
  ) throws(SimulatorError) {
    var given = unsafe ck_density_rows(
      parameters: memory.rows, column_count: program.columnCount, row_count: UInt32(rows.count))
    guard unsafe operations.pointee.bind(program.start, &given, shifts, memory.start) else {
      throw unsafe program.angleError(job.parameters, rows, firstRow: firstRow)
    }
  }

  private func observe(_ memory: DensityLaneMemory, _ values: UnsafeMutablePointer<Double>, _ rowCount: Int) {
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
      let random = RandomStream(seed: shots.seed, circuit: shots.circuitIndex, row: shots.firstRow + UInt32(row))
      let draws = kernels.draws(random, shots: 0..<UInt32(shots.count), site: 0, threadCount: 1)
      let places = row << outcomes.bitCount..<(row + 1) << outcomes.bitCount
      unsafe outcomes.count(values, draws, into: UnsafeMutableBufferPointer(rebasing: counts[places]))
    }
  }
}

// MARK: Derivatives

extension DensityLaneRunner {
  /// Goes backwards for one observable after the other.
  private func differentiate(
    _ job: LaneJob, _ memory: DensityLaneMemory, _ rows: Range<Int>, into gradients: UnsafeMutableBufferPointer<Double>
  ) throws(SimulatorError) {
    let (width, count) = (program.observableCount, program.parameterCount)
    unsafe memory.ends.copyMemory(from: memory.start.pointee.state, byteCount: memory.stateByteCount)
    for observable in 0..<width {
      if observable > 0 {
        unsafe memory.start.pointee.state.copyMemory(from: memory.ends, byteCount: memory.stateByteCount)
      }
      unsafe memory.cotangents.update(repeating: 0, count: laneCount * width)
      for lane in 0..<rows.count { unsafe memory.cotangents[lane * width + observable] = 1 }
      pull(memory)
      try unsafe add(job, memory, rows, to: gradients) { ($0 * width + observable) * count }
    }
  }

  private func pullBack(
    _ job: LaneJob, _ cotangents: UnsafeBufferPointer<Double>, _ memory: DensityLaneMemory, _ rows: Range<Int>,
    into gradients: UnsafeMutableBufferPointer<Double>
  ) throws(SimulatorError) {
    let width = program.observableCount
    unsafe memory.cotangents.update(repeating: 0, count: laneCount * width)
    for place in 0..<rows.count * width { unsafe memory.cotangents[place] = cotangents[rows.lowerBound * width + place] }
    pull(memory)
    try unsafe add(job, memory, rows, to: gradients) { $0 * program.parameterCount }
  }

  private func pull(_ memory: DensityLaneMemory) {
    unsafe memory.gradients.update(repeating: 0, count: laneCount * program.columnCount)
    unsafe operations.pointee.pull(
      program.start, memory.start, program.terms.start, program.termCount, memory.cotangents, UInt32(program.observableCount),
      memory.gradients, program.columnCount)
  }

  /// Adds what was found by columns to the places of rows.
  private func add(
    _ job: LaneJob, _ memory: DensityLaneMemory, _ rows: Range<Int>, to gradients: UnsafeMutableBufferPointer<Double>,
    place: (Int) -> Int
  ) throws(SimulatorError) {
    for (lane, row) in rows.enumerated() {
      let target = unsafe UnsafeMutableBufferPointer(rebasing: gradients[place(row)..<place(row) + program.parameterCount])
      try unsafe program.add(
        memory.gradients + lane * program.columnCount, job.parameters, row, firstRow: firstRow, to: target)
    }
  }

  /// Values under each angle shifted by a quarter turn both ways, for all rows of the group at once.
  private func shift(
    _ job: LaneJob, _ memory: DensityLaneMemory, _ rows: Range<Int>, into gradients: UnsafeMutableBufferPointer<Double>
  ) throws(SimulatorError) {
    let (width, columns) = (program.observableCount, program.columnCount)
    var slopes = [Double](repeating: 0, count: laneCount * width * columns)
    for angle in 0..<program.angleCount {
      let terms = program.angleTerms(angle)
      guard !terms.isEmpty else { continue }
      let ahead = try shifted(job, memory, rows, angle, by: .pi / 2)
      let behind = try shifted(job, memory, rows, angle, by: -.pi / 2)
      for place in ahead.indices {
        let slope = (ahead[place] - behind[place]) / 2
        for term in terms { slopes[place * columns + term.parameter] += term.coefficient * slope }
      }
    }
    for (lane, row) in rows.enumerated() {
      for observable in 0..<width {
        let first = (row * width + observable) * program.parameterCount
        let target = unsafe UnsafeMutableBufferPointer(rebasing: gradients[first..<first + program.parameterCount])
        try unsafe slopes.withUnsafeBufferPointer { (slopes) throws(SimulatorError) in
          try unsafe program.add(
            slopes.baseAddress! + (lane * width + observable) * columns, job.parameters, row, firstRow: firstRow, to: target)
        }
      }
    }
  }

  private func shifted(
    _ job: LaneJob, _ memory: DensityLaneMemory, _ rows: Range<Int>, _ angle: Int, by amount: Double
  ) throws(SimulatorError) -> [Double] {
    let angles = [UInt32](repeating: UInt32(angle), count: laneCount)
    let amounts = [Double](repeating: amount, count: laneCount)
    try unsafe angles.withUnsafeBufferPointer { (angles) throws(SimulatorError) in
      try unsafe amounts.withUnsafeBufferPointer { (amounts) throws(SimulatorError) in
        var shifts = unsafe ck_lane_shifts(angles: angles.baseAddress!, amounts: amounts.baseAddress!)
        try unsafe bind(job, memory, rows, shifts: &shifts)
      }
    }
    unsafe operations.pointee.evolve(program.start, memory.start, false)
    var values = [Double](repeating: 0, count: laneCount * program.observableCount)
    unsafe values.withUnsafeMutableBufferPointer { unsafe observe(memory, $0.baseAddress!, rows.count) }
    return values
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
