import TestSupport
import Testing

@testable import Circuits

@Suite("gates under many controls, written out")
struct ControlExpansionTests {
  /// Sums of roundings.
  private static let tolerance = 1e-11

  /// How many `cx` gates of the table take.
  private static func flips(_ steps: [GateOperation]) -> Int {
    func count(_ gate: Gate) -> Int { gate == .cx ? 1 : (gate.decomposition ?? []).reduce(0) { $0 + count($1.gate) } }
    return steps.reduce(0) { if case .standard(let gate) = $1.kind { $0 + count(gate) } else { $0 } }
  }

  /// The largest difference of amplitudes of a random state on so many qubits.
  private static func distance(_ operation: GateOperation, _ steps: [GateOperation], qubitCount: Int, seed: UInt64) throws -> Double
  {
    var random = SplitMix(seed: seed)
    let state = random.state(qubitCount: qubitCount)
    let memory = ClassicalMemory()
    let wanted = ReferenceInterpreter.applying(try operation.resolved(in: memory), to: state)
    var found = state
    for step in steps {
      #expect(step.controls.isEmpty && step.exponent == 1)
      found = ReferenceInterpreter.applying(try step.resolved(in: memory), to: found)
    }
    return zip(wanted, found).reduce(0) { max($0, ($1.0 - $1.1).length) }
  }

  @Test(
    "x takes 16k cx with a qubit to borrow, 8k with k − 2, and 8k² without, in whatever state they are",
    arguments: [
      (2, 0, 6), (3, 0, 14), (4, 0, 30), (4, 2, 26), (5, 0, 62), (5, 1, 56), (5, 3, 34), (6, 0, 118), (6, 1, 80), (6, 4, 42),
      (7, 0, 198), (7, 1, 104), (8, 0, 302), (8, 1, 120), (8, 6, 58), (10, 0, 558), (10, 1, 152),
    ])
  func flip(controls: Int, spare: Int, count: Int) throws {
    // In no order.
    let qubits = [3, 0, 2, 7, 1, 5, 4, 6, 10, 8, 9, 11, 13, 12, 14].filter { $0 <= controls + spare }
    let operation = GateOperation(
      .standard(.x), qubits: [qubits[controls]], controls: qubits.prefix(controls).map { Control($0, isPositive: $0 != 2) })
    let steps = try operation.expanded(borrowing: Array(0...controls + spare))
    #expect(Self.flips(steps) == count)
    #expect(ControlCost.flip(controls, spare: spare).count == count)
    // Larger states take long.
    guard controls + spare < 10 else { return }
    #expect(try Self.distance(operation, steps, qubitCount: controls + spare + 1, seed: 1) < Self.tolerance)
  }

  @Test("any gate is written as it is, with qubits to borrow and without", arguments: Gate.all.filter { $0.qubitCount <= 3 })
  func table(_ gate: Gate) throws {
    var random = SplitMix(seed: UInt64(gate.index))
    for (controls, spare) in [(1, 0), (2, 1), (4, 0), (5, 1)] {
      let total = gate.qubitCount + controls
      let qubits = Array(0..<total).shuffled(using: &random)
      let parameters = gate.parameterNames.map { _ in ClassicalExpression(Double.random(in: -7...7, using: &random)) }
      let operation = GateOperation(
        .standard(gate), parameters: parameters, qubits: Array(qubits.prefix(gate.qubitCount)),
        controls: qubits.dropFirst(gate.qubitCount).map { Control($0, isPositive: $0 % 3 != 0) })
      let steps = try operation.expanded(borrowing: Array(0..<total + spare))
      #expect(try Self.distance(operation, steps, qubitCount: total + spare, seed: 2) < Self.tolerance, "\(controls) controls")
    }
  }

  @Test("angles with parameters stay, and mean the same for each value", arguments: ["u", "rx", "rz", "p", "cp", "rzz", "gphase"])
  func parameters(_ name: String) throws {
    let gate = try #require(Gate(named: name))
    let names = gate.parameterNames.map { ClassicalExpression.parameter(Parameter($0)) }
    let total = gate.qubitCount + 6
    let given = GateOperation(
      .standard(gate), parameters: names, qubits: Array(0..<gate.qubitCount),
      controls: (gate.qubitCount..<total).map { Control($0) })
    let values = Dictionary(
      uniqueKeysWithValues: gate.parameterNames.enumerated().map { (Parameter($1), ClassicalExpression(0.4 + Double($0))) })
    func bound(_ operation: GateOperation) -> GateOperation {
      var result = operation
      result.parameters = operation.parameters.map { $0.substituting(values) }
      return result
    }
    let steps = try given.expanded().map(bound)
    #expect(try Self.distance(bound(given), steps, qubitCount: total, seed: 3) < Self.tolerance)
  }

  @Test(
    "rotations under many controls take a number of cx that grows in proportion",
    arguments: [(6, 56), (10, 136), (20, 296), (40, 616)])
  func rotation(controls: Int, count: Int) throws {
    let operation = GateOperation(
      .standard(.ry), parameters: [0.7], qubits: [0], controls: (1...controls).map { Control($0) })
    let steps = try operation.expanded()
    #expect(Self.flips(steps) == count)
    guard controls < 10 else { return }
    #expect(try Self.distance(operation, steps, qubitCount: controls + 1, seed: 5) < Self.tolerance)
  }

  @Test("more controls than are written out are refused")
  func refused() throws {
    let operation = GateOperation(.standard(.x), qubits: [0], controls: (1...63).map { Control($0) })
    let error = #expect(throws: CircuitError.self) { try operation.expanded() }
    #expect(error?.code == .limitExceeded)
  }
}
