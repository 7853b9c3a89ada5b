public import Circuits

/// How often each outcome is drawn, for many rows of a template's parameters: what Qiskit calls a Sampler.
///
///     let sampler = try Sampler(ansatz)
///     var counts = [UInt32](repeating: 0, count: rowCount << sampler.bitCount)
///     var places = counts.mutableSpan
///     try sampler.sample(angles.span, rowCount: rowCount, shots: 1000, seed: 7, counts: &places)
///
/// A template is compiled once; rows then run without a circuit being built or planned again. Templates of gates and final measurements whose
/// outcomes depend on few qubits run many rows at once, one in each lane of the processor's vectors (`lanes`), all others row by row (`rows`).
/// A row's counts are the same whichever rows run beside it, in whatever order, on however many threads and on whatever instruction set; they
/// follow from the template, the parameters, the precision, the seed, and the circuit's and the row's place in the job. The two ways to run draw
/// different random numbers.
///
/// Belongs to one thread at a time; it keeps its memory from call to call.
public final class Sampler {
  /// The template.
  public let circuit: Circuit
  /// The format of the amplitudes.
  public let precision: Precision
  /// How rows are run; decided by the template alone.
  public let method: Estimator.Method
  /// Bits of an outcome: those of the output registers, or all qubits of a template that measures nothing.
  public let bitCount: Int
  /// Where the rows of the last call ran, as far as they run together: `cpu`, or the name of an OpenCL device.
  public private(set) var deviceName = "cpu"

  let lanes: LaneRunner?
  /// Runs rows with noise, or with errors of reading.
  private let densities: DensityLaneRunner?
  /// Runs these rows on a device, to the same bits; nil where that is the CPU.
  private let densityAccelerator: DensityAccelerator?
  /// Runs rows one after the other; nil where they run in lanes.
  private let simulator: CircuitSimulator?
  private var isReproducible = false
  let threadCount: Int
  /// What errors call row 0 of the job.
  package var firstRowNumber = 0

  /// Compiles a template.
  ///
  /// - Parameters:
  ///   - circuit: A template; its outcomes have at most 16 bits.
  ///   - precision: The format of the amplitudes.
  ///   - device: Where rows with noise, or with errors of reading, run together: `auto` (a GPU for batches large enough to gain by it, else the
  ///     CPU), `cpu`, `opencl` or `opencl:P.D`. Counts are the same on each.
  ///   - simulator: Runs the rows of templates that do not run in lanes.
  /// - Throws: ``SimulatorError``: `unsupported` for outcomes of more bits, `unknown_device`.
  /// - Complexity: O(gates² + rotations²), no work on amplitudes.
  public init(
    _ circuit: Circuit, precision: Precision = .single, device: String = "cpu", simulator: CircuitSimulator? = nil
  ) throws(SimulatorError) {
    (self.circuit, self.precision) = (circuit, precision)
    bitCount = try Self.bitCount(circuit)
    threadCount = try ThreadPool.preferredThreadCount.get()
    lanes = try Self.lanes(circuit, precision)
    densities = lanes == nil ? try Self.densities(circuit, precision) : nil
    densityAccelerator = try Self.accelerator(densities, precision, device, simulator?.catalogue)
    if lanes == nil, densities == nil {
      self.simulator = if let simulator { simulator } else { try CircuitSimulator() }
      method = .rows
    } else {
      // Looking for devices takes longer than many a batch.
      (self.simulator, method) = (nil, lanes == nil ? .densityLanes : .lanes)
    }
  }

  /// Compiles a template for lanes; nil for one that they do not take.
  ///
  /// - Parameters:
  ///   - device: As of a sampler.
  ///   - known: What there is, if somebody has looked.
  init?(
    inLanes circuit: Circuit, precision: Precision, device: String = "cpu", _ known: DeviceCatalogue? = nil
  ) throws(SimulatorError) {
    guard circuit.outcomeBitCount <= Limits.sampledBitCount else { return nil }
    let lanes = try Self.lanes(circuit, precision)
    let densities = lanes == nil ? try Self.densities(circuit, precision) : nil
    guard lanes != nil || densities != nil else { return nil }
    (self.circuit, self.precision, bitCount) = (circuit, precision, circuit.outcomeBitCount)
    threadCount = try ThreadPool.preferredThreadCount.get()
    (self.lanes, self.densities, simulator, method) = (lanes, densities, nil, lanes == nil ? .densityLanes : .lanes)
    densityAccelerator = try Self.accelerator(densities, precision, device, known)
  }

  /// Takes a request's template, whose rows a simulator runs one after the other, whatever the template is.
  init(inRows request: SimulationRequest, simulator: CircuitSimulator) throws(SimulatorError) {
    (circuit, precision, bitCount) = (request.circuit, request.precision, try Self.bitCount(request.circuit))
    threadCount = try ThreadPool.preferredThreadCount.get()
    (lanes, densities, densityAccelerator, self.simulator, method) = (nil, nil, nil, simulator, .rows)
    isReproducible = request.isReproducible
  }

  /// Bytes that stay with the sampler between calls.
  var keptByteCount: Int {
    (lanes?.keptByteCount ?? 0) + (densities?.keptByteCount ?? 0) + (densityAccelerator?.keptByteCount ?? 0)
  }

  private static func bitCount(_ circuit: Circuit) throws(SimulatorError) -> Int {
    let bitCount = circuit.outcomeBitCount
    guard bitCount <= Limits.sampledBitCount else {
      throw SimulatorError(
        .unsupported,
        "counts of all outcomes of \(bitCount) bits for each row; at most \(Limits.sampledBitCount) bits: run the rows as a SimulationRequest"
      )
    }
    return bitCount
  }

  /// A program for lanes; nil for a template that a batch does not take.
  private static func lanes(_ circuit: Circuit, _ precision: Precision) throws(SimulatorError) -> LaneRunner? {
    guard circuit.instructions.count <= Limits.laneInstructionCount else { return nil }
    do throws(SimulatorError) {
      return LaneRunner(try BatchProgram(sampling: circuit), kernels: try CPUKernels.preferred.get(), precision: precision)
    } catch {
      if error.code == .unsupported { return nil }
      throw error
    }
  }

  /// A program for density matrices in lanes; nil for a template without noise and for one that a batch does not take.
  private static func densities(_ circuit: Circuit, _ precision: Precision) throws(SimulatorError) -> DensityLaneRunner? {
    try DensityLaneRunner(circuit, observables: [], precision: precision)
  }

  private static func accelerator(
    _ densities: DensityLaneRunner?, _ precision: Precision, _ device: String, _ known: DeviceCatalogue?
  ) throws(SimulatorError) -> DensityAccelerator? {
    guard let densities, let device = try BatchDevice(device: device, known) else { return nil }
    return DensityAccelerator(densities.program, precision, on: device)
  }

  /// Draws shots of each row.
  ///
  /// - Parameters:
  ///   - parameters: rowCount × parameters, row after row, in the order in which the template declares them; radians.
  ///   - rowCount: The number of rows.
  ///   - shots: Shots of each row, at most 10⁸.
  ///   - seed: Seeds every draw, together with `circuitIndex`, the row and the shot.
  ///   - circuitIndex: The template's place in its job.
  ///   - firstRow: The first row's place in its job, when a part of the rows is run.
  ///   - counts: rowCount × 2^bitCount places, row after row. A count's place is its outcome as a number: the bit that a bitstring prints last is
  ///     the least significant. Each row's add up to `shots`.
  ///   - stop: Asks to stop; looked at between rows.
  /// - Throws: ``SimulatorError``: `invalid_argument` for arrays of another size, for shots or rows out of range, and for angles that are not
  ///   finite or beyond 2⁵⁰, naming the row; `out_of_memory`, `cancelled`. What `counts` holds then is not defined.
  public func sample(
    _ parameters: Span<Double>, rowCount: Int, shots: Int, seed: UInt64, circuitIndex: UInt32 = 0, firstRow: UInt32 = 0,
    counts: inout MutableSpan<UInt32>, stop: StopFlag = StopFlag()
  ) throws(SimulatorError) {
    try SimulatorError.check(parameters.count, columns: circuit.parameters.count, rowCount, "parameters")
    try SimulatorError.check(counts.count, columns: 1 << bitCount, rowCount, "counts")
    guard (0...Limits.shotCount).contains(shots) else {
      throw SimulatorError(.invalidArgument, "\(shots) shots; 0 to \(Limits.shotCount) are accepted")
    }
    guard rowCount <= 1 << 32 - Int(firstRow) else {
      throw SimulatorError(.invalidArgument, "\(rowCount) rows from row \(firstRow) on; rows are numbered up to 2³² − 1")
    }
    let drawn = LaneShots(count: shots, seed: seed, circuitIndex: circuitIndex, firstRow: firstRow)
    if let lanes {
      lanes.firstRow = firstRowNumber + Int(firstRow)
      try sampleInLanes(parameters, rowCount, drawn, &counts) { (job) throws(SimulatorError) in
        try lanes.run(job, threadCount: threadCount, stop: stop)
      }
    } else if let densities {
      try sampleInLanes(parameters, rowCount, drawn, &counts) { (job) throws(SimulatorError) in
        try run(job, densities, firstRow: firstRowNumber + Int(firstRow), stop)
      }
    } else {
      try sampleRowByRow(parameters, rowCount, drawn, &counts, stop)
    }
  }

  /// Runs a job as density matrices, on the device or in lanes.
  private func run(
    _ job: LaneJob, _ densities: DensityLaneRunner, firstRow: Int, _ stop: StopFlag
  ) throws(SimulatorError) {
    if let batch = try densityAccelerator?.batch(job) {
      batch.firstRow = firstRow
      try batch.run(job, stop: stop)
      deviceName = batch.deviceName
    } else {
      densities.firstRow = firstRow
      deviceName = "cpu"
      try densities.run(job, threadCount: threadCount, stop: stop)
    }
  }

  private func sampleInLanes(
    _ parameters: Span<Double>, _ rowCount: Int, _ shots: LaneShots, _ counts: inout MutableSpan<UInt32>,
    _ run: (LaneJob) throws(SimulatorError) -> Void
  ) throws(SimulatorError) {
    try unsafe parameters.withUnsafeBufferPointer { (parameters) throws(SimulatorError) in
      try unsafe counts.withUnsafeMutableBufferPointer { (counts) throws(SimulatorError) in
        let job = unsafe LaneJob(
          rowCount: rowCount, parameters: parameters, values: UnsafeMutableBufferPointer(start: nil, count: 0),
          output: .counts(shots, counts))
        try run(job)
      }
    }
  }

  private func sampleRowByRow(
    _ parameters: Span<Double>, _ rowCount: Int, _ shots: LaneShots, _ counts: inout MutableSpan<UInt32>, _ stop: StopFlag
  ) throws(SimulatorError) {
    guard let simulator else { preconditionFailure("a sampler without lanes and without a simulator") }
    let width = circuit.parameters.count
    for row in 0..<rowCount {
      try stop.check()
      let angles = (row * width..<(row + 1) * width).map { parameters[$0] }
      let request = SimulationRequest(
        circuit: circuit, rows: [angles], shots: shots.count, seed: shots.seed, circuitIndex: shots.circuitIndex,
        firstRow: shots.firstRow + UInt32(row), precision: precision, isReproducible: isReproducible)
      for outcome in 0..<1 << bitCount { counts[row << bitCount + outcome] = 0 }
      let result: SimulationResult
      do throws(SimulatorError) { result = try simulator.run(request, stop: stop)[0] } catch {
        let number = firstRowNumber + Int(shots.firstRow) + row
        throw error.code == .invalidArgument ? SimulatorError(error.code, "row \(number): \(error.message)") : error
      }
      guard let found = result.counts else { preconditionFailure("shots without counts") }
      for index in 0..<found.count { counts[row << bitCount + found.outcome(at: index)] = UInt32(found.values[index]) }
    }
  }

}

extension Circuit {
  /// Bits of an outcome: those of the output registers, or all qubits of a circuit that measures nothing.
  package var outcomeBitCount: Int { measures ? outputBits.count : qubitCount }
}

extension Counts {
  /// One outcome as a number; of at most 16 bits.
  fileprivate func outcome(at index: Int) -> Int {
    let width = (bitCount + 7) / 8
    return (0..<width).reduce(0) { $0 | Int(keys[index * width + $1]) << (8 * $1) }
  }
}
