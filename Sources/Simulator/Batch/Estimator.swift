public import Circuits

/// Expectation values of observables for many rows of a template's parameters: what Qiskit calls an Estimator.
///
///     let estimator = try Estimator(ansatz, observables: [Observable("ZI"), Observable("IZ")])
///     var values = [Double](repeating: 0, count: rowCount * 2)
///     var places = values.mutableSpan
///     try estimator.estimate(angles.span, rowCount: rowCount, into: &places)
///
/// A template is compiled once; rows then run without a circuit being built or planned again. Templates of gates on which each observable
/// depends through few qubits run many rows at once, one in each lane of the processor's vectors (``Method/lanes``), all others row by row.
/// A row's values are the same bits whichever rows run beside it, in whatever order and on however many threads.
///
/// Belongs to one thread at a time; it keeps its memory from call to call.
public final class Estimator {
  /// How rows are run.
  public enum Method: String, Hashable, Sendable {
    /// A state in each lane of the processor's vectors.
    case lanes = "statevector-lanes"
    /// A density matrix in each lane, for templates with noise on up to six qubits.
    case densityLanes = "density-matrix-lanes"
    /// One state after the other.
    case rows = "statevector"
  }

  /// The template.
  public let circuit: Circuit
  /// What is estimated; each on as many qubits as the template.
  public let observables: [Observable]
  /// The format of the amplitudes.
  public let precision: Precision
  /// How rows are run; decided by the template and the observables alone.
  public let method: Method
  /// Where the rows of the last call ran: `cpu`, or the name of an OpenCL device.
  public internal(set) var deviceName = "cpu"

  let lanes: LaneRunner?
  /// Runs rows with noise.
  let densities: DensityLaneRunner?
  /// Run rows in place of the lanes, to the same bits; nil where the device is the CPU.
  let accelerator: EstimatorAccelerator?
  let densityAccelerator: DensityAccelerator?
  /// For gradients.
  var differentiable: LaneRunner?
  /// For values from shots.
  var shotEstimates: ShotMethod?
  /// Runs rows one after the other; nil where they run in lanes.
  let simulator: CircuitSimulator?
  private(set) var isReproducible = false
  /// How rows are simulated that run one after the other.
  private(set) var simulationMethod = SimulationMethod.auto
  let threadCount: Int
  /// What errors call the first row, where a call's rows are a part of more.
  package var firstRow = 0

  /// Compiles a template.
  ///
  /// - Parameters:
  ///   - circuit: Gates whose angles may hold parameters.
  ///   - observables: At least one, each as long as the circuit is wide.
  ///   - precision: The format of the amplitudes.
  ///   - device: Where the rows of templates run that run in lanes: `auto` (a GPU for batches large enough to gain by it, else the CPU),
  ///     `cpu`, `opencl` or `opencl:P.D`. Values, and derivatives by the adjoint method, are the same bits on each; shifted angles are
  ///     the CPU's business on all of them.
  ///   - simulator: Runs the rows of templates that do not run in lanes; by default one on the same device.
  /// - Throws: ``SimulatorError``: `invalid_argument` for no observables and for those of another size, `unknown_device`.
  /// - Complexity: O(gates² + observables · rotations²), no work on amplitudes.
  public init(
    _ circuit: Circuit, observables: [Observable], precision: Precision = .single, device: String = "auto",
    simulator: CircuitSimulator? = nil
  ) throws(SimulatorError) {
    guard !observables.isEmpty else {
      throw SimulatorError(.invalidArgument, "an estimator without observables; at least one is needed")
    }
    (self.circuit, self.observables, self.precision) = (circuit, observables, precision)
    threadCount = try ThreadPool.preferredThreadCount.get()
    lanes = try Self.lanes(circuit, observables, precision, qubitCount: Limits.preferredLaneQubitCount)
    densities = lanes == nil ? try DensityLaneRunner(circuit, observables: observables, precision: precision) : nil
    let inLanes = lanes != nil || densities != nil
    let batchDevice = inLanes ? try BatchDevice(device: device, simulator?.catalogue) : nil
    (accelerator, densityAccelerator) = Self.accelerators(lanes, densities, precision, batchDevice)
    if inLanes {
      // Not kept where it is not needed: a simulator keeps such estimators itself.
      (self.simulator, method) = (nil, lanes == nil ? .densityLanes : .lanes)
    } else {
      self.simulator = if let simulator { simulator } else { try CircuitSimulator(device: device) }
      method = .rows
    }
  }

  /// Compiles a template for lanes, whatever else would be faster; nil for one that they do not take.
  ///
  /// - Parameters:
  ///   - device: As of an estimator.
  ///   - known: What there is, if somebody has looked.
  init?(
    inLanes circuit: Circuit, observables: [Observable], precision: Precision, device: String = "cpu",
    _ known: DeviceCatalogue? = nil
  ) throws(SimulatorError) {
    let lanes = try Self.lanes(circuit, observables, precision, qubitCount: Limits.laneQubitCount)
    let densities = lanes == nil ? try DensityLaneRunner(circuit, observables: observables, precision: precision) : nil
    guard lanes != nil || densities != nil else { return nil }
    (self.circuit, self.observables, self.precision) = (circuit, observables, precision)
    threadCount = try ThreadPool.preferredThreadCount.get()
    (self.lanes, self.densities, simulator) = (lanes, densities, nil)
    (accelerator, densityAccelerator) = Self.accelerators(lanes, densities, precision, try BatchDevice(device: device, known))
    method = lanes == nil ? .densityLanes : .lanes
  }

  /// Takes a request's template, whose rows a simulator runs one after the other, whatever the template is; shots of its rows may be drawn in
  /// lanes. Nothing is kept for later requests.
  package init(inRows request: SimulationRequest, simulator: CircuitSimulator) throws(SimulatorError) {
    (circuit, observables, precision) = (request.circuit, request.observables, request.precision)
    threadCount = try ThreadPool.preferredThreadCount.get()
    (lanes, densities, self.simulator, accelerator, densityAccelerator, method) = (nil, nil, simulator, nil, nil, .rows)
    (isReproducible, simulationMethod) = (request.isReproducible, request.method)
  }

  /// Takes a template whose rows a simulator runs one after the other, whatever the template is: what batches are compared with.
  package convenience init(
    inRows circuit: Circuit, observables: [Observable], precision: Precision, simulator: CircuitSimulator
  ) throws(SimulatorError) {
    try self.init(
      inRows: SimulationRequest(circuit: circuit, observables: observables, precision: precision), simulator: simulator)
  }

  /// Bytes that stay with the estimator between calls.
  var keptByteCount: Int {
    let ofShots = if case .lanes(let runner) = shotEstimates { runner.keptByteCount } else { 0 }
    let ofDensities = (densities?.keptByteCount ?? 0) + (densityAccelerator?.keptByteCount ?? 0)
    return (lanes?.keptByteCount ?? 0) + ofDensities + (differentiable?.keptByteCount ?? 0) + ofShots
  }

  /// What runs rows on a device in place of lanes.
  private static func accelerators(
    _ lanes: LaneRunner?, _ densities: DensityLaneRunner?, _ precision: Precision, _ device: BatchDevice?
  ) -> (EstimatorAccelerator?, DensityAccelerator?) {
    guard let device else { return (nil, nil) }
    return (
      lanes.map { EstimatorAccelerator($0.program, precision, on: device) },
      densities.map { DensityAccelerator($0.program, precision, on: device) }
    )
  }

  /// A program for lanes; nil for a template that a batch does not take, or that is more work in lanes: on more qubits than those given.
  private static func lanes(
    _ circuit: Circuit, _ observables: [Observable], _ precision: Precision, qubitCount: Int
  ) throws(SimulatorError) -> LaneRunner? {
    guard circuit.instructions.count <= Limits.laneInstructionCount else { return nil }
    do throws(SimulatorError) {
      let program = try BatchProgram(circuit, observables: observables)
      guard program.parts.allSatisfy({ $0.bits <= qubitCount }) else { return nil }
      return LaneRunner(program, kernels: try CPUKernels.preferred.get(), precision: precision)
    } catch {
      if error.code == .unsupported { return nil }
      throw error
    }
  }

  /// Computes expectation values.
  ///
  /// - Parameters:
  ///   - parameters: rowCount × parameters, row after row, in the order in which the template declares them; radians.
  ///   - rowCount: The number of rows.
  ///   - values: rowCount × observables places, row after row.
  ///   - stop: Asks to stop; looked at between rows.
  /// - Throws: ``SimulatorError``: `invalid_argument` for arrays of another size and for angles that are not finite or beyond 2⁵⁰, naming the
  ///   row; `out_of_memory`, `cancelled`. What `values` holds then is not defined.
  public func estimate(
    _ parameters: Span<Double>, rowCount: Int, into values: inout MutableSpan<Double>, stop: StopFlag = StopFlag()
  ) throws(SimulatorError) {
    try check(parameters, rowCount, values.count)
    if let batch = try accelerator?.batch(rowCount: rowCount) {
      batch.firstRow = firstRow
      try batch.run(parameters, rowCount: rowCount, values: &values, stop: stop)
      deviceName = batch.deviceName
    } else if let lanes {
      lanes.firstRow = firstRow
      deviceName = "cpu"
      try lanes.run(parameters, rowCount: rowCount, threadCount: threadCount, values: &values, stop: stop)
    } else if let densities {
      try unsafe parameters.withUnsafeBufferPointer { (parameters) throws(SimulatorError) in
        try unsafe values.withUnsafeMutableBufferPointer { (values) throws(SimulatorError) in
          let job = unsafe LaneJob(rowCount: rowCount, parameters: parameters, values: values)
          try run(job, densities, stop)
        }
      }
    } else {
      try estimateRowByRow(parameters, rowCount: rowCount, into: &values, stop)
    }
  }

  /// Runs a job as density matrices, on the device or in lanes.
  func run(_ job: LaneJob, _ densities: DensityLaneRunner, _ stop: StopFlag) throws(SimulatorError) {
    // What is refused does not depend on where rows run, nor on how many there are.
    try densities.require(job.output)
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

  private func estimateRowByRow(
    _ parameters: Span<Double>, rowCount: Int, into values: inout MutableSpan<Double>, _ stop: StopFlag
  ) throws(SimulatorError) {
    guard let simulator else { preconditionFailure("an estimator without lanes and without a simulator") }
    let width = circuit.parameters.count
    for row in 0..<rowCount {
      try stop.check()
      let angles = (row * width..<(row + 1) * width).map { parameters[$0] }
      let request = SimulationRequest(
        circuit: circuit, rows: [angles], observables: observables, precision: precision, isReproducible: isReproducible)
      let result: SimulationResult
      do throws(SimulatorError) { result = try simulator.run(request, stop: stop)[0] } catch {
        throw error.code == .invalidArgument ? SimulatorError(error.code, "row \(firstRow + row): \(error.message)") : error
      }
      deviceName = result.device
      for (index, expectation) in result.expectations.enumerated() { values[row * observables.count + index] = expectation.value }
    }
  }

  func check(_ parameters: Span<Double>, _ rowCount: Int, _ valueCount: Int) throws(SimulatorError) {
    try SimulatorError.check(parameters.count, columns: circuit.parameters.count, rowCount, "parameters")
    try SimulatorError.check(valueCount, columns: observables.count, rowCount, "observables")
  }
}
