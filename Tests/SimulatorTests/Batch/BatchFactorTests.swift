import Circuits
import Foundation
import TestSupport
import Testing

@testable import Simulator

/// Values by the definition, rows × observables.
private func definition(_ circuit: Circuit, _ observables: [Observable], _ rows: [[Double]]) throws -> [[Double]] {
  try rows.map { row in
    let branches = try ReferenceInterpreter.run(circuit, parameters: row)
    return observables.map { observable in
      observable.terms.reduce(0) { $0 + $1.coefficient * ReferenceInterpreter.expectation($1.pauli, branches) }
    }
  }
}

private func largestDifference(_ a: [[Double]], _ b: [[Double]]) -> Double {
  zip(a.joined(), b.joined()).map { abs($0 - $1) }.max() ?? 1
}

/// Random templates on as many qubits beside each other, under observables of all of them.
private struct BlockTemplate {
  let circuit: Circuit
  let observables: [Observable]
  let rows: [[Double]]

  init(_ seed: UInt64, blockQubitCount: Int = 3, blockCount: Int = 2, rowCount: Int = 5) throws {
    let qubitCount = blockQubitCount * blockCount
    var whole = RandomTemplate(qubitCount: qubitCount, seed: seed)
    var circuit = try whole.circuit(gateCount: 0)
    for block in 0..<blockCount {
      let first = block * blockQubitCount
      // Every qubit is mixed first, so that none is left out.
      for qubit in first..<first + blockQubitCount {
        try circuit.append(qubit % 2 == 0 ? .ry : .rx, .parameter(whole.parameters[qubit % 4]), on: qubit)
      }
      var template = RandomTemplate(qubitCount: blockQubitCount, seed: seed + UInt64(1 + block) << 32)
      for case .gate(var gate) in try template.circuit(gateCount: 20).instructions {
        gate.qubits = gate.qubits.map { $0 + first }
        gate.controls = gate.controls.map { Control($0.qubit + first, isPositive: $0.isPositive) }
        try circuit.append(.gate(gate))
      }
    }
    self.circuit = circuit
    observables = try (0..<3).map { _ in try whole.observable() }
    rows = (0..<rowCount).map { _ in whole.row(largest: 4) }
  }
}

@Suite("strings that fall into factors")
struct BatchFactorTests {
  @Test("two random blocks beside each other: the definition to 1e-11 in double, 2e-5 in single", arguments: 1...12)
  func blocks(_ seed: UInt64) throws {
    let template = try BlockTemplate(seed)
    let program = try BatchProgram(template.circuit, observables: template.observables)
    #expect(program.parts.allSatisfy { $0.plan.growths.count <= 3 }, "seed \(seed)")
    let expected = try definition(template.circuit, template.observables, template.rows)
    for (precision, tolerance) in [(Precision.double, 1e-11), (.single, 2e-5)] {
      let error = largestDifference(try batchValues(program, template.rows, precision: precision), expected)
      #expect(error < tolerance, "seed \(seed), \(precision): \(error)")
    }
  }

  @Test(
    "a state of two blocks is never made, be they spread over the lanes: the product of both alone, to 1e-12", arguments: [4, 14])
  func large(_ rightCount: Int) throws {
    func block(_ circuit: inout Circuit, _ qubits: Range<Int>, _ name: String) throws {
      for layer in 0..<2 {
        for qubit in qubits { try circuit.append(.ry, .parameter(Parameter("\(name)\(layer)")), on: qubit) }
        for qubit in qubits.dropLast() { try circuit.append(.cx, on: qubit, qubit + 1) }
      }
      for qubit in qubits { try circuit.append(.rx, .parameter(Parameter("\(name)2")), on: qubit) }
    }
    let count = 14 + rightCount
    var (both, left, right) = (try Circuit(qubitCount: count), try Circuit(qubitCount: 14), try Circuit(qubitCount: rightCount))
    try block(&both, 0..<14, "a")
    try block(&both, 14..<count, "b")
    try block(&left, 0..<14, "a")
    try block(&right, 0..<rightCount, "b")
    // Z behind a chain of cx depends on all of its block.
    func string(_ qubitCount: Int, _ z: UInt64) throws -> [Observable] {
      [try Observable([.init(1, PauliString(qubitCount: qubitCount, x: 0, z: z))])]
    }
    let rows: [[Double]] = [[0.3, -0.2, 0.1, 0.2, 0.1, -0.4], [0, 0, 0, 0, 0, 0], [.pi / 2, 0, 0, 0.5, 0.5, 0.5]]
    let program = try BatchProgram(both, observables: string(count, 1 << 13 | 1 << UInt64(count - 1)))
    #expect(!program.products.isEmpty && program.parts.contains { $0.isSpread } && program.parts.allSatisfy { $0.bits <= 14 })
    let found = try batchValues(program, rows).map { $0[0] }
    let (a, b) = (
      try batchValues(BatchProgram(left, observables: string(14, 1 << 13)), rows.map { Array($0[..<3]) }),
      try batchValues(
        BatchProgram(right, observables: string(rightCount, 1 << UInt64(rightCount - 1))), rows.map { Array($0[3...]) })
    )
    for row in rows.indices { #expect(abs(found[row] - a[row][0] * b[row][0]) < 1e-12, "\(found)") }
    #expect(abs(found[0]) > 1e-6 && abs(found[1] - 1) < 1e-14)
  }

  @Test("one layer before a ring of cx: products of cosines on twelve qubits, zeros among them")
  func layer() throws {
    let qubitCount = 12
    var circuit = try Circuit(qubitCount: qubitCount)
    for qubit in 0..<qubitCount { try circuit.append(.ry, .parameter(Parameter("p\(qubit)")), on: qubit) }
    for qubit in 0..<qubitCount - 1 { try circuit.append(.cx, on: qubit, qubit + 1) }
    // Z behind a chain of cx is Z on all qubits up to it.
    let observables = try (0..<qubitCount).map {
      try Observable([.init(1, PauliString(qubitCount: qubitCount, x: 0, z: 1 << UInt64($0)))])
    }
    let program = try BatchProgram(circuit, observables: observables)
    #expect(program.products.count > 0 && program.parts.allSatisfy { $0.bits <= 4 })
    var random = SplitMix(seed: 1)
    var rows = (0..<20).map { _ in (0..<qubitCount).map { _ in Double.random(in: -4...4, using: &random) } }
    rows.append((0..<qubitCount).map { $0 == 5 ? .pi / 2 : 0 })
    for (row, values) in zip(rows, try batchValues(program, rows)) {
      var product = 1.0
      for (qubit, value) in values.enumerated() {
        product *= cos(row[qubit])
        #expect(abs(value - product) < 1e-14)
      }
    }
  }

  @Test("a string that flips a qubit which nothing else flips is zero, whatever its other parts are")
  func flipping() throws {
    var circuit = try Circuit(qubitCount: 9)
    for qubit in 0..<8 { try circuit.append(.ry, .parameter(Parameter("a")), on: qubit) }
    for (z, x): (UInt64, UInt64) in [(0xff, 0), (0x1ff, 0), (0xff, 0x100)] {
      let observable = try Observable([.init(1, PauliString(qubitCount: 9, x: x, z: z))])
      let found = try batchValues(BatchProgram(circuit, observables: [observable]), [[0.4]])[0][0]
      #expect(abs(found - (x == 0 ? pow(cos(0.4), 8) : 0)) < 1e-14)
    }
  }

  @Test("a rotation of both parts that commutes with the string alone keeps it whole")
  func commuting() throws {
    var circuit = try Circuit(qubitCount: 8)
    for qubit in 0..<8 { try circuit.append(.ry, .parameter(Parameter("a")), on: qubit) }
    for qubit in [0, 1, 2, 4, 5, 6] {
      try circuit.append(.rzz, .parameter(Parameter("b")), on: qubit, qubit + 1)
      try circuit.append(.rx, .parameter(Parameter("c")), on: qubit)
    }
    let observable = try Observable([.init(1, PauliString(qubitCount: 8, x: 0, z: 0xff))])
    #expect(try !BatchProgram(circuit, observables: [observable]).products.isEmpty)
    try circuit.append(.rxx, .parameter(Parameter("d")), on: 0, 7)
    let program = try BatchProgram(circuit, observables: [observable])
    #expect(program.products.isEmpty)
    let rows = [[0.4, 0.9, -0.3, 1.2], [1, 2, 3, 4]]
    #expect(largestDifference(try batchValues(program, rows), try definition(circuit, [observable], rows)) < 1e-12)
  }

  @Test("the same bits row by row, in any order, on several threads, on every instruction set and on devices", arguments: 1...4)
  func split(_ seed: UInt64) throws {
    let template = try BlockTemplate(seed, blockQubitCount: 4, blockCount: 3, rowCount: 37)
    let program = try BatchProgram(template.circuit, observables: template.observables)
    #expect(!program.products.isEmpty, "seed \(seed)")
    for precision in Precision.allCases {
      let rows = template.rows
      let whole = try batchValues(program, rows, precision: precision)
      #expect(try rows.map { try batchValues(program, [$0], precision: precision)[0] } == whole)
      #expect(try batchValues(program, rows.reversed(), precision: precision) == whole.reversed())
      #expect(try batchValues(program, rows + rows, precision: precision, threadCount: 3) == whole + whole)
      for kernels in CPUKernels.available {
        #expect(try batchValues(program, rows, precision: precision, kernels: kernels) == whole, "\(kernels.name)")
      }
      for backend in OpenCLTestDevices.backends {
        #expect(try deviceValues(OpenCLBatch(program, backend: backend, precision: precision), rows) == whole)
      }
    }
  }

  @Test("derivatives of a template with products agree between the methods to 1e-10", arguments: 1...3)
  func gradients(_ seed: UInt64) throws {
    let template = try BlockTemplate(seed, blockQubitCount: 4, blockCount: 2, rowCount: 2)
    let estimator = try Estimator(template.circuit, observables: template.observables, precision: .double)
    #expect(try !BatchProgram(template.circuit, observables: template.observables).products.isEmpty)
    let parameters = template.rows.flatMap(\.self)
    var plain = [Double](repeating: .nan, count: template.rows.count * template.observables.count)
    var plainPlaces = plain.mutableSpan
    try estimator.estimate(parameters.span, rowCount: template.rows.count, into: &plainPlaces)
    var found = [[Double]]()
    for method in [DifferentiationMethod.adjoint, .parameterShift, .finiteDifferences(step: 0.003)] {
      var values = plain
      var gradients = [Double](repeating: .nan, count: values.count * template.circuit.parameters.count)
      var places = values.mutableSpan
      var slopes = gradients.mutableSpan
      try estimator.differentiate(
        parameters.span, rowCount: template.rows.count, values: &places, gradients: &slopes, method: method)
      #expect(zip(values, plain).allSatisfy { abs($0 - $1) < 1e-12 }, "seed \(seed), \(method)")
      found.append(gradients)
    }
    for other in found.dropFirst() { #expect(largestDifference([found[0]], [other]) < 1e-10, "seed \(seed)") }
  }
}
