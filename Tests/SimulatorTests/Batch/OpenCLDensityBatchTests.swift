import Circuits
import OpenCLRuntime
import TestSupport
import Testing

@testable import Simulator

@Suite(
  "batches of density matrices on a device give the CPU's bits", .serialized,
  .enabled(if: OpenCLTestDevices.areThere, "no OpenCL device on this machine"))
struct OpenCLDensityBatchTests {
  /// Runs rows on every device, for values, for the derivatives of each and for those under cotangents, and expects the bits of the lanes.
  private func expectHostBits(
    _ template: NoisyTemplate, precision: Precision, localMemoryByteCount: Int? = nil,
    windowByteCount: Int = Limits.openCLBatchWindowByteCount, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let program = try DensityLaneProgram(template.circuit, observables: template.observables)
    var random = SplitMix(seed: 3)
    let cotangents = (0..<template.rows.count * program.observableCount).map { _ in Double.random(in: -2...2, using: &random) }
    let runner = DensityLaneRunner(program, kernels: try CPUKernels.preferred.get(), precision: precision)
    let all = [nil, cotangents]
    let expected = try all.map {
      try derivatives(of: program, template.rows, $0) { job in try runner.run(job, threadCount: 1, stop: StopFlag()) }
    }
    for backend in OpenCLTestDevices.backends {
      let batch = try OpenCLDensityBatch(
        program, backend: backend, precision: precision, localMemoryByteCount: localMemoryByteCount,
        windowByteCount: windowByteCount)
      // Twice, since memory is kept, and each way of differentiating has its own.
      for _ in 0..<2 {
        for (cotangents, expected) in zip(all, expected) {
          let found = try derivatives(of: program, template.rows, cotangents) { job in try batch.run(job) }
          #expect(found.values == expected.values, sourceLocation: sourceLocation)
          #expect(found.gradients == expected.gradients, sourceLocation: sourceLocation)
        }
        #expect(try densityValues(batch, template.rows) == expected[0].values, sourceLocation: sourceLocation)
      }
    }
  }

  @Test("noise of every kind between gates of every kind, on 1 to 6 qubits", arguments: DensityLaneTests.cases, Precision.allCases)
  func templates(_ template: (qubitCount: Int, seed: UInt64), _ precision: Precision) throws {
    let template = try NoisyTemplate(template.qubitCount, seed: template.seed, rowCount: 11)
    #expect(template.observables.count == 3)
    try expectHostBits(template, precision: precision)
  }

  @Test("matrices in global memory, and windows of few rows and few observables", arguments: 1...6, Precision.allCases)
  func global(_ qubitCount: Int, _ precision: Precision) throws {
    let template = try NoisyTemplate(qubitCount, seed: 50 + UInt64(qubitCount), rowCount: 13)
    try expectHostBits(template, precision: precision, localMemoryByteCount: 16)
    try expectHostBits(template, precision: precision, windowByteCount: 1 << (10 + 2 * qubitCount))
    try expectHostBits(template, precision: precision, windowByteCount: 1)
  }

  @Test("values and derivatives agree with matrices one by one and with shifted angles", arguments: 1...6, Precision.allCases)
  func reference(_ qubitCount: Int, _ precision: Precision) throws {
    let seed = 70 + UInt64(qubitCount)
    let template = try NoisyTemplate(qubitCount, seed: seed)
    let program = try DensityLaneProgram(template.circuit, observables: template.observables)
    let values = try matrixValues(template)
    let slopes = try shiftedSlopes(template)
    let (valueTolerance, slopeTolerance) = precision == .double ? (1e-12, 1e-10) : (1e-5, 2e-5)
    for backend in OpenCLTestDevices.backends {
      let batch = try OpenCLDensityBatch(program, backend: backend, precision: precision)
      let found = try derivatives(of: program, template.rows, nil) { job in try batch.run(job) }
      let errors = zip(found.values, values).map { abs($0 - $1) }
      #expect(errors.count == values.count && errors.allSatisfy { $0 < valueTolerance }, "seed \(seed)")
      let slopeErrors = zip(found.gradients, slopes).map { abs($0 - $1) / (1 + abs($1)) }
      #expect(slopeErrors.count == slopes.count && slopeErrors.allSatisfy { $0 < slopeTolerance }, "seed \(seed)")
    }
  }

  @Test("an angle that cannot be bound is refused with the name of its row and parameter, and the next rows run")
  func angle() throws {
    let template = try NoisyTemplate(2, seed: 3, rowCount: 30)
    let program = try DensityLaneProgram(template.circuit, observables: template.observables)
    let batch = try OpenCLDensityBatch(
      program, backend: #require(OpenCLTestDevices.backends.first), precision: .double, windowByteCount: 3_000)
    #expect((2..<10).contains(batch.windowRowCount()))
    let expected = try derivatives(of: program, template.rows, nil) { job in try batch.run(job) }
    var rows = template.rows
    for value in [Double.nan, .infinity, -0x1p60] {
      (rows[17][1], rows[18][0]) = (value, value)
      for isDifferentiated in [false, true] {
        let error = #expect(throws: SimulatorError.self) {
          if isDifferentiated { _ = try derivatives(of: program, rows, nil) { job in try batch.run(job) } }
          _ = try densityValues(batch, rows)
        }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.hasPrefix("row 17, parameter 1 is \(value)") == true, "\(error?.message ?? "")")
      }
    }
    #expect(try derivatives(of: program, template.rows, nil) { job in try batch.run(job) } == expected)
  }

  @Test("a batch that is asked to stop does not run")
  func cancellation() throws {
    let template = try NoisyTemplate(3, seed: 4)
    let program = try DensityLaneProgram(template.circuit, observables: template.observables)
    let batch = try OpenCLDensityBatch(program, backend: #require(OpenCLTestDevices.backends.first), precision: .single)
    let stop = StopFlag()
    stop.set()
    for cotangents in [nil, [Double](repeating: 1, count: 9)] {
      let error = #expect(throws: SimulatorError.self) {
        try derivatives(of: program, template.rows, cotangents) { job in try batch.run(job, stop: stop) }
      }
      #expect(error?.code == .cancelled)
    }
  }

  @Test("a launch has as many observables of a row, and as many rows, as there is room for")
  func windows() throws {
    let template = try NoisyTemplate(3, seed: 7)
    let program = try DensityLaneProgram(template.circuit, observables: template.observables)
    let backend = try #require(OpenCLTestDevices.backends.first)
    let batch = try OpenCLDensityBatch(program, backend: backend, precision: .single)
    let one = batch.rowColumns.byteCount(slotCount: 1)
    var found = [[Int]]()
    _ = try derivatives(of: program, template.rows, nil) { job in
      for byteCount in [Limits.openCLBatchWindowByteCount, batch.rowColumns.byteCount(slotCount: 2), one, 1] {
        let batch = try OpenCLDensityBatch(program, backend: backend, precision: .single, windowByteCount: byteCount)
        let slotCount = batch.slotCount(job)
        found.append([slotCount, batch.windowRowCount(slotCount: slotCount)])
      }
    }
    #expect(found.map { $0[0] } == [3, 2, 1, 1] && found.dropFirst().allSatisfy { $0[1] == 1 } && found[0][1] > 1_000)
  }

  @Test("an estimator runs rows with noise where it is told to, and says where it did")
  func estimator() throws {
    let template = try NoisyTemplate(3, seed: 8)
    func run(_ device: String) throws -> [[Double]] {
      let estimator = try Estimator(template.circuit, observables: template.observables, precision: .double, device: device)
      #expect(estimator.method == .densityLanes)
      let parameters = template.rows.flatMap(\.self)
      var values = [Double](repeating: .nan, count: 9)
      var gradients = [Double](repeating: .nan, count: 9 * template.circuit.parameters.count)
      var places = values.mutableSpan
      var slopes = gradients.mutableSpan
      try estimator.estimate(parameters.span, rowCount: 3, into: &places)
      #expect(estimator.deviceName == device)
      try estimator.differentiate(parameters.span, rowCount: 3, values: &places, gradients: &slopes, method: .parameterShift)
      #expect(estimator.deviceName == "cpu")
      try estimator.differentiate(parameters.span, rowCount: 3, values: &places, gradients: &slopes)
      #expect(estimator.deviceName == device)
      return [values, gradients]
    }
    let expected = try run("cpu")
    for backend in OpenCLTestDevices.backends { #expect(try run(backend.device.label) == expected) }
  }

  @Test(
    "rows of a request with noise run together on an OpenCL device, to the CPU's bits, with their derivatives",
    arguments: [false, true])
  func request(differentiates: Bool) throws {
    let template = try NoisyTemplate(4, seed: 9)
    var request = SimulationRequest(
      circuit: template.circuit, rows: template.rows, observables: template.observables, precision: .double)
    if differentiates { request.differentiation = .adjoint }
    let expected = try CircuitSimulator(device: "cpu").run(request)
    let found = try CircuitSimulator(device: "opencl").run(request)
    for (row, result) in found.enumerated() {
      #expect(result.method == "density-matrix-lanes" && result.device.hasPrefix("opencl:"))
      #expect(result.expectations == expected[row].expectations)
    }
    #expect(found.count == expected.count)
  }

  @Test("a simulator that keeps a template goes when nobody holds it", arguments: ["cpu", "opencl"])
  func released(device: String) throws {
    let template = try NoisyTemplate(4, seed: 9)
    let request = SimulationRequest(
      circuit: template.circuit, rows: template.rows, observables: template.observables, precision: .double)
    weak var kept: CircuitSimulator?
    do {
      let simulator = try CircuitSimulator(device: device)
      _ = try simulator.run(request)
      kept = simulator
    }
    #expect(kept == nil)
  }

  @Test("shots of rows with noise are the CPU's, in windows too, read with the same errors", arguments: Precision.allCases)
  func shots(_ precision: Precision) throws {
    let template = try NoisyTemplate(3, seed: 10, rowCount: 20)
    var circuit = try Circuit(qubitCount: 3, classicalBitCount: 3)
    for parameter in template.circuit.parameters { circuit.declare(parameter) }
    for instruction in template.circuit.instructions { try circuit.append(instruction) }
    for qubit in 1..<3 { try circuit.measure(qubit, into: 2 - qubit) }
    try circuit.misread(try ReadoutError(zeroAsOne: 0.1, oneAsZero: 0.2), on: [1])
    let request = SimulationRequest(
      circuit: circuit, rows: template.rows, shots: 500, seed: 4, circuitIndex: 3, firstRow: 5, precision: precision)
    let expected = try CircuitSimulator(device: "cpu").run(request)
    let found = try CircuitSimulator(device: "opencl").run(request)
    #expect(found.map(\.counts) == expected.map(\.counts) && expected.allSatisfy { $0.method == "density-matrix-lanes" })
    #expect(found.allSatisfy { $0.method == "density-matrix-lanes" && $0.device.hasPrefix("opencl:") })
    let program = try DensityLaneProgram(circuit, observables: [])
    let runner = DensityLaneRunner(program, kernels: try CPUKernels.preferred.get(), precision: precision)
    let batch = try OpenCLDensityBatch(
      program, backend: #require(OpenCLTestDevices.backends.first), precision: precision, windowByteCount: 3_000)
    #expect((2..<10).contains(batch.windowRowCount()))
    let drawn = LaneShots(count: 100, seed: 5, circuitIndex: 1, firstRow: 2)
    let host = try counts(program, template.rows, drawn) { job in try runner.run(job, threadCount: 1, stop: StopFlag()) }
    #expect(try counts(program, template.rows, drawn) { job in try batch.run(job) } == host)
    #expect(host.reduce(0, +) == 2_000)
  }
}

/// Shots of rows.
private func counts(
  _ program: DensityLaneProgram, _ rows: [[Double]], _ shots: LaneShots, run: (LaneJob) throws -> Void
) throws -> [UInt32] {
  let parameters = rows.flatMap(\.self)
  var counts = [UInt32](repeating: .max, count: rows.count << (program.outcomes?.bitCount ?? 0))
  try unsafe parameters.withUnsafeBufferPointer { parameters in
    try unsafe counts.withUnsafeMutableBufferPointer { counts in
      let job = unsafe LaneJob(
        rowCount: rows.count, parameters: parameters, values: UnsafeMutableBufferPointer(start: nil, count: 0),
        output: .counts(shots, counts))
      try run(job)
    }
  }
  return counts
}

/// Values of rows on a device.
private func densityValues(_ batch: OpenCLDensityBatch, _ rows: [[Double]]) throws(SimulatorError) -> [Double] {
  let parameters = rows.flatMap(\.self)
  var values = [Double](repeating: .nan, count: rows.count * batch.program.observableCount)
  try unsafe parameters.withUnsafeBufferPointer { (parameters) throws(SimulatorError) in
    try unsafe values.withUnsafeMutableBufferPointer { (values) throws(SimulatorError) in
      try unsafe batch.run(LaneJob(rowCount: rows.count, parameters: parameters, values: values))
    }
  }
  return values
}

/// Values of density matrices that are run row by row.
private func matrixValues(_ template: NoisyTemplate) throws(SimulatorError) -> [Double] {
  var request = SimulationRequest(
    circuit: template.circuit, rows: template.rows, observables: template.observables, precision: .double)
  request.method = .densityMatrix
  let executor = DensityExecutor<DensityMemory> { (qubitCount, precision) throws(SimulatorError) in
    try DensityMemory(qubitCount: qubitCount, precision: precision)
  }
  return try executor.run(request, stop: StopFlag()).flatMap { $0.expectations.map(\.value) }
}

/// Derivatives by shifted angles, which go through no step backwards.
private func shiftedSlopes(_ template: NoisyTemplate) throws -> [Double] {
  let estimator = try template.estimator()
  let parameters = template.rows.flatMap(\.self)
  var values = [Double](repeating: .nan, count: template.rows.count * template.observables.count)
  var gradients = [Double](repeating: .nan, count: values.count * template.circuit.parameters.count)
  var places = values.mutableSpan
  var slopes = gradients.mutableSpan
  try estimator.differentiate(
    parameters.span, rowCount: template.rows.count, values: &places, gradients: &slopes, method: .parameterShift)
  return gradients
}
