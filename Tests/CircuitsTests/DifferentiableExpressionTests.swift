import Circuits
import Foundation
import TestSupport
import Testing

private let (a, b) = (ClassicalExpression.parameter(Parameter("a")), ClassicalExpression.parameter(Parameter("b")))
private let indices = [Parameter("a"): 1, Parameter("b"): 0]

/// The bits of a value, or the code of the failure to get it.
private enum Outcome: Equatable {
  case bits(UInt64)
  case code(CircuitError.Code)

  init(_ value: () throws(CircuitError) -> Double) {
    do throws(CircuitError) { self = .bits(try value().bitPattern) } catch { self = .code(error.code) }
  }
}

private func bound(_ row: [Double], _ indices: [Parameter: Int]) -> ClassicalMemory {
  ClassicalMemory(parameters: indices.mapValues { row[$0] })
}

@Suite("differentiable expressions")
struct DifferentiableExpressionTests {
  // MARK: Values

  @Test("values and failures are the evaluator's, bit for bit and code for code", arguments: 0..<32 as Range<UInt64>)
  func sameAsEvaluator(seed: UInt64) throws {
    var maker = RandomExpression(seed: seed)
    var (compiledCount, valueCount) = (0, 0)
    for _ in 0..<150 {
      let expression = maker.any(depth: 4)
      let compiled: DifferentiableExpression
      do throws(CircuitError) {
        compiled = try DifferentiableExpression(expression, parameters: RandomExpression.indices)
      } catch {
        // What has a derivative but does not compile has a constant part without a value, and so no value on any row.
        if error.code != .notDifferentiable { expectFailure(expression, error.code, maker.row(), seed) }
        continue
      }
      compiledCount += 1
      for _ in 0..<4 {
        let row = maker.row()
        let expected = Outcome { () throws(CircuitError) in try expression.finiteDouble(in: bound(row, RandomExpression.indices)) }
        let found = Outcome { () throws(CircuitError) in try compiled.value(row.span) }
        #expect(found == expected, "seed \(seed): \(expression) at \(row)")
        expectSameWithGradient(compiled, row, expected, seed)
        if case .bits = expected { valueCount += 1 }
      }
    }
    #expect(compiledCount > 60 && valueCount > 80, "seed \(seed): \(compiledCount) compiled, \(valueCount) values")
  }

  private func expectFailure(_ expression: ClassicalExpression, _ code: CircuitError.Code, _ row: [Double], _ seed: UInt64) {
    let outcome = Outcome { () throws(CircuitError) in try expression.finiteDouble(in: bound(row, RandomExpression.indices)) }
    #expect(outcome == .code(code), "seed \(seed): \(expression)")
  }

  /// With derivatives the value is the same; a value without finite derivatives is a failure of its own.
  private func expectSameWithGradient(_ compiled: DifferentiableExpression, _ row: [Double], _ expected: Outcome, _ seed: UInt64) {
    do throws(CircuitError) {
      let (value, gradient) = try compiled.valueAndGradient(row)
      #expect(.bits(value.bitPattern) == expected && gradient.allSatisfy(\.isFinite), "seed \(seed): \(compiled) at \(row)")
    } catch {
      if case .code(let code) = expected {
        #expect(error.code == code, "seed \(seed): \(compiled) at \(row)")
      } else {
        #expect(error.code == .notFinite && error.message.contains("derivative"), "seed \(seed): \(compiled) at \(row)")
      }
    }
  }

  @Test("a tree too large for the stack at hand has the evaluator's value and the sum's gradient")
  func largeStack() throws {
    let names = (0..<100).map { Parameter("p\($0)") }
    let indices = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    // Leaning right, so that every operand waits.
    var sum = ClassicalExpression.parameter(names[0])
    for name in names.dropFirst() { sum = .binary(.add, .call(.sin, [.parameter(name)]), sum) }
    let compiled = try DifferentiableExpression(sum, parameters: indices)
    let row = names.indices.map { Double($0) / 7 }
    let expected = try sum.finiteDouble(in: bound(row, indices))
    #expect(try compiled.value(row.span) == expected)
    let (value, gradient) = try compiled.valueAndGradient(row)
    #expect(value == expected)
    #expect(gradient == [1] + row.dropFirst().map { cos($0) })
  }

  // MARK: Derivatives

  @Test("each operation has its derivative in closed form, to 4·10⁻¹⁵ of it", arguments: ClosedForm.all)
  func closedForms(form: ClosedForm) throws {
    let compiled = try DifferentiableExpression(form.expression, parameters: [ClosedForm.parameter: 1])
    #expect(compiled.parameters == [1])
    let found = try compiled.valueAndGradient([.nan, form.x]).gradient[0]
    #expect(abs(found - form.derivative) <= 4e-15 * abs(form.derivative), "\(found) and \(form.derivative)")
  }

  @Test("gradients have an entry for each parameter that occurs, ascending by its index in the row")
  func entries() throws {
    let compiled = try DifferentiableExpression(
      a * b + .parameter(Parameter("a")), parameters: [Parameter("a"): 4, Parameter("b"): 1, Parameter("c"): 0])
    #expect(compiled.parameters == [1, 4])
    let result = try compiled.valueAndGradient([9, 3, 9, 9, 5])
    #expect(result.value == 20)
    #expect(result.gradient == [5, 4])
    let power = try DifferentiableExpression(.binary(.power, b, a), parameters: indices)
    #expect(try power.valueAndGradient([2, 3]).gradient == [12, 8 * log(2)])
  }

  @Test("two parameters with one index are one")
  func sharedIndex() throws {
    let compiled = try DifferentiableExpression(a * b, parameters: [Parameter("a"): 0, Parameter("b"): 0])
    #expect(compiled.parameters == [0])
    #expect(try compiled.valueAndGradient([3]).gradient == [6])
  }

  @Test("what depends on no parameter is a constant, of any type")
  func constants() throws {
    for (constant, expected): (ClassicalExpression, Double) in [
      (.literal(.angle(8, width: 4)), .pi), (.call(.popcount, [.literal(.bits(7, width: 4))]), 3), (.literal(.bool(true)), 1),
      (.binary(.less, 1, 2), 1), (.binary(.logicalOr, 1, .call(.floor, [a])), 1),
    ] {
      let compiled = try DifferentiableExpression(constant, parameters: indices)
      #expect(compiled.parameters.isEmpty)
      #expect(try compiled.value([Double]().span) == expected)
      #expect(try compiled.valueAndGradient([]).value == expected)
    }
    let infinite = try DifferentiableExpression(.literal(.float(.infinity)), parameters: [:])
    #expect(Outcome { () throws(CircuitError) in try infinite.value([Double]().span) } == .code(.notFinite))
  }

  /// Differences of fourth order, with steps of 10⁻³: their own error is about 10⁻¹³ times the fifth derivative.
  @Test("gradients of random smooth expressions are their central differences, to 10⁻⁷", arguments: 0..<32 as Range<UInt64>)
  func differences(seed: UInt64) throws {
    var maker = RandomExpression(seed: seed)
    for _ in 0..<40 {
      let expression = maker.smooth(depth: 3)
      let compiled = try DifferentiableExpression(expression, parameters: RandomExpression.indices)
      let row = (0..<RandomExpression.rowCount).map { _ in Double.random(in: -2...2, using: &maker.random) }
      let found = try compiled.valueAndGradient(row).gradient
      for (entry, parameter) in compiled.parameters.enumerated() {
        let expected = try difference(expression, row, parameter)
        #expect(abs(found[entry] - expected) <= 1e-7 * (1 + abs(expected)), "seed \(seed): \(parameter) of \(expression) at \(row)")
      }
    }
  }

  private func difference(_ expression: ClassicalExpression, _ row: [Double], _ parameter: Int) throws -> Double {
    let step = 1e-3
    var sum = 0.0
    for (multiple, weight) in [(-2.0, 1.0), (-1, -8), (1, 8), (2, -1)] {
      var moved = row
      moved[parameter] += multiple * step
      sum += weight * (try expression.finiteDouble(in: bound(moved, RandomExpression.indices)))
    }
    return sum / (12 * step)
  }
}
