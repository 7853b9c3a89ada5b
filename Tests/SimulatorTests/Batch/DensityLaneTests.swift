import Circuits
import TestSupport
import Testing

@testable import Simulator

private func values(_ estimator: Estimator, _ rows: [[Double]]) throws -> [Double] {
  let parameters = rows.flatMap(\.self)
  var values = [Double](repeating: .nan, count: rows.count * estimator.observables.count)
  var places = values.mutableSpan
  try estimator.estimate(parameters.span, rowCount: rows.count, into: &places)
  return values
}

/// Results of density matrices that are run row by row.
private func oneByOne(_ request: SimulationRequest) throws(SimulatorError) -> [SimulationResult] {
  let executor = DensityExecutor<DensityMemory> { (qubitCount, precision) throws(SimulatorError) in
    try DensityMemory(qubitCount: qubitCount, precision: precision)
  }
  return try executor.run(request, stop: StopFlag())
}

private func gradients(
  _ estimator: Estimator, _ rows: [[Double]], _ method: DifferentiationMethod
) throws(SimulatorError) -> [Double] {
  let parameters = rows.flatMap(\.self)
  var values = [Double](repeating: .nan, count: rows.count * estimator.observables.count)
  var gradients = [Double](repeating: .nan, count: values.count * estimator.circuit.parameters.count)
  var places = values.mutableSpan
  var slopes = gradients.mutableSpan
  try estimator.differentiate(parameters.span, rowCount: rows.count, values: &places, gradients: &slopes, method: method)
  return gradients
}

@Suite("noisy templates as density matrices in lanes")
struct DensityLaneTests {
  static let cases = (1...6).flatMap { n in (0..<4).map { (n, UInt64(100 * n + $0)) } }

  @Test("values agree with density matrices one by one: 1e-12 in double, 1e-5 in single", arguments: cases)
  func values(_ qubitCount: Int, _ seed: UInt64) throws {
    let template = try NoisyTemplate(qubitCount, seed: seed)
    var request = SimulationRequest(
      circuit: template.circuit, rows: template.rows, observables: template.observables, precision: .double)
    request.method = .densityMatrix
    let expected = try oneByOne(request).flatMap { $0.expectations.map(\.value) }
    for precision in Precision.allCases {
      let estimator = try template.estimator(precision)
      #expect(estimator.method == .densityLanes, "seed \(seed)")
      let found = try SimulatorTests.values(estimator, template.rows)
      let error = zip(found, expected).map { abs($0 - $1) }.max() ?? 1
      #expect(error < (precision == .double ? 1e-12 : 1e-5), "seed \(seed), \(precision): \(error)")
    }
  }

  @Test("derivatives by the adjoint method, shifts and differences agree to 1e-9 in double", arguments: cases)
  func derivatives(_ qubitCount: Int, _ seed: UInt64) throws {
    let template = try NoisyTemplate(qubitCount, seed: seed)
    let estimator = try template.estimator()
    let adjoint = try gradients(estimator, template.rows, .adjoint)
    #expect(adjoint.contains { abs($0) > 1e-3 } || qubitCount == 1, "no derivative at all, seed \(seed)")
    for method in [DifferentiationMethod.parameterShift, .finiteDifferences(step: 0.003)] {
      let other = try gradients(estimator, template.rows, method)
      let error = zip(adjoint, other).map { abs($0 - $1) / (1 + abs($0)) }.max() ?? 1
      #expect(error < 1e-9, "seed \(seed), \(method): \(error)")
    }
    let single = try gradients(template.estimator(.single), template.rows, .adjoint)
    #expect(zip(adjoint, single).allSatisfy { abs($0 - $1) < 2e-5 * (1 + abs($0)) }, "seed \(seed)")
  }

  @Test("a pull-back is the sum of the derivatives under its cotangents", arguments: 1...4 as ClosedRange<UInt64>)
  func pullBack(_ seed: UInt64) throws {
    let template = try NoisyTemplate(4, seed: seed, rowCount: 19)
    let estimator = try template.estimator()
    let whole = try gradients(estimator, template.rows, .adjoint)
    var random = SplitMix(seed: seed)
    let width = template.circuit.parameters.count
    let cotangents = (0..<template.rows.count * 3).map { _ in Double.random(in: -2...2, using: &random) }
    let parameters = template.rows.flatMap(\.self)
    var values = cotangents
    var found = [Double](repeating: .nan, count: template.rows.count * width)
    var places = values.mutableSpan
    var slopes = found.mutableSpan
    try estimator.pullBack(
      parameters.span, cotangents: cotangents.span, rowCount: template.rows.count, values: &places,
      gradients: &slopes)
    for (index, slope) in found.enumerated() {
      let (row, parameter) = index.quotientAndRemainder(dividingBy: width)
      let expected = (0..<3).reduce(0.0) { $0 + cotangents[row * 3 + $1] * whole[(row * 3 + $1) * width + parameter] }
      #expect(abs(slope - expected) < 1e-11 * (1 + abs(expected)), "seed \(seed)")
    }
  }

  @Test(
    "a row has the same bits alone, among others, on several threads and on every instruction set", arguments: Precision.allCases)
  func bits(_ precision: Precision) throws {
    let template = try NoisyTemplate(5, seed: 9, rowCount: 300)
    let estimator = try template.estimator(precision)
    let whole = try SimulatorTests.values(estimator, template.rows)
    let slopes = try gradients(estimator, Array(template.rows.prefix(40)), .adjoint)
    for row in [0, 1, 17, 299] {
      #expect(try SimulatorTests.values(estimator, [template.rows[row]])[...] == whole[3 * row..<3 * row + 3], "row \(row)")
    }
    let program = try DensityLaneProgram(template.circuit, observables: template.observables)
    for kernels in CPUKernels.available {
      let runner = DensityLaneRunner(program, kernels: kernels, precision: precision)
      for threadCount in [1, 2] {
        let (found, derivatives) = try Self.jacobian(runner, Array(template.rows.prefix(40)), threadCount)
        #expect(found[...] == whole.prefix(found.count) && derivatives == slopes, "\(kernels.name), \(threadCount) threads")
      }
    }
  }

  private static func jacobian(
    _ runner: DensityLaneRunner, _ rows: [[Double]], _ threadCount: Int
  ) throws -> (values: [Double], gradients: [Double]) {
    let parameters = rows.flatMap(\.self)
    var values = [Double](repeating: .nan, count: rows.count * runner.program.observableCount)
    var gradients = [Double](repeating: .nan, count: values.count * runner.program.parameterCount)
    try unsafe parameters.withUnsafeBufferPointer { parameters in
      try unsafe values.withUnsafeMutableBufferPointer { values in
        try unsafe gradients.withUnsafeMutableBufferPointer { gradients in
          let job = unsafe LaneJob(rowCount: rows.count, parameters: parameters, values: values, output: .jacobian(gradients))
          try runner.run(job, threadCount: threadCount, stop: StopFlag())
        }
      }
    }
    return (values, gradients)
  }

  @Test("shots are those that density matrices one by one draw, read with the same errors", arguments: 1...8 as ClosedRange<UInt64>)
  func shots(_ seed: UInt64) throws {
    let qubitCount = 2 + Int(seed % 3)
    var circuit = try Circuit(qubitCount: qubitCount, classicalBitCount: qubitCount + 1)
    let template = try NoisyTemplate(qubitCount, seed: seed, rowCount: 20, hasReset: seed % 2 == 0)
    for parameter in template.circuit.parameters { circuit.declare(parameter) }
    for instruction in template.circuit.instructions { try circuit.append(instruction) }
    // Bits in another order, one that is never set, and qubits of which one is not measured.
    if seed % 4 != 0 { for qubit in 1..<qubitCount { try circuit.measure(qubit, into: qubitCount - qubit) } }
    try circuit.misread(try ReadoutError(zeroAsOne: 0.1, oneAsZero: 0.2), on: [1])
    var request = SimulationRequest(
      circuit: circuit, rows: template.rows, shots: 500, seed: seed, circuitIndex: 3, firstRow: 5, precision: .double)
    request.method = .densityMatrix
    let expected = try oneByOne(request).map(\.counts)
    let results = try CircuitSimulator(device: "cpu").run(request)
    #expect(results.allSatisfy { $0.method == "density-matrix-lanes" })
    #expect(results.map(\.counts) == expected, "seed \(seed)")
  }

  @Test("what lanes do not take runs row by row: more qubits, feedback, and where a state vector is asked for")
  func rows() throws {
    let wide = try NoisyTemplate(7, seed: 1, gateCount: 3)
    #expect(try wide.estimator().method == .rows)
    var dynamic = try Circuit(qubitCount: 1, classicalBitCount: 1)
    try dynamic.append(.rx, .parameter(Parameter("a")), on: 0)
    try dynamic.append(try .bitFlip(0.1), on: 0)
    try dynamic.measure(0, into: 0)
    try dynamic.append(.ifElse(.bit(0), then: [.reset(qubit: 0)], otherwise: []))
    #expect(try Estimator(dynamic, observables: [Observable("Z")], device: "cpu").method == .rows)
    let small = try NoisyTemplate(2, seed: 1, gateCount: 3)
    var request = SimulationRequest(circuit: small.circuit, rows: small.rows, observables: small.observables)
    request.method = .statevector
    #expect(try CircuitSimulator(device: "cpu").run(request)[0].method == "statevector")
  }

  @Test("derivatives that would keep too many states are refused, and those by shifts are not")
  func refused() throws {
    var circuit = try Circuit(qubitCount: 6)
    try circuit.append(.rx, .parameter(Parameter("a")), on: 0)
    for index in 0..<1_200 {
      try circuit.append(try .amplitudeDamping(0.001), on: index % 6)
      try circuit.append(.h, on: index % 6)
    }
    let estimator = try Estimator(circuit, observables: [Observable("IIIIIZ")], precision: .double, device: "cpu")
    let error = #expect(throws: SimulatorError.self) { try gradients(estimator, [[0.3]], .adjoint) }
    #expect(error?.code == .unsupported && error?.message.contains("parameter-shift") == true)
    #expect(try gradients(estimator, [[0.3]], .parameterShift).count == 1)
  }

  @Test("an angle that is not a number is told with its row")
  func notFinite() throws {
    let template = try NoisyTemplate(2, seed: 3)
    let estimator = try template.estimator()
    var rows = template.rows
    rows[1][0] = .infinity
    let error = #expect(throws: SimulatorError.self) { try SimulatorTests.values(estimator, rows) }
    #expect(error?.code == .invalidArgument && error?.message.contains("row 1") == true)
  }
}
