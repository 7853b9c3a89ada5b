import Circuits
import Foundation
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

@Suite("columns of parameters")
struct BatchColumnTests {
  /// Angles of the qubits are sums of columns, of which some are not used at all: ⟨Z⟩ is the cosine of such a sum.
  @Test("any number of columns, used and unused ones, on every instruction set: 1e-12 in double, 1e-5 in single", arguments: 1...27)
  func columns(_ columnCount: Int) throws {
    let (qubitCount, rowCount) = (5, 19)
    let used = (0..<columnCount).filter { $0 % 11 != 3 && ($0 < 9 || $0 >= 16) }
    var circuit = try Circuit(qubitCount: qubitCount)
    let parameters = (0..<columnCount).map { Parameter("p\($0)") }
    for parameter in parameters { circuit.declare(parameter) }
    for column in used { try circuit.append(.ry, .parameter(parameters[column]), on: column % qubitCount) }
    let observables = try (0..<qubitCount).map {
      try Observable([.init(1, PauliString(qubitCount: qubitCount, x: 0, z: 1 << UInt64($0)))])
    }
    var generator = SplitMix(seed: UInt64(columnCount))
    let rows = (0..<rowCount).map { _ in (0..<columnCount).map { _ in Double.random(in: -9...9, using: &generator) } }
    let expected = rows.map { row in
      (0..<qubitCount).map { qubit in cos(used.filter { $0 % qubitCount == qubit }.reduce(0) { $0 + row[$1] }) }
    }
    let program = try BatchProgram(circuit, observables: observables)
    for kernels in CPUKernels.available {
      for (precision, tolerance) in [(Precision.double, 1e-12), (.single, 1e-5)] {
        let found = try batchValues(program, rows, precision: precision, kernels: kernels)
        let error = zip(found.joined(), expected.joined()).map { abs($0 - $1) }.max() ?? 1
        #expect(error < tolerance, "\(kernels.name), \(precision): \(error)")
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

@Suite("templates at the ends of what a batch takes")
struct BatchLimitTests {
  /// Rotations that do not commute, each with an angle whose tangent of a half is almost 1: what is left out of the amplitudes grows fastest.
  private static func longCircuit(gateCount: Int) throws -> Circuit {
    var circuit = try Circuit(qubitCount: 3)
    for gate in 0..<gateCount {
      try circuit.append(gate % 2 == 0 ? .ry : .rx, .parameter(Parameter("a")), on: gate % 3)
      if gate % 5 == 0 { try circuit.append(.cx, on: gate % 3, (gate + 1) % 3) }
    }
    return circuit
  }

  @Test("a thousand rotations leave single precision finite, values and gradients")
  func long() throws {
    let circuit = try Self.longCircuit(gateCount: 1_000)
    let observables = [try Observable("ZZZ"), try Observable("IXY")]
    let row = [1.57]
    let single = try batchValues(BatchProgram(circuit, observables: observables), [row], precision: .single)[0]
    let double = try batchValues(BatchProgram(circuit, observables: observables), [row])[0]
    #expect(zip(single, double).allSatisfy { abs($0 - $1) < 1e-3 }, "\(single), \(double)")
    let estimator = try Estimator(circuit, observables: observables)
    var values = [0.0, 0]
    var gradients = [0.0, 0]
    var places = values.mutableSpan
    var slopes = gradients.mutableSpan
    try estimator.differentiate(row.span, rowCount: 1, values: &places, gradients: &slopes)
    #expect(gradients.allSatisfy { $0.isFinite }, "\(gradients), \(values)")
    #expect(zip(values, double).allSatisfy { abs($0 - $1) < 1e-3 })
  }

  @Test("gates under many controls and endless powers are refused at once, not taken apart")
  func large() throws {
    var controlled = try Circuit(qubitCount: 40)
    try controlled.append(.rx, .parameter(Parameter("a")), on: 0, controls: (1..<40).map { Control($0) })
    var powered = try Circuit(qubitCount: 8)
    for _ in 0..<100 {
      let angles = [ClassicalExpression.parameter(Parameter("a")), 0.25]
      let controls = (1..<8).map { Control($0) }
      try powered.append(
        .gate(GateOperation(.standard(Gate(named: "u2")!), parameters: angles, qubits: [0], controls: controls, exponent: 64)))
    }
    for circuit in [controlled, powered] {
      let observable = try Observable([.init(1, PauliString(qubitCount: circuit.qubitCount, x: 0, z: 1))])
      #expect { try BatchProgram(circuit, observables: [observable]) } throws: { ($0 as? SimulatorError)?.code == .unsupported }
    }
  }

  @Test("angles without a derivative run row by row, and have no gradient")
  func notDifferentiable() throws {
    var circuit = try Circuit(qubitCount: 1)
    try circuit.append(.ry, .call(.floor, [.parameter(Parameter("a"))]), on: 0)
    let estimator = try Estimator(circuit, observables: [try Observable("Z")], precision: .double)
    #expect(estimator.method == .rows)
    var values = [0.0]
    var places = values.mutableSpan
    try estimator.estimate([2.7].span, rowCount: 1, into: &places)
    #expect(abs(values[0] - Complex(phase: 2).real) < 1e-14)
  }

  @Test("no observables are refused")
  func empty() throws {
    let circuit = try Circuit(qubitCount: 1)
    #expect { try Estimator(circuit, observables: []) } throws: { ($0 as? SimulatorError)?.code == .invalidArgument }
  }
}
