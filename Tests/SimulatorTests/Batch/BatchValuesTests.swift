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
  static let cases = [(8, UInt64(7)), (9, 8)] + (1...6).flatMap { n in (0..<8).map { (n, UInt64(100 * n + $0)) } }

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
