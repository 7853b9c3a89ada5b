import Circuits
import TestSupport
import Testing

@testable import Simulator

@Suite("shots of a template's rows on a simulator")
struct SimulatorCountsTests {
  private static func request(_ seed: UInt64, qubitCount: Int = 4, rowCount: Int = 37, shots: Int = 501) throws -> SimulationRequest
  {
    var template = RandomTemplate(qubitCount: qubitCount, seed: seed)
    let circuit = try template.sampled(gateCount: 20, seed: seed)
    return SimulationRequest(
      circuit: circuit, rows: (0..<rowCount).map { _ in template.row() }, shots: shots, seed: seed, circuitIndex: 5, firstRow: 11)
  }

  /// The counts of all outcomes, as a sampler has them.
  private static func dense(_ results: [SimulationResult]) -> [[UInt32]] {
    results.map { result in
      guard let counts = result.counts else { return [] }
      return (0..<1 << counts.bitCount).map { outcome in
        let digits = String(outcome, radix: 2)
        return UInt32(counts[String(repeating: "0", count: counts.bitCount - digits.count) + digits])
      }
    }
  }

  @Test("they are those of a sampler under the same keys", arguments: 1...6)
  func sampler(_ seed: UInt64) throws {
    let request = try Self.request(seed)
    let results = try CircuitSimulator(device: "cpu").run(request)
    func counts(_ sampler: Sampler) throws -> [[UInt32]] {
      try sampler.counts(request.rows, shots: 501, seed: seed, circuitIndex: 5, firstRow: 11)
    }
    #expect(Self.dense(results) == (try counts(CircuitSimulator(device: "cpu").sampler(for: request))), "seed \(seed)")
    // What is left out changes the order of the states in memory, and so which of them a draw is.
    if results[0].pruned == nil { #expect(Self.dense(results) == (try counts(Sampler(request.circuit))), "seed \(seed)") }
    #expect(results.allSatisfy { $0.method == "statevector-lanes" && $0.shots == 501 && $0.counts?.total == 501 })
    #expect(results.map { Int($0.row) } == Array(11..<48) && results.allSatisfy { $0.expectations.isEmpty && $0.device == "cpu" })
  }

  @Test("the same counts however a job's rows are split, and over more rows than one window has")
  func split() throws {
    let qubitCount = 13
    var circuit = try Circuit(qubitCount: qubitCount)
    for qubit in 0..<qubitCount { try circuit.append(.ry, .parameter(Parameter("p\(qubit)")), on: qubit) }
    for qubit in 1..<qubitCount { try circuit.append(.cx, on: qubit - 1, qubit) }
    let window = Limits.countWindowByteCount >> (qubitCount + 2)
    let rows = (0..<window + 3).map { row in (0..<qubitCount).map { 0.1 * Double(row % 31) + 0.3 * Double($0) } }
    let whole = SimulationRequest(circuit: circuit, rows: rows, shots: 20, seed: 3, firstRow: 11)
    let simulator = try CircuitSimulator(device: "cpu")
    let expected = try simulator.run(whole)
    #expect(expected.map { Int($0.row) } == Array(11..<11 + whole.rows.count))
    for first in [0, window - 1, window, window + 2] {
      var part = whole
      (part.rows, part.firstRow) = ([whole.rows[first]], 11 + UInt32(first))
      #expect(try simulator.run(part)[0].counts == expected[first].counts, "row \(first)")
    }
  }

  @Test("a template that is asked for values and for shots in turn gives both")
  func inTurn() throws {
    let simulator = try CircuitSimulator(device: "cpu")
    let shots = try Self.request(2)
    let values = SimulationRequest(
      circuit: shots.circuit.withoutFinalMeasurements, rows: shots.rows, observables: [try Observable("ZIIX")])
    var sampledValues = values
    (sampledValues.observables, sampledValues.shots) = ([], 10)
    let first = (try simulator.run(values).map(\.expectations), try simulator.run(sampledValues).map(\.counts))
    let second = (try simulator.run(values).map(\.expectations), try simulator.run(sampledValues).map(\.counts))
    #expect(first.0 == second.0 && first.1 == second.1 && first.0[0].count == 1 && first.1[0]?.total == 10)
  }

  @Test("rows run one after the other where more is asked for, where nothing varies, and where lanes cannot")
  func otherwise() throws {
    let simulator = try CircuitSimulator(device: "cpu")
    let base = try Self.request(4, rowCount: 2)
    func method(_ change: (inout SimulationRequest) throws -> Void) throws -> Set<String> {
      var request = base
      try change(&request)
      return Set(try simulator.run(request).map(\.method))
    }
    #expect(try method { _ in } == ["statevector-lanes"])
    #expect(try method { $0.observables = [try Observable("ZZZZ")] } == ["statevector"])
    #expect(try method { $0.isReproducible = true } == ["statevector"])
    #expect(try method { $0.wantsProbabilities = true } == ["statevector"])
    #expect(try method { $0.explainsPlan = true } == ["statevector"])
    #expect(try method { ($0.circuit, $0.rows) = (try Circuit(qubitCount: 3), [[]]) } == ["statevector"])
    let angle = ClassicalExpression.parameter(Parameter("a"))
    var wide = try Circuit(qubitCount: Limits.sampledBitCount + 1)
    try wide.append(.ry, angle, on: 0)
    #expect(try method { ($0.circuit, $0.rows) = (wide, [[1]]) } == ["statevector"])
    var dynamic = try Circuit(qubitCount: 2, classicalBitCount: 1)
    try dynamic.append(.ry, angle, on: 0)
    try dynamic.measure(0, into: 0)
    try dynamic.append(.reset(qubit: 0))
    #expect(try method { ($0.circuit, $0.rows) = (dynamic, [[1]]) } == ["statevector"])
  }

  @Test("an angle that cannot be bound is refused with its row's number in the job")
  func refused() throws {
    var request = try Self.request(1)
    request.rows[6] = request.rows[6].map { _ in 1e300 }
    let error = #expect(throws: SimulatorError.self) { try CircuitSimulator(device: "cpu").run(request) }
    #expect(error?.code == .invalidArgument && error?.message.contains("row 17") == true, "\(error?.message ?? "")")
  }
}
