import Circuits
import TestSupport
import Testing

@testable import Simulator

@Suite("circuits as density matrices")
struct DensityExecutorTests {
  private static func request(_ circuit: Circuit, shots: Int? = nil, _ observables: [Observable] = []) -> SimulationRequest {
    var request = SimulationRequest(
      circuit: circuit, shots: shots, observables: observables, wantsProbabilities: shots == nil, seed: 7, precision: .double)
    request.method = .densityMatrix
    return request
  }

  private static func run(_ request: SimulationRequest) throws -> SimulationResult {
    try CircuitSimulator(device: "cpu").run(request)[0]
  }

  @Test("noise, feedback, resets and loops give what all histories of amplitudes give: 1e-11", arguments: 0..<40 as Range<UInt64>)
  func exact(_ seed: UInt64) throws {
    var circuit =
      seed < 20
      ? try NoisyCircuit(seed: seed, channelCount: 4, hasFeedback: seed % 2 == 0).circuit
      : try RandomCircuit.dynamic(qubitCount: 3, stepCount: 9, seed: seed)
    for qubit in 0..<3 { try circuit.append(.ry, 0.7, on: qubit) }
    let observable = try Observable("0.5*ZXI - 1.5*IYZ + XXX")
    let branches = try ReferenceInterpreter.run(circuit)
    let expected = observable.terms.reduce(0) { $0 + $1.coefficient * ReferenceInterpreter.expectation($1.pauli, branches) }
    let result = try Self.run(Self.request(circuit, [observable]))
    #expect(abs(result.expectations[0].value - expected) < 1e-11, "seed \(seed)")
    for state in 0..<8 {
      let probability = branches.reduce(0) { $0 + $1.amplitudes[state].lengthSquared }
      #expect(abs((result.probabilities?[state] ?? -1) - probability) < 1e-11, "seed \(seed), state \(state)")
    }
    #expect(result.method == "density-matrix" && result.device == "cpu")
  }

  /// Pearson's statistic; the bound is passed by chance once in 10⁷ tests.
  @Test("shots follow the exact distribution of output bits", arguments: 0..<30 as Range<UInt64>)
  func counts(_ seed: UInt64) throws {
    var circuit =
      seed < 15
      ? try NoisyCircuit(seed: seed, channelCount: 5, hasFeedback: seed % 2 == 0).circuit
      : try RandomCircuit.dynamic(qubitCount: 3, stepCount: 9, seed: seed)
    if seed < 15 { for qubit in 0..<2 { try circuit.measure(qubit, into: 1 - qubit) } }
    let distribution = try ReferenceInterpreter.distribution(circuit)
    let shots = 4_000
    let counts = try #require(try Self.run(Self.request(circuit, shots: shots)).counts?.dictionary)
    #expect(counts.values.reduce(0, +) == shots)
    #expect(counts.keys.allSatisfy { (distribution[$0] ?? 0) > 1e-9 }, "an impossible outcome, seed \(seed)")
    let cells = distribution.filter { $0.value * Double(shots) >= 5 }
    let statistic = cells.reduce(0) { sum, cell in
      let expected = cell.value * Double(shots)
      return sum + (Double(counts[cell.key] ?? 0) - expected) * (Double(counts[cell.key] ?? 0) - expected) / expected
    }
    let (freedom, x) = (Double(max(cells.count - 1, 0)), 16.2)
    #expect(statistic <= freedom + 1 + 2 * (freedom * x).squareRoot() + 2 * x, "seed \(seed): \(statistic) at \(freedom)")
  }

  @Test("a circuit without measurements is sampled on all its qubits, and one qubit may set several bits")
  func outputs() throws {
    var circuit = try Circuit(qubitCount: 3)
    try circuit.append(.x, on: 1)
    #expect(try Self.run(Self.request(circuit, shots: 10)).counts?.dictionary == ["010": 10])
    var measured = try Circuit(qubitCount: 2, classicalBitCount: 3)
    try measured.append(.x, on: 1)
    try measured.measure(1, into: 0)
    try measured.measure(0, into: 1)
    try measured.append(.reset(qubit: 0))
    try measured.append(.x, on: 0)
    try measured.measure(0, into: 2)
    #expect(try Self.run(Self.request(measured, shots: 10)).counts?.dictionary == ["101": 10])
  }

  @Test("rows of parameters, and the same shots whichever rows come with them")
  func rows() throws {
    var circuit = try Circuit(qubitCount: 2)
    try circuit.append(.ry, .parameter(Parameter("a")), on: 0)
    try circuit.append(try .depolarizing(0.1, qubitCount: 2), on: 0, 1)
    var request = Self.request(circuit, shots: 200, [try Observable("IZ")])
    request.rows = [[0.3], [1.2], [2.5]]
    let all = try CircuitSimulator(device: "cpu").run(request)
    for (row, result) in all.enumerated() {
      #expect(abs(result.expectations[0].value - 0.9 * Complex(phase: request.rows[row][0]).real) < 1e-14)
      var single = request
      (single.rows, single.firstRow) = ([request.rows[row]], UInt32(row))
      #expect(try Self.run(single).counts == result.counts)
    }
  }

  @Test("what no density matrix gives is refused")
  func refusals() throws {
    var wide = try Circuit(qubitCount: 17)
    for qubit in 0..<17 { try wide.append(.h, on: qubit) }
    var statevector = Self.request(try Circuit(qubitCount: 1))
    statevector.wantsStatevector = true
    var controlled = try Circuit(qubitCount: 5)
    try controlled.append(.x, on: 0, controls: (1...4).map { Control($0) })
    var endless = try Circuit(qubitCount: 1, classicalBitCount: 1)
    try endless.append(.whileLoop(.literal(.bool(true)), body: [.assign(.bit(0), .literal(.bool(true)))]))
    for (request, code) in [
      (Self.request(wide), SimulatorError.Code.invalidArgument), (statevector, .unsupported),
      (Self.request(controlled), .unsupported),
      (Self.request(endless), .limitExceeded),
    ] {
      let error = #expect(throws: SimulatorError.self) { try Self.run(request) }
      #expect(error?.code == code, "\(error?.message ?? "")")
    }
  }
}
