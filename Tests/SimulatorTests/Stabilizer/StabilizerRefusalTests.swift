import Circuits
import Testing

@testable import Simulator

@Suite("what no stabilizer state is")
struct StabilizerRefusalTests {
  private func refusal(_ circuit: Circuit, device: String = "cpu", _ change: (inout SimulationRequest) -> Void = { _ in }) throws
    -> SimulatorError
  {
    var request = SimulationRequest(circuit: circuit, shots: 10)
    request.method = .stabilizer
    change(&request)
    let made = request
    return try #require(throws: SimulatorError.self) { try CircuitSimulator(device: device).run(made) }
  }

  @Test("a gate that is no Clifford gate is refused with its place and name, in a condition too")
  func gates() throws {
    var circuit = try Circuit(qubitCount: 3, classicalBitCount: 1)
    try circuit.append(.h, on: 0)
    var late = circuit
    try late.append(
      .ifElse(.bit(0), then: [.gate(GateOperation(.standard(Gate(named: "ccx")!), qubits: [0, 1, 2]))], otherwise: []))
    try circuit.append(Gate(named: "rz")!, 0.25, on: 1)
    let error = try refusal(circuit)
    #expect(error.code == .unsupported)
    #expect(error.message.contains("instruction 1: gate rz(0.25) is not a Clifford gate") && error.message.contains("sx"))
    #expect(try refusal(late).message.contains("instruction 1: gate ccx is not"))
  }

  @Test("a gate whose angle turns out not to be a Clifford gate's while the circuit runs is refused")
  func angles() throws {
    var circuit = try Circuit(qubitCount: 1, classicalBitCount: 1)
    try circuit.append(.x, on: 0)
    try circuit.measure(0, into: 0)
    try circuit.append(.rx, .binary(.multiply, .cast(.int(width: 8), .bit(0)), 0.5), on: 0)
    #expect(try refusal(circuit).message.contains("gate rx(0.5) is not"))
  }

  @Test("amplitudes, probabilities, plans and devices other than the CPU are refused by name")
  func requests() throws {
    let circuit = try WideStabilizerTests.ghz(3)
    #expect(try refusal(circuit) { $0.wantsProbabilities = true }.message.contains("not all probabilities"))
    #expect(try refusal(circuit) { $0.wantsStatevector = true }.message.contains("not amplitudes"))
    #expect(try refusal(circuit) { $0.explainsPlan = true }.message.contains("not a plan"))
    #expect(try refusal(circuit) { $0.differentiation = .adjoint }.message.contains("not gradients"))
    #expect(try refusal(circuit) { $0.shots = Limits.shotCount + 1 }.code == .invalidArgument)
    #expect(try refusal(circuit) { $0.rows = [[1]] }.code == .invalidArgument)
  }

  @Test("more histories than are followed without shots are refused with what would be accepted")
  func histories() throws {
    var circuit = try Circuit(qubitCount: 1, classicalBitCount: 1)
    for _ in 0..<17 {
      try circuit.append(.h, on: 0)
      try circuit.measure(0, into: 0)
      try circuit.append(.ifElse(.bit(0), then: [.gate(GateOperation(.standard(.x), qubits: [0]))], otherwise: []))
    }
    let observable = try Observable("Z")
    let error = try refusal(circuit) { ($0.shots, $0.observables) = (nil, [observable]) }
    #expect(error.code == .limitExceeded && error.message.contains("ask for shots"))
  }

  @Test("different outcomes beyond the limit are refused")
  func outcomes() throws {
    var outcomes = PackedOutcomes(bitCount: 100)
    for place in 0..<10 { outcomes.append((0..<100).map { $0 == 90 + place % 5 }, count: 1) }
    outcomes.merge()
    // Five outcomes of two words, and their counts.
    #expect(outcomes.count == 5 && outcomes.byteCount == 120)
    try outcomes.refuseIfTooLarge(shots: 7, limit: 120)
    let found = outcomes
    let error = try #require(throws: SimulatorError.self) { try found.refuseIfTooLarge(shots: 7, limit: 119) }
    #expect(error.code == .limitExceeded && error.message.contains("7 shots of 100 bits gave 5 different outcomes"))
  }

  @Test("a stop is seen")
  func stop() throws {
    let stop = StopFlag()
    stop.set()
    var request = SimulationRequest(circuit: try WideStabilizerTests.ghz(100), shots: 10)
    request.method = .stabilizer
    let made = request
    let error = try #require(throws: SimulatorError.self) { try CircuitSimulator(device: "cpu").run(made, stop: stop) }
    #expect(error.code == .cancelled)
  }
}

@Suite("the choice of a method")
struct MethodChoiceTests {
  private func method(_ circuit: Circuit, _ change: (inout SimulationRequest) -> Void = { _ in }) throws -> String {
    var request = SimulationRequest(circuit: circuit, shots: 10)
    change(&request)
    return try CircuitSimulator(device: "cpu").run(request)[0].method
  }

  @Test("auto takes wide Clifford circuits as stabilizer states, and no others")
  func auto() throws {
    let least = Limits.leastStabilizerQubitCount
    #expect(try method(WideStabilizerTests.ghz(least)) == "stabilizer")
    #expect(try method(WideStabilizerTests.ghz(least - 1)) == "statevector")
    #expect(try method(WideStabilizerTests.ghz(least)) { $0.method = .statevector } == "statevector")
    #expect(try method(WideStabilizerTests.ghz(2)) { $0.method = .stabilizer } == "stabilizer")
    #expect(try method(WideStabilizerTests.ghz(least)) { $0.wantsProbabilities = true } == "statevector")
    #expect(try method(WideStabilizerTests.ghz(least)) { $0.isReproducible = true } == "statevector")
    #expect(try method(WideStabilizerTests.ghz(63)) { $0.isReproducible = true } == "stabilizer")
    var other = try WideStabilizerTests.ghz(least)
    try other.append(Gate(named: "t")!, on: 0)
    try other.append(.h, on: 0)
    #expect(try method(other) == "statevector")
  }

  @Test("the widest circuit runs, and what is too wide without Clifford gates is told of them")
  func widest() throws {
    let widest = try WideStabilizerTests.ghz(Limits.stabilizerQubitCount)
    #expect(try method(widest) == "stabilizer")
    var other = try WideStabilizerTests.ghz(100)
    try other.append(Gate(named: "t")!, on: 0)
    try other.append(.h, on: 0)
    let made = other
    let error = try #require(throws: SimulatorError.self) { try method(made) }
    #expect(error.code == .outOfMemory && error.message.contains("Clifford gates alone"))
  }

  @Test("rows are stabilizer states each for itself")
  func rows() throws {
    var circuit = try WideStabilizerTests.ghz(Limits.leastStabilizerQubitCount)
    circuit.declare(Parameter("a"))
    try circuit.append(.rx, .parameter(Parameter("a")), on: 0)
    let request = SimulationRequest(circuit: circuit, rows: [[.pi / 2], [0.3], [.pi]], shots: 20, firstRow: 3)
    let results = try CircuitSimulator(device: "cpu").run(request)
    #expect(results.map(\.method) == ["stabilizer", "statevector", "stabilizer"] && results.map(\.row) == [3, 4, 5])
  }
}
