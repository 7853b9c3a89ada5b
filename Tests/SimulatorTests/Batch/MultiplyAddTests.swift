import Circuits
import Testing

@testable import Simulator

@Suite("multiply-adds of a batch's plan")
struct MultiplyAddTests {
  /// A rotation about Y on one coordinate, which keeps amplitudes real, or about X, which does not.
  private static func rotation(_ coordinate: UInt32, isReal: Bool) -> LanePlan.Rotation {
    LanePlan.Rotation(
      x: 1 << coordinate, z: isReal ? 1 << coordinate : 0, isImaginary: !isReal, isNegative: false, angle: LinearForm(constant: 1))
  }

  @Test("growing a state costs what is reached, each further rotation all of it, and undoing both three times as much")
  func rotations() {
    for (isReal, partCount) in [(true, 1), (false, 2)] {
      let growing = (0..<5).map { Self.rotation($0, isReal: isReal) }
      func plan(_ rotations: [LanePlan.Rotation]) -> LanePlan {
        LanePlanner.plan(rotations, bits: 5, isSpread: false, isDifferentiable: true)
      }
      #expect(plan(growing).multiplyAddCount == partCount * (1 + 2 + 4 + 8 + 16))
      #expect(plan(growing + growing[1...2]).multiplyAddCount == partCount * (31 + 2 * 32))
      #expect(plan(growing + growing[1...2]).undoingMultiplyAddCount == 3 * partCount * (31 + 2 * 32))
    }
  }

  @Test("a table costs four for each amplitude and what its strings take, a factor of the state one for each real number")
  func tables() {
    let table = LanePlan.Table(functionals: [1, 2, 4], strings: [(0, 1), (1, 2), (2, 3), (3, 5)])
    func plan(_ operations: [LanePlan.Operation]) -> LanePlan {
      LanePlan(
        bits: 5, isReal: false, isSpread: false, rotations: [], numbers: [], growths: [], tables: [table],
        blocks: [LanePlan.Block(directions: [1, 2, 4], operations: operations)], scaleCount: 1)
    }
    func count(_ operations: [LanePlan.Operation]) -> Int { plan(operations).multiplyAddCount }
    // Two for each of 2, 4, 4 and 8 factors.
    let making = 4 + 8 + 8 + 16
    #expect(count([]) == making)
    #expect(count([.table(0)]) == making + 4 * 32)
    #expect(count([.scale(0), .rotation(0)]) == making + 2 * 64)
    // Back, ten for each amplitude, and each string looks at all entries.
    #expect(plan([.table(0)]).undoingMultiplyAddCount == 10 * 32 + 4 * 8)
    #expect(plan([.scale(0)]).undoingMultiplyAddCount == 2 * 64)
  }

  @Test("parts of the observables add up")
  func parts() throws {
    var circuit = try Circuit(qubitCount: 3)
    for qubit in 0..<3 { try circuit.append(.ry, .parameter(Parameter("p\(qubit)")), on: qubit) }
    let alone = try ["IIZ", "IZI", "ZII"].map { try Observable($0) }
    #expect(try BatchProgram(circuit, observables: alone).multiplyAddCount == 3)
    #expect(try BatchProgram(circuit, observables: alone, isDifferentiable: true).multiplyAddCount == 12)
    #expect(try BatchProgram(circuit, observables: [Observable("ZZZ")]).multiplyAddCount == 1 + 2 + 4)
  }

  @Test("an estimator has the counts of its plans, and binds rows alone")
  func estimator() throws {
    var circuit = try Circuit(qubitCount: 3)
    for qubit in 0..<3 { try circuit.append(.ry, .parameter(Parameter("p\(qubit)")), on: qubit) }
    let estimator = try Estimator(circuit, observables: [Observable("ZZZ")])
    #expect(try estimator.multiplyAddCount(for: .values) == 7 && estimator.multiplyAddCount(for: .gradients) == 28)
    for purpose in [Estimator.Purpose.values, .gradients] {
      func bind(_ angles: [Double]) throws(SimulatorError) {
        try estimator.bind(angles.span, rowCount: 2, for: purpose)
      }
      try bind([0, 1, 2, 3, 4, 5])
      let error = #expect(throws: SimulatorError.self) { try bind([0, 1, 2, 3, .nan, 5]) }
      #expect(error?.message.contains("row 1, parameter 1") == true, "angles are looked at")
      let short = #expect(throws: SimulatorError.self) { try bind([0, 1, 2, 3, 4]) }
      #expect(short?.message == "an array of 5 numbers for 2 rows of 3 parameters")
    }
  }

  @Test("a template that runs row by row has no counts and nothing to bind, and no plan for gradients")
  func rowByRow() throws {
    var circuit = try Circuit(qubitCount: 2, classicalBitCount: 1)
    try circuit.measure(0, into: 0)
    let estimator = try Estimator(circuit, observables: [Observable("ZZ")])
    try estimator.prepare(for: .values)
    #expect(try estimator.multiplyAddCount(for: .values) == nil)
    let error = #expect(throws: SimulatorError.self) { try estimator.prepare(for: .gradients) }
    #expect(error?.code == .unsupported)
  }
}
