import Circuits
import TestSupport
import Testing

@testable import Simulator

/// Values of rows by a batch's program, on chosen kernels and threads.
func batchValues(
  _ program: BatchProgram, _ rows: [[Double]], precision: Precision = .double, kernels: CPUKernels = .available[0],
  threadCount: Int = 1
) throws(SimulatorError) -> [[Double]] {
  let runner = LaneRunner(program, kernels: kernels, precision: precision)
  let parameters = rows.flatMap(\.self)
  var values = Array(repeating: Double.nan, count: rows.count * program.observableCount)
  var places = values.mutableSpan
  try runner.run(parameters.span, rowCount: rows.count, threadCount: threadCount, values: &places)
  return rows.indices.map { Array(values[$0 * program.observableCount..<($0 + 1) * program.observableCount]) }
}

@Suite("values of a batch")
struct BatchValuesTests {
  static let cases: [(Int, UInt64)] = (1...6).flatMap { n in (0..<8).map { (n, UInt64(100 * n + $0)) } } + [(8, 7), (9, 8)]

  @Test(
    "every gate, with controls, powers and expressions, against the definition: 1e-11 in double, 2e-5 in single", arguments: cases)
  func definition(_ qubitCount: Int, _ seed: UInt64) throws {
    var template = RandomTemplate(qubitCount: qubitCount, seed: seed)
    let circuit = try template.circuit(gateCount: 25)
    let observables = try (0..<3).map { _ in try template.observable() }
    let rows = (0..<5).map { _ in template.row() }
    let program = try BatchProgram(circuit, observables: observables)
    let expected = try rows.map { row in
      let branches = try ReferenceInterpreter.run(circuit, parameters: row)
      return observables.map { observable in
        observable.terms.reduce(0) { $0 + $1.coefficient * ReferenceInterpreter.expectation($1.pauli, branches) }
      }
    }
    for (precision, tolerance) in [(Precision.double, 1e-11), (.single, 2e-5)] {
      let found = try batchValues(program, rows, precision: precision)
      let error = zip(found.joined(), expected.joined()).map { abs($0 - $1) }.max() ?? 0
      #expect(error < tolerance, "seed \(seed), \(precision): \(error)")
    }
  }
}

@Suite("rows of a batch do not depend on each other")
struct BatchSplitTests {
  /// A template whose rows fill lanes, leave some empty, and have parts of real and of complex states.
  static func template(_ seed: UInt64) throws -> (BatchProgram, [[Double]]) {
    var template = RandomTemplate(qubitCount: 5, seed: seed)
    let circuit = try template.circuit(gateCount: 40)
    let observables = try (0..<4).map { _ in try template.observable() }
    return (try BatchProgram(circuit, observables: observables), (0..<37).map { _ in template.row() })
  }

  @Test("the same bits row by row, in any order, on several threads, and on every instruction set", arguments: 1...6)
  func split(_ seed: UInt64) throws {
    let (program, rows) = try Self.template(seed)
    for precision in Precision.allCases {
      let whole = try batchValues(program, rows, precision: precision)
      #expect(try rows.map { try batchValues(program, [$0], precision: precision)[0] } == whole)
      #expect(try batchValues(program, rows.reversed(), precision: precision) == whole.reversed())
      #expect(try batchValues(program, rows + rows + rows, precision: precision, threadCount: 3) == whole + whole + whole)
      for kernels in CPUKernels.available {
        #expect(try batchValues(program, rows, precision: precision, kernels: kernels) == whole, "\(kernels.name)")
      }
    }
  }
}

@Suite("large states of a batch, spread over the lanes")
struct BatchSpreadTests {
  /// A template on more qubits than a group of lanes takes, and rows.
  static func template(_ seed: UInt64) throws -> (Circuit, [Observable], [[Double]]) {
    let qubitCount = Limits.leastSpreadQubitCount
    var template = RandomTemplate(qubitCount: qubitCount, seed: seed)
    // Every qubit is mixed first, so that none is left out.
    var circuit = try template.circuit(gateCount: 0)
    for qubit in 0..<qubitCount {
      try circuit.append(seed % 2 == 0 ? .rx : .ry, .parameter(template.parameters[qubit % 4]), on: qubit)
    }
    for instruction in try template.circuit(gateCount: 40).instructions { try circuit.append(instruction) }
    for qubit in 0..<qubitCount { try circuit.append(.cx, on: qubit, (qubit + 1) % qubitCount) }
    for qubit in 0..<qubitCount { try circuit.append(.ry, .parameter(template.parameters[qubit % 4]), on: qubit) }
    return (circuit, try (0..<3).map { _ in try template.observable() }, (0..<2).map { _ in template.row(largest: 4) })
  }

  @Test("values agree with those of one state to 1e-11, and are the same bits on every instruction set", arguments: 1...4)
  func values(_ seed: UInt64) throws {
    let (circuit, observables, rows) = try Self.template(seed)
    let program = try BatchProgram(circuit, observables: observables)
    #expect(program.parts.contains { $0.isSpread })
    let found = try batchValues(program, rows)
    let executor = CircuitExecutor<HostRegister> { (qubitCount, precision) throws(SimulatorError) in
      try HostRegister(qubitCount: qubitCount, precision: precision)
    }
    let request = SimulationRequest(circuit: circuit, rows: rows, observables: observables, precision: .double)
    let expected = try executor.run(request).map { $0.expectations.map(\.value) }
    let error = zip(found.joined(), expected.joined()).map { abs($0 - $1) }.max() ?? 1
    #expect(error < 1e-11, "seed \(seed)")
    for precision in Precision.allCases {
      let best = try batchValues(program, rows, precision: precision)
      for kernels in CPUKernels.available.dropFirst() {
        #expect(try batchValues(program, rows, precision: precision, kernels: kernels) == best, "seed \(seed), \(kernels.name)")
      }
    }
  }
}
