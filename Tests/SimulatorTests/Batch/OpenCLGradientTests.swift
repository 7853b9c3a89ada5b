import Circuits
import OpenCLRuntime
import TestSupport
import Testing

@testable import Simulator

@Suite(
  "gradients of batches on a device are the CPU's bits", .serialized,
  .enabled(if: OpenCLTestDevices.areThere, "no OpenCL device on this machine"))
struct OpenCLGradientTests {
  /// Differentiates rows on every device, one by one and under cotangents, and expects the bits of the lanes.
  private func expectHostBits(
    _ program: BatchProgram, _ rows: [[Double]], precision: Precision, localMemoryByteCount: Int? = nil,
    windowByteCount: Int = Limits.openCLBatchWindowByteCount, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var random = SplitMix(seed: 3)
    let cotangents = (0..<rows.count * program.observableCount).map { _ in Double.random(in: -2...2, using: &random) }
    let runner = LaneRunner(program, kernels: try CPUKernels.preferred.get(), precision: precision)
    let all = [nil, cotangents]
    let expected = try all.map { try derivatives(of: program, rows, $0) { job in try runner.run(job, threadCount: 1) } }
    for backend in OpenCLTestDevices.backends {
      let batch = try OpenCLBatch(
        program, backend: backend, precision: precision, localMemoryByteCount: localMemoryByteCount,
        windowByteCount: windowByteCount)
      // Twice, since memory is kept, and each way of differentiating has its own.
      for _ in 0..<2 {
        for (cotangents, expected) in zip(all, expected) {
          let found = try derivatives(of: program, rows, cotangents) { job in try batch.run(job) }
          #expect(found.values == expected.values, sourceLocation: sourceLocation)
          #expect(found.gradients == expected.gradients, sourceLocation: sourceLocation)
        }
      }
    }
  }

  private static func program(_ template: inout RandomTemplate, gateCount: Int = 40) throws -> BatchProgram {
    let circuit = try template.circuit(gateCount: gateCount)
    return try BatchProgram(circuit, observables: (0..<4).map { _ in try template.observable() }, isDifferentiable: true)
  }

  @Test(
    "every gate, with controls, powers and expressions, on 1 to 9 qubits", arguments: BatchValuesTests.cases, Precision.allCases)
  func templates(_ template: (qubitCount: Int, seed: UInt64), _ precision: Precision) throws {
    var random = RandomTemplate(qubitCount: template.qubitCount, seed: template.seed)
    let program = try Self.program(&random)
    try expectHostBits(program, (0..<11).map { _ in random.row() }, precision: precision)
  }

  @Test("states in global memory, and windows of few rows and few observables", arguments: 2...7, Precision.allCases)
  func global(_ qubitCount: Int, _ precision: Precision) throws {
    var random = RandomTemplate(qubitCount: qubitCount, seed: 70 + UInt64(qubitCount))
    let program = try Self.program(&random)
    let rows = (0..<13).map { _ in random.row() }
    try expectHostBits(program, rows, precision: precision, localMemoryByteCount: 64)
    try expectHostBits(program, rows, precision: precision, windowByteCount: 1 << 13)
    try expectHostBits(program, [rows[0], rows[1]], precision: precision, windowByteCount: 1)
  }

  @Test("real states and tables, which lie in local memory that is almost too small", arguments: Precision.allCases)
  func kinds(_ precision: Precision) throws {
    for isReal in [true, false] {
      let (circuit, observables, rows) = try OpenCLBatchKernelTests.template(isReal: isReal)
      let program = try BatchProgram(circuit, observables: observables, isDifferentiable: true)
      #expect(program.parts.allSatisfy { $0.isReal == isReal })
      #expect(isReal || program.parts.contains { !$0.plan.tables.isEmpty })
      try expectHostBits(program, rows, precision: precision)
      // Two states of 2⁷, the products of a table's entries, and those of half as many groups of elements as there are work-items.
      let words = OpenCLBatchWords(try #require(program.parts.first), isDifferentiable: true)
      let real = precision.amplitudeByteCount / 2
      let products = real * words.sliceOperationCount << (isReal ? 3 : 4)
      let local = (((isReal ? 2 : 4) * real << 7) + 8 * words.entryCount + products) * 16 / 15 + 1
      let batch = try OpenCLBatch(
        program, backend: #require(OpenCLTestDevices.backends.first), precision: precision, localMemoryByteCount: local)
      #expect(batch.pullParts.allSatisfy { $0.shape.isLocal && $0.shape.windowBits < $0.shape.itemBits })
      try expectHostBits(program, rows, precision: precision, localMemoryByteCount: local)
    }
  }

  @Test("more rotations of a few qubits than one slice has, with factors between them", arguments: Precision.allCases)
  func long(_ precision: Precision) throws {
    var circuit = try Circuit(qubitCount: 3)
    for gate in 0..<100 {
      try circuit.append(gate % 2 == 0 ? .ry : .rx, .parameter(Parameter("a")), on: gate % 3)
      if gate % 5 == 0 { try circuit.append(.cx, on: gate % 3, (gate + 1) % 3) }
    }
    let program = try BatchProgram(circuit, observables: [Observable("ZZZ"), Observable("IXY")], isDifferentiable: true)
    #expect(program.parts.contains { $0.scaleCount > 1 })
    try expectHostBits(program, [[1.57], [0.3], [-2]], precision: precision)
  }

  @Test("states whose sums are kept apart for the highest coordinates", arguments: 1...2, Precision.allCases)
  func large(_ seed: UInt64, _ precision: Precision) throws {
    let (circuit, observables, rows) = try BatchSpreadTests.template(seed)
    let program = try BatchProgram(circuit, observables: observables, isDifferentiable: true)
    #expect(program.parts.contains { $0.isSpread })
    try expectHostBits(program, rows, precision: precision)
    try expectHostBits(program, rows, precision: precision, localMemoryByteCount: 64)
  }

  @Test("tables of a large state, of parities that its highest coordinates decide too", arguments: Precision.allCases)
  func largeTables(_ precision: Precision) throws {
    let qubitCount = Limits.leastSpreadQubitCount
    var circuit = try Circuit(qubitCount: qubitCount)
    let parameters = ["a", "b"].map { ClassicalExpression.parameter(Parameter($0)) }
    for qubit in 0..<qubitCount { try circuit.append(.rx, parameters[qubit % 2], on: qubit) }
    for qubit in 0..<qubitCount {
      try circuit.append(.rzz, parameters[0], on: qubit, (qubit + 1) % qubitCount)
      try circuit.append(.rz, parameters[1], on: qubit)
    }
    for qubit in 0..<qubitCount { try circuit.append(.ry, parameters[qubit % 2], on: qubit) }
    let all = String(repeating: "Z", count: qubitCount)
    let program = try BatchProgram(
      circuit, observables: [Observable(all), Observable("X" + all.dropFirst())], isDifferentiable: true)
    #expect(program.parts.contains { $0.isSpread && $0.plan.tables.count > 1 })
    try expectHostBits(program, [[0.3, -0.7]], precision: precision)
  }

  @Test("an angle that cannot be bound is refused with the name of its row and parameter, and the next rows run")
  func angle() throws {
    var circuit = try Circuit(qubitCount: 2)
    for (qubit, name) in ["a", "b"].enumerated() { try circuit.append(.ry, .parameter(Parameter(name)), on: qubit) }
    let program = try BatchProgram(circuit, observables: [Observable("ZI")], isDifferentiable: true)
    let batch = try OpenCLBatch(
      program, backend: #require(OpenCLTestDevices.backends.first), precision: .double, windowByteCount: 3_000)
    #expect((2..<17).contains(batch.windowRowCount(slotCount: 1)))
    var rows = Array(repeating: [0.25, 0.5], count: 30)
    let expected = try derivatives(of: program, rows, nil) { job in try batch.run(job) }
    for value in [Double.nan, .infinity, -0x1p50] {
      rows[17][1] = value
      rows[18][0] = value
      let error = #expect(throws: SimulatorError.self) { try derivatives(of: program, rows, nil) { job in try batch.run(job) } }
      #expect(error?.code == .invalidArgument)
      #expect(error?.message.hasPrefix("row 17, parameter 1 is \(value)") == true)
    }
    rows = Array(repeating: [0.25, 0.5], count: 30)
    #expect(try derivatives(of: program, rows, nil) { job in try batch.run(job) } == expected)
    let stop = StopFlag()
    stop.set()
    let error = #expect(throws: SimulatorError.self) {
      try derivatives(of: program, rows, nil) { job in try batch.run(job, stop: stop) }
    }
    #expect(error?.code == .cancelled)
  }

  @Test("a launch has as many observables of a row, and as many rows, as there is room for")
  func windows() throws {
    let (circuit, observables, rows) = try OpenCLBatchKernelTests.template(isReal: true)
    let program = try BatchProgram(circuit, observables: observables, isDifferentiable: true)
    let backend = try #require(OpenCLTestDevices.backends.first)
    var found = [[Int]]()
    _ = try derivatives(of: program, rows, nil) { job in
      for byteCount in [Limits.openCLBatchWindowByteCount, 30_000, 2_500, 1] {
        let batch = try OpenCLBatch(program, backend: backend, precision: .single, windowByteCount: byteCount)
        let slotCount = batch.slotCount(job)
        let row =
          OpenCLBatchMemory.Columns(program, .single).byteCount + OpenCLPullMemory.Columns(program).byteCount(slotCount: slotCount)
        #expect(slotCount == 1 || row <= byteCount)
        #expect(batch.windowRowCount(slotCount: slotCount) == max(1, byteCount / row))
        found.append([slotCount, batch.windowRowCount(slotCount: slotCount)])
      }
    }
    let counts = found.map { $0[0] }
    #expect(counts[0] == observables.count && counts == counts.sorted(by: >) && (2..<counts[0]).contains(counts[2]))
    #expect(found[3] == [1, 1] && found[0][1] > 10_000)
  }

  @Test("an estimator differentiates where it is told to, and says where it did")
  func estimator() throws {
    var random = RandomTemplate(qubitCount: 4, seed: 12)
    let circuit = try random.circuit(gateCount: 30)
    let observables = try (0..<2).map { _ in try random.observable() }
    let parameters = (0..<5).flatMap { _ in random.row() }
    func run(_ device: String) throws -> [[Double]] {
      let estimator = try Estimator(circuit, observables: observables, device: device)
      var values = [Double](repeating: .nan, count: 10)
      var (jacobian, pulled) = ([Double](repeating: .nan, count: 40), [Double](repeating: .nan, count: 20))
      let cotangents = (0..<10).map(Double.init)
      var places = values.mutableSpan
      var slopes = jacobian.mutableSpan
      var sums = pulled.mutableSpan
      try estimator.differentiate(parameters.span, rowCount: 5, values: &places, gradients: &slopes)
      #expect(estimator.deviceName == device)
      try estimator.pullBack(parameters.span, cotangents: cotangents.span, rowCount: 5, values: &places, gradients: &sums)
      #expect(estimator.deviceName == device)
      return [values, jacobian, pulled]
    }
    let expected = try run("cpu")
    for backend in OpenCLTestDevices.backends { #expect(try run(backend.device.label) == expected) }
  }
}
