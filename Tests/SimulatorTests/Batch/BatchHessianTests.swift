import Circuits
import Foundation
import TestSupport
import Testing

@testable import Simulator

/// What one call finds, each row after the other.
private struct Products: Equatable {
  var values: [Double]
  var gradients: [Double]
  var products: [Double]
}

private func hessianProducts(
  _ estimator: Estimator, _ rows: [[Double]], _ vectors: [[Double]], _ cotangents: [[Double]]
) throws(SimulatorError) -> Products {
  let (parameters, directions, weights) = (rows.flatMap(\.self), vectors.flatMap(\.self), cotangents.flatMap(\.self))
  var values = [Double](repeating: .nan, count: rows.count * estimator.observables.count)
  var gradients = [Double](repeating: .nan, count: rows.count * estimator.circuit.parameters.count)
  var products = gradients
  var places = values.mutableSpan
  var slopes = gradients.mutableSpan
  var curvatures = products.mutableSpan
  try estimator.hessianVectorProducts(
    parameters.span, vectors: directions.span, cotangents: weights.span, rowCount: rows.count, values: &places, gradients: &slopes,
    products: &curvatures)
  return Products(values: values, gradients: gradients, products: products)
}

/// Values and derivatives under cotangents, by the adjoint method.
private func pulledBack(
  _ estimator: Estimator, _ rows: [[Double]], _ cotangents: [[Double]]
) throws(SimulatorError) -> (values: [Double], gradients: [Double]) {
  let (parameters, weights) = (rows.flatMap(\.self), cotangents.flatMap(\.self))
  var values = [Double](repeating: .nan, count: weights.count)
  var gradients = [Double](repeating: .nan, count: parameters.count)
  var places = values.mutableSpan
  var slopes = gradients.mutableSpan
  try estimator.pullBack(
    parameters.span, cotangents: weights.span, rowCount: rows.count, values: &places, gradients: &slopes)
  return (values, gradients)
}

/// A template with rows, vectors and cotangents.
private struct HessianCase {
  let estimator: Estimator
  let rows: [[Double]]
  var vectors: [[Double]]
  let cotangents: [[Double]]

  init(_ qubitCount: Int, _ seed: UInt64, gateCount: Int = 25, precision: Precision = .double, rowCount: Int = 2) throws {
    var template = RandomTemplate(qubitCount: qubitCount, seed: seed)
    let circuit = try template.circuit(gateCount: gateCount)
    let observables = try (0..<3).map { _ in try template.observable() }
    self.init(
      try Estimator(circuit, observables: observables, precision: precision), (0..<rowCount).map { _ in template.row(largest: 4) },
      seed)
  }

  init(_ estimator: Estimator, _ rows: [[Double]], _ seed: UInt64) {
    var random = SplitMix(seed: seed)
    (self.estimator, self.rows) = (estimator, rows)
    vectors = rows.map { $0.map { _ in Double.random(in: -1...1, using: &random) } }
    cotangents = rows.map { _ in estimator.observables.map { _ in Double.random(in: -2...2, using: &random) } }
  }

  func products() throws(SimulatorError) -> Products { try hessianProducts(estimator, rows, vectors, cotangents) }

  /// Differences of sixth order of the adjoint gradient along the vectors: an error of some step⁶ and of rounding 1e-14 over the step.
  func differences(step: Double) throws(SimulatorError) -> [Double] {
    var sums = [Double](repeating: 0, count: rows.count * estimator.circuit.parameters.count)
    for (factor, weight) in [(-3.0, -1.0), (-2, 9), (-1, -45), (1, 45), (2, -9), (3, 1)] {
      let moved = zip(rows, vectors).map { row, vector in zip(row, vector).map { $0 + factor * step * $1 } }
      let gradients = try pulledBack(estimator, moved, cotangents).gradients
      for (index, gradient) in gradients.enumerated() { sums[index] += weight * gradient / (60 * step) }
    }
    return sums
  }
}

/// One parameter's value, slope and curvature.
struct AnalyticCurvature: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// Made of the parameter in each test: the leak sanitizer does not find expressions that a static value keeps.
  let angles: @Sendable (ClassicalExpression) -> [ClassicalExpression]
  let value: @Sendable (Double) -> (value: Double, slope: Double, curvature: Double)

  /// ⟨Z…Z⟩ of ry(angle) on each qubit is the product of the cosines.
  static let all = [
    AnalyticCurvature(testDescription: "cos a", angles: { a in [a] }) { (cos($0), -sin($0), -cos($0)) },
    AnalyticCurvature(testDescription: "cos 3a", angles: { a in [3 * a] }) { (cos(3 * $0), -3 * sin(3 * $0), -9 * cos(3 * $0)) },
    AnalyticCurvature(testDescription: "cos² a", angles: { a in [a, a] }) { (cos($0) * cos($0), -sin(2 * $0), -2 * cos(2 * $0)) },
    AnalyticCurvature(testDescription: "cos a²", angles: { a in [a * a] }) {
      (cos($0 * $0), -2 * $0 * sin($0 * $0), -2 * sin($0 * $0) - 4 * $0 * $0 * cos($0 * $0))
    },
    AnalyticCurvature(testDescription: "cos 2a·cos sin a", angles: { a in [2 * a, .call(.sin, [a])] }) { x in
      let (f, g) = ((cos(2 * x), -2 * sin(2 * x), -4 * cos(2 * x)), cos(sin(x)))
      let (slope, curvature) = (-sin(sin(x)) * cos(x), -cos(sin(x)) * cos(x) * cos(x) + sin(sin(x)) * sin(x))
      return (f.0 * g, f.1 * g + f.0 * slope, f.2 * g + 2 * f.1 * slope + f.0 * curvature)
    },
  ]
}

@Suite("Hessian-vector products of a batch")
struct BatchHessianTests {
  static let cases = (1...6).flatMap { n in (0..<6).map { (n, UInt64(7_000 + 100 * n + $0)) } }

  @Test(
    "products of cosines have their second derivatives to 1e-14, times the vector and the cotangent",
    arguments: AnalyticCurvature.all)
  func analytic(_ form: AnalyticCurvature) throws {
    let expressions = form.angles(.parameter(Parameter("a")))
    var circuit = try Circuit(qubitCount: expressions.count)
    for (qubit, angle) in expressions.enumerated() { try circuit.append(.ry, angle, on: qubit) }
    let observable = try Observable(String(repeating: "Z", count: expressions.count))
    let estimator = try Estimator(circuit, observables: [observable], precision: .double)
    let (angles, vector, cotangent) = ([0.3, -1.1, 2.0, 0], -1.5, 0.75)
    let found = try hessianProducts(estimator, angles.map { [$0] }, angles.map { _ in [vector] }, angles.map { _ in [cotangent] })
    for (row, angle) in angles.enumerated() {
      let expected = form.value(angle)
      #expect(abs(found.values[row] - expected.value) < 1e-14)
      #expect(abs(found.gradients[row] - cotangent * expected.slope) < 1e-14)
      #expect(abs(found.products[row] - cotangent * vector * expected.curvature) < 2e-14, "at \(angle)")
    }
  }

  @Test("differences of the adjoint gradient agree to 1e-8 in double", arguments: cases + [(9, 1)])
  func differences(_ qubitCount: Int, _ seed: UInt64) throws {
    let each = try HessianCase(qubitCount, seed)
    let (found, expected) = (try each.products(), try each.differences(step: 1e-3))
    let error = zip(found.products, expected).map { abs($0 - $1) / (1 + abs($1)) }.max() ?? 1
    #expect(error < 1e-8, "seed \(seed): \(error)")
    let plain = try pulledBack(each.estimator, each.rows, each.cotangents)
    #expect(found.values == plain.values, "seed \(seed)")
    #expect(zip(found.gradients, plain.gradients).allSatisfy { abs($0 - $1) < 1e-12 * (1 + abs($1)) }, "seed \(seed)")
  }

  @Test("the Hessian is symmetric to 1e-11: u·Hv = v·Hu, and Hv is the sum of its columns", arguments: cases)
  func symmetric(_ qubitCount: Int, _ seed: UInt64) throws {
    var each = try HessianCase(qubitCount, seed, rowCount: 1)
    let (v, forward) = (each.vectors[0], try each.products().products)
    var columns = [[Double]]()
    for parameter in v.indices {
      each.vectors[0] = v.indices.map { $0 == parameter ? 1 : 0 }
      columns.append(try each.products().products)
    }
    let size = 1 + (columns.joined().map(abs).max() ?? 0)
    for row in v.indices {
      for column in v.indices { #expect(abs(columns[column][row] - columns[row][column]) < 1e-11 * size, "seed \(seed)") }
      let sum = v.indices.reduce(0) { $0 + v[$1] * columns[$1][row] }
      #expect(abs(sum - forward[row]) < 1e-11 * size, "seed \(seed)")
    }
  }

  @Test("single precision agrees with double to 1e-3", arguments: 1...6)
  func single(_ seed: UInt64) throws {
    let (single, double) = (try HessianCase(4, seed, precision: .single).products(), try HessianCase(4, seed).products())
    let error = zip(single.products, double.products).map { abs($0 - $1) / (1 + abs($1)) }.max() ?? 1
    #expect(error < 1e-3, "seed \(seed): \(error)")
  }

  @Test("the same bits row by row and on several threads", arguments: 1...4)
  func split(_ seed: UInt64) throws {
    for precision in Precision.allCases {
      let each = try HessianCase(5, seed, gateCount: 40, precision: precision, rowCount: 9)
      let whole = try each.products()
      for row in each.rows.indices {
        let alone = try hessianProducts(each.estimator, [each.rows[row]], [each.vectors[row]], [each.cotangents[row]])
        let width = each.rows[row].count
        #expect(alone.products == Array(whole.products[row * width..<(row + 1) * width]), "seed \(seed)")
        #expect(alone.gradients == Array(whole.gradients[row * width..<(row + 1) * width]), "seed \(seed)")
      }
    }
  }

  @Test("the same bits on every instruction set", arguments: 1...2)
  func instructionSets(_ seed: UInt64) throws {
    let each = try HessianCase(4, seed, rowCount: 2)
    let program = try BatchProgram(each.estimator.circuit, observables: each.estimator.observables, isDifferentiable: true)
    let expected = try each.products().products
    for kernels in CPUKernels.available {
      let runner = LaneRunner(program, kernels: kernels, precision: .double)
      let (parameters, vectors, cotangents) = (
        each.rows.flatMap(\.self), each.vectors.flatMap(\.self), each.cotangents.flatMap(\.self)
      )
      var values = [Double](repeating: 0, count: cotangents.count)
      var (gradients, products) = (parameters, parameters)
      unsafe parameters.withUnsafeBufferPointer { parameters in
        unsafe vectors.withUnsafeBufferPointer { vectors in
          unsafe cotangents.withUnsafeBufferPointer { cotangents in
            unsafe values.withUnsafeMutableBufferPointer { values in
              unsafe gradients.withUnsafeMutableBufferPointer { gradients in
                unsafe products.withUnsafeMutableBufferPointer { products in
                  let hessian = unsafe LaneHessian(
                    vectors: vectors, cotangents: cotangents, gradients: gradients, products: products)
                  let job = unsafe LaneJob(
                    rowCount: 2, parameters: parameters, values: values, output: .hessianProducts(hessian))
                  #expect(throws: Never.self) { try runner.run(job, threadCount: 1) }
                }
              }
            }
          }
        }
      }
      #expect(products == expected, "\(kernels.name)")
    }
  }

  @Test("states that are spread over the lanes: differences of the gradient to 1e-7, along one parameter")
  func spread() throws {
    let (circuit, observables, rows) = try BatchSpreadTests.template(1)
    var each = HessianCase(try Estimator(circuit, observables: observables, precision: .double), [rows[0]], 3)
    each.vectors = [[0, 1, 0, 0]]
    let error = zip(try each.products().products, try each.differences(step: 1e-3)).map { abs($0 - $1) / (1 + abs($1)) }.max() ?? 1
    #expect(error < 1e-7, "\(error)")
  }

  @Test("an expression without a second derivative is refused with its row, unless nothing depends on it")
  func expressions() throws {
    let root = ClassicalExpression.binary(.power, .parameter(Parameter("a")), 1.5)
    for (qubit, isRefused) in [(0, true), (1, false)] {
      var circuit = try Circuit(qubitCount: 2)
      try circuit.append(.ry, root, on: qubit)
      let estimator = try Estimator(circuit, observables: [try Observable("IZ")], precision: .double)
      let found = Result { () throws(SimulatorError) in try hessianProducts(estimator, [[1], [0]], [[1], [1]], [[1], [1]]) }
      switch found {
      case .success(let products): #expect(!isRefused && products.products == [0, 0])
      case .failure(let error):
        #expect(isRefused && error.message.hasPrefix("row 1: ") && error.message.contains("second derivative"))
      }
    }
  }

  @Test("arrays of another size, numbers that are none, and angles out of range are refused, saying where")
  func refusals() throws {
    var circuit = try Circuit(qubitCount: 1)
    try circuit.append(.ry, .parameter(Parameter("a")), on: 0)
    try circuit.append(.rx, .parameter(Parameter("b")), on: 0)
    let estimator = try Estimator(circuit, observables: [try Observable("Z")])
    estimator.firstRow = 5
    for (row, vector, cotangent, text): ([Double], [Double], [Double], String) in [
      ([1, 2], [1], [1], "1 numbers for 1 rows of 2 numbers of a vector"),
      ([1, 2], [1, 2], [], "0 numbers for 1 rows of 1 cotangents"),
      ([1, 2], [0, .nan], [1], "row 5: the vector's entry for parameter 1 is nan"),
      ([1, 2], [0, 1], [.infinity], "row 5: the cotangent of observable 0 is inf"), ([1], [1, 2], [1], "rows of 2 parameters"),
      ([0, 0x1p60], [1, 2], [1], "row 5, parameter 1"),
    ] {
      var (values, gradients, products) = ([0.0], [0.0, 0], [0.0, 0])
      var places = values.mutableSpan
      var slopes = gradients.mutableSpan
      var curvatures = products.mutableSpan
      do throws(SimulatorError) {
        try estimator.hessianVectorProducts(
          row.span, vectors: vector.span, cotangents: cotangent.span, rowCount: 1, values: &places, gradients: &slopes,
          products: &curvatures)
        Issue.record("\(text) was accepted")
      } catch {
        #expect(error.code == .invalidArgument && error.message.contains(text), "\(error)")
      }
    }
  }

  @Test("a stop that is set is seen")
  func stop() throws {
    let each = try HessianCase(3, 1)
    let (row, vector, cotangent) = (each.rows[0], each.vectors[0], each.cotangents[0])
    let stop = StopFlag()
    stop.set()
    var (values, gradients, products) = ([0.0, 0, 0], [0.0, 0, 0, 0], [0.0, 0, 0, 0])
    var places = values.mutableSpan
    var slopes = gradients.mutableSpan
    var curvatures = products.mutableSpan
    do throws(SimulatorError) {
      try each.estimator.hessianVectorProducts(
        row.span, vectors: vector.span, cotangents: cotangent.span, rowCount: 1, values: &places, gradients: &slopes,
        products: &curvatures, stop: stop)
      Issue.record("a stopped call went on")
    } catch { #expect(error.code == .cancelled) }
  }
}
