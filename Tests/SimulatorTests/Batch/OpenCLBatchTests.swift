import Circuits
import OpenCLRuntime
import TestSupport
import Testing

@testable import Simulator

@Suite(
  "batches on a device give the CPU's bits", .serialized,
  .enabled(if: OpenCLTestDevices.areThere, "no OpenCL device on this machine"))
struct OpenCLBatchTests {
  /// Runs rows on every device, and expects the bits of the lanes.
  private func expectHostBits(
    _ circuit: Circuit, _ observables: [Observable], _ rows: [[Double]], precision: Precision, localMemoryByteCount: Int? = nil,
    windowByteCount: Int = Limits.openCLBatchWindowByteCount, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let program = try BatchProgram(circuit, observables: observables)
    let expected = try batchValues(program, rows, precision: precision)
    for backend in OpenCLTestDevices.backends {
      let batch = try OpenCLBatch(
        program, backend: backend, precision: precision, localMemoryByteCount: localMemoryByteCount,
        windowByteCount: windowByteCount)
      // Twice, since memory is kept.
      for _ in 0..<2 { #expect(try deviceValues(batch, rows) == expected, sourceLocation: sourceLocation) }
    }
  }

  @Test(
    "every gate, with controls, powers and expressions, on 1 to 9 qubits", arguments: BatchValuesTests.cases, Precision.allCases)
  func templates(_ template: (qubitCount: Int, seed: UInt64), _ precision: Precision) throws {
    var random = RandomTemplate(qubitCount: template.qubitCount, seed: template.seed)
    let circuit = try random.circuit(gateCount: 40)
    let observables = try (0..<4).map { _ in try random.observable() }
    try expectHostBits(circuit, observables, (0..<19).map { _ in random.row() }, precision: precision)
  }

  @Test("states in global memory, and windows of few rows", arguments: 2...7, Precision.allCases)
  func global(_ qubitCount: Int, _ precision: Precision) throws {
    var random = RandomTemplate(qubitCount: qubitCount, seed: 50 + UInt64(qubitCount))
    let circuit = try random.circuit(gateCount: 40)
    let observables = try (0..<4).map { _ in try random.observable() }
    let rows = (0..<23).map { _ in random.row() }
    try expectHostBits(circuit, observables, rows, precision: precision, localMemoryByteCount: 64)
    try expectHostBits(circuit, observables, rows, precision: precision, windowByteCount: 1 << 12)
  }

  @Test("states whose sums are kept apart for the highest coordinates", arguments: 1...2, Precision.allCases)
  func large(_ seed: UInt64, _ precision: Precision) throws {
    let (circuit, observables, rows) = try BatchSpreadTests.template(seed)
    try expectHostBits(circuit, observables, rows, precision: precision)
    try expectHostBits(circuit, observables, rows, precision: precision, localMemoryByteCount: 64)
  }

  @Test("an angle that cannot be bound is refused with the name of its row and parameter, and the next rows run")
  func angle() throws {
    var circuit = try Circuit(qubitCount: 2)
    for (qubit, name) in ["a", "b"].enumerated() { try circuit.append(.ry, .parameter(Parameter(name)), on: qubit) }
    let program = try BatchProgram(circuit, observables: [Observable("ZI")])
    let batch = try OpenCLBatch(
      program, backend: #require(OpenCLTestDevices.backends.first), precision: .double, windowByteCount: 400)
    #expect(batch.windowRowCount() < 10)
    var rows = Array(repeating: [0.25, 0.5], count: 30)
    for value in [Double.nan, .infinity, -0x1p50] {
      rows[17][1] = value
      rows[18][0] = value
      let error = #expect(throws: SimulatorError.self) { try deviceValues(batch, rows) }
      #expect(error?.code == .invalidArgument)
      #expect(error?.message.hasPrefix("row 17, parameter 1 is \(value)") == true)
    }
    #expect(try deviceValues(batch, [[0.25, 0.5]]) == batchValues(program, [[0.25, 0.5]]))
    let stop = StopFlag()
    stop.set()
    var places = [0.0]
    var values = places.mutableSpan
    #expect(throws: SimulatorError.self) { try batch.run([0.25, 0.5].span, rowCount: 1, values: &values, stop: stop) }
  }

  @Test("an estimator runs where it is told to, and says where it ran")
  func estimator() throws {
    var random = RandomTemplate(qubitCount: 4, seed: 12)
    let circuit = try random.circuit(gateCount: 30)
    let observables = [try random.observable()]
    let parameters = (0..<9).flatMap { _ in random.row() }
    func values(_ device: String) throws -> ([Double], String) {
      let estimator = try Estimator(circuit, observables: observables, device: device)
      var values = [Double](repeating: .nan, count: 9)
      var places = values.mutableSpan
      try estimator.estimate(parameters.span, rowCount: 9, into: &places)
      return (values, estimator.deviceName)
    }
    let expected = try values("cpu")
    #expect(expected.1 == "cpu")
    for backend in OpenCLTestDevices.backends {
      let (found, name) = try values(backend.device.label)
      #expect(found == expected.0)
      #expect(name == backend.device.label)
    }
    #expect(throws: SimulatorError.self) { try values("opencl:99.0") }
  }
}

/// Values of rows on a device.
func deviceValues(_ batch: OpenCLBatch, _ rows: [[Double]]) throws(SimulatorError) -> [[Double]] {
  let (parameters, width) = (rows.flatMap(\.self), batch.program.observableCount)
  var values = [Double](repeating: .nan, count: rows.count * width)
  var places = values.mutableSpan
  try batch.run(parameters.span, rowCount: rows.count, values: &places)
  return rows.indices.map { Array(values[$0 * width..<($0 + 1) * width]) }
}
