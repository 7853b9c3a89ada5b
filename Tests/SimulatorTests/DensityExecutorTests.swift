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

  /// Two in three with noise, of those every second with feedback; the others with loops, branches and resets.
  private static func circuit(_ seed: UInt64, channelCount: Int) throws -> Circuit {
    if seed % 3 == 2 { return try RandomCircuit.dynamic(qubitCount: 3, stepCount: 9, seed: seed) }
    return try NoisyCircuit(seed: seed, channelCount: channelCount, hasFeedback: seed % 2 == 0).circuit
  }

  private static func run(_ request: SimulationRequest) throws -> SimulationResult {
    try CircuitSimulator(device: "cpu").run(request)[0]
  }

  @Test("noise, feedback, resets and loops give what all histories of amplitudes give: 1e-11", arguments: 0..<40 as Range<UInt64>)
  func exact(_ seed: UInt64) throws {
    var circuit = try Self.circuit(seed, channelCount: 4)
    for qubit in 0..<3 { try circuit.append(.ry, 0.7, on: qubit) }
    let result = try Self.run(Self.request(circuit, [try AllHistories.observable()]))
    try AllHistories.expectAgreement(result, circuit, tolerance: 1e-11, seed: seed)
    #expect(result.method == "density-matrix" && result.device == "cpu")
  }

  @Test("shots follow the exact distribution of output bits", arguments: 0..<30 as Range<UInt64>)
  func counts(_ seed: UInt64) throws {
    var circuit = try Self.circuit(seed, channelCount: 5)
    if seed % 2 == 1 { for qubit in 0..<2 { try circuit.measure(qubit, into: 1 - qubit) } }
    let counts = try #require(try Self.run(Self.request(circuit, shots: 4_000)).counts?.dictionary)
    try AllHistories.expectDistribution(counts, shots: 4_000, circuit, seed: seed)
  }

  @Test("a circuit without measurements is sampled on all its qubits, and bits are set on the way and at the end")
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

  @Test("a measurement without a bit is one all the same")
  func unread() throws {
    var circuit = try Circuit(qubitCount: 1)
    try circuit.append(.h, on: 0)
    try circuit.append(.measure(qubit: 0, bit: nil))
    try circuit.append(.h, on: 0)
    let probabilities = try #require(try Self.run(Self.request(circuit)).probabilities)
    #expect(probabilities.allSatisfy { abs($0 - 0.5) < 1e-14 })
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
    var endless = try Circuit(qubitCount: 1, classicalBitCount: 1)
    try endless.append(.whileLoop(.literal(.bool(true)), body: [.assign(.bit(0), .literal(.bool(true)))]))
    for (request, code) in [
      (Self.request(wide), SimulatorError.Code.invalidArgument), (statevector, .unsupported),
      (Self.request(endless), .limitExceeded),
    ] {
      let error = #expect(throws: SimulatorError.self) { try Self.run(request) }
      #expect(error?.code == code, "\(error?.message ?? "")")
    }
  }
}
