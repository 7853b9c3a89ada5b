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

  @Test("growing a state costs what is reached, and each further rotation all of it; twice as much of complex states")
  func rotations() {
    for (isReal, partCount) in [(true, 1), (false, 2)] {
      let growing = (0..<5).map { Self.rotation($0, isReal: isReal) }
      #expect(LanePlanner.plan(growing, bits: 5).multiplyAddCount == partCount * (1 + 2 + 4 + 8 + 16))
      #expect(LanePlanner.plan(growing + growing[1...2], bits: 5).multiplyAddCount == partCount * (31 + 2 * 32))
    }
  }

  @Test("a table costs four for each amplitude and what its strings take, a factor of the state one for each real number")
  func tables() {
    let table = LanePlan.Table(functionals: [1, 2, 4], strings: [(0, 1), (1, 2), (2, 3), (3, 5)])
    func count(_ operations: [LanePlan.Operation]) -> Int {
      LanePlan(
        bits: 5, isReal: false, rotations: [], numbers: [], growths: [], tables: [table],
        blocks: [LanePlan.Block(directions: [1, 2, 4], operations: operations)], scaleCount: 1
      ).multiplyAddCount
    }
    // Two for each of 2, 4, 4 and 8 factors.
    let making = 4 + 8 + 8 + 16
    #expect(count([]) == making)
    #expect(count([.table(0)]) == making + 4 * 32)
    #expect(count([.scale(0), .rotation(0)]) == making + 2 * 64)
  }

  @Test("parts of the observables add up")
  func parts() throws {
    var circuit = try Circuit(qubitCount: 3)
    for qubit in 0..<3 { try circuit.append(.ry, .parameter(Parameter("p\(qubit)")), on: qubit) }
    let alone = try ["IIZ", "IZI", "ZII"].map { try Observable($0) }
    #expect(try BatchProgram(circuit, observables: alone).multiplyAddCount == 3)
    #expect(try BatchProgram(circuit, observables: [Observable("ZZZ")]).multiplyAddCount == 1 + 2 + 4)
  }

  @Test("an estimator has the count of its plan where rows run in lanes, and binds them alone")
  func estimator() throws {
    var circuit = try Circuit(qubitCount: 3)
    for qubit in 0..<3 { try circuit.append(.ry, .parameter(Parameter("p\(qubit)")), on: qubit) }
    let estimator = try Estimator(circuit, observables: [Observable("ZZZ")])
    #expect(estimator.multiplyAddCount == 7)
    var values = [1.0, 1.0]
    var places = values.mutableSpan
    try estimator.bind([0, 1, 2, 3, 4, 5].span, rowCount: 2, clearing: &places)
    #expect(values == [0, 0])
    let error = #expect(throws: SimulatorError.self) {
      var places = values.mutableSpan
      try estimator.bind([0, 1, 2, 3, .nan, 5].span, rowCount: 2, clearing: &places)
    }
    #expect(error?.message.contains("row 1, parameter 1") == true, "angles are looked at")
  }
}
