import Circuits
import TestSupport
import Testing

@testable import Simulator

private let methods: [SimulationMethod] = [.statevector, .densityMatrix]

/// Circuits on three qubits whose measurements are misread: qubits 0 and 2 one by one, or 2 and 1 together and 0 by itself.
private struct MisreadCircuit {
  var circuit: Circuit

  init(seed: UInt64, isJoint: Bool, hasFeedback: Bool = false, isMeasured: Bool = true) throws {
    circuit = try NoisyCircuit(seed: seed, channelCount: 3).circuit
    if hasFeedback {
      try circuit.measure(0, into: 0)
      try circuit.append(.ifElse(.bit(0), then: [.gate(GateOperation(.standard(.h), qubits: [1]))], otherwise: []))
      try circuit.append(.ry, 1.1, on: 0)
    }
    if isMeasured { for qubit in 0..<3 { try circuit.measure(qubit, into: qubit) } }
    try circuit.misread(try ReadoutError(zeroAsOne: 0.1, oneAsZero: 0.3), on: [0])
    if isJoint {
      let rows = [[0.7, 0.1, 0.15, 0.05], [0.2, 0.8, 0, 0], [0.1, 0, 0.6, 0.3], [0, 0.25, 0.25, 0.5]]
      try circuit.misread(try ReadoutError(rows), on: [2, 1])
    } else {
      try circuit.misread(try ReadoutError(zeroAsOne: 0.25, oneAsZero: 0.05), on: [2])
    }
  }

  func run(_ method: SimulationMethod, _ change: (inout SimulationRequest) throws -> Void) throws -> SimulationResult {
    var request = SimulationRequest(circuit: circuit, seed: 11, precision: .double)
    request.method = method
    try change(&request)
    return try CircuitSimulator(device: "cpu").run(request)[0]
  }
}

@Suite("errors of reading")
struct ReadoutTests {
  @Test("counts follow the distribution of what is read", arguments: 0..<12 as Range<UInt64>, methods)
  func counts(_ seed: UInt64, _ method: SimulationMethod) throws {
    let misread = try MisreadCircuit(
      seed: seed, isJoint: seed % 2 == 1, hasFeedback: seed % 4 >= 2, isMeasured: seed % 3 != 0 || seed % 4 >= 2)
    let counts = try #require(try misread.run(method) { $0.shots = 20_000 }.counts?.dictionary)
    try AllHistories.expectDistribution(counts, shots: 20_000, misread.circuit, seed: seed)
  }

  @Test("probabilities are those of outcomes as read, to 1e-12", arguments: 0..<6 as Range<UInt64>, methods)
  func probabilities(_ seed: UInt64, _ method: SimulationMethod) throws {
    let misread = try MisreadCircuit(seed: seed, isJoint: seed % 2 == 1, isMeasured: false)
    let expected = try ReferenceInterpreter.distribution(misread.circuit)
    let found = try #require(try misread.run(method) { $0.wantsProbabilities = true }.probabilities)
    for state in 0..<8 {
      let key = String((0..<3).reversed().map { state >> $0 & 1 == 1 ? "1" : "0" })
      #expect(abs(found[state] - (expected[key] ?? 0)) < 1e-12, "seed \(seed), state \(state)")
    }
  }

  @Test("values are those of the state without shots, and of what is read with them", arguments: 0..<6 as Range<UInt64>, methods)
  func expectations(_ seed: UInt64, _ method: SimulationMethod) throws {
    let misread = try MisreadCircuit(seed: seed, isJoint: seed % 2 == 1, isMeasured: false)
    let labels = ["IIZ", "ZII", "IZI", "XYZ", "IXX", "YIY"]
    let observables = try labels.map { try Observable($0) }
    let exact = try misread.run(method) { $0.observables = observables }
    let branches = try ReferenceInterpreter.run(misread.circuit)
    let read = try misread.run(method) { ($0.observables, $0.shots) = (observables, 4_000) }
    for (index, label) in labels.enumerated() {
      let pauli = try PauliString(label)
      let value = ReferenceInterpreter.expectation(pauli, branches)
      #expect(abs(exact.expectations[index].value - value) < 1e-12, "seed \(seed), \(label)")
      let expected = try Self.valueRead(pauli, misread.circuit)
      let (found, error) = (read.expectations[index].value, read.expectations[index].standardError)
      #expect(abs(found - expected) <= 5 * error + 1e-12, "seed \(seed), \(label): \(found) ± \(error), not \(expected)")
    }
  }

  /// The mean parity of what is read if every letter is turned into Z.
  private static func valueRead(_ pauli: PauliString, _ circuit: Circuit) throws -> Double {
    var turned = circuit
    for qubit in 0..<3 where pauli.x >> UInt64(qubit) & 1 == 1 {
      if pauli.z >> UInt64(qubit) & 1 == 1 { try turned.append(.sdg, on: qubit) }
      try turned.append(.h, on: qubit)
    }
    let letters = Set((0..<3).filter { (pauli.x | pauli.z) >> UInt64($0) & 1 == 1 })
    return try ReferenceInterpreter.distribution(turned).reduce(0) { sum, entry in
      let ones = entry.key.reversed().enumerated().count { letters.contains($0.offset) && $0.element == "1" }
      return sum + (ones % 2 == 0 ? entry.value : -entry.value)
    }
  }

  @Test("values from shots of what is read are those of the observable that is misread: 6 standard errors")
  func estimatorShots() throws {
    let misread = try MisreadCircuit(seed: 3, isJoint: false, isMeasured: false)
    let observables = [try AllHistories.observable()]
    let simulator = try CircuitSimulator(device: "cpu")
    let estimator = try Estimator(
      misread.circuit, observables: observables, precision: .double, device: "cpu", simulator: simulator)
    var (values, errors) = ([0.0], [0.0])
    var valueSpan = values.mutableSpan
    var errorSpan = errors.mutableSpan
    try estimator.estimate(
      [Double]().span, rowCount: 1, shots: 40_000, seed: 5, values: &valueSpan, standardErrors: &errorSpan)
    let expected = try misread.run(.densityMatrix) { ($0.observables, $0.shots) = (observables, 1) }.expectations[0].value
    #expect(errors[0] > 0 && abs(values[0] - expected) <= 6 * errors[0], "\(values[0]) ± \(errors[0]), not \(expected)")
  }

  @Test("a qubit that no gate touches is misread, too")
  func idle() throws {
    var circuit = try Circuit(qubitCount: 3, classicalBitCount: 3)
    try circuit.append(.x, on: 1)
    for qubit in 0..<3 { try circuit.measure(qubit, into: qubit) }
    try circuit.misread(try ReadoutError(zeroAsOne: 1, oneAsZero: 0), on: [2])
    for method in [SimulationMethod.auto] + methods {
      var request = SimulationRequest(circuit: circuit, shots: 100, observables: [try Observable("ZII")])
      request.method = method
      let result = try CircuitSimulator(device: "cpu").run(request)[0]
      #expect(result.counts?.dictionary == ["110": 100], "\(method)")
      #expect(abs(result.expectations[0].value + 1) < 1e-6, "\(method)")
    }
  }

  @Test("qubits that are read together have to be measured together, at the end", arguments: methods)
  func partly(_ method: SimulationMethod) throws {
    var circuit = try Circuit(qubitCount: 2, classicalBitCount: 2)
    try circuit.append(.h, on: 0)
    try circuit.misread(try ReadoutError(zeroAsOne: 0, oneAsZero: 0).joined(), on: [0, 1])
    var first = circuit
    try first.measure(0, into: 0)
    var onTheWay = first
    try onTheWay.append(.h, on: 0)
    for refused in [first, onTheWay] {
      var request = SimulationRequest(circuit: refused, shots: 10)
      request.method = method
      let error = #expect(throws: SimulatorError.self) { try CircuitSimulator(device: "cpu").run(request) }
      #expect(error?.code == .unsupported && error?.message.contains("[0, 1]") == true)
    }
  }

  @Test("a long observable that is misread is refused with what else there is")
  func long() throws {
    var circuit = try Circuit(qubitCount: 20)
    for qubit in 0..<20 {
      try circuit.append(.h, on: qubit)
      try circuit.misread(try ReadoutError(zeroAsOne: 0.01, oneAsZero: 0.02), on: [qubit])
    }
    let request = SimulationRequest(circuit: circuit, shots: 10, observables: [try Observable(String(repeating: "X", count: 20))])
    let error = #expect(throws: SimulatorError.self) { try CircuitSimulator(device: "cpu").run(request) }
    #expect(error?.code == .limitExceeded && error?.message.contains("estimated from shots") == true)
  }

  @Test("two errors of one qubit, and errors of another size, are refused")
  func refused() throws {
    var circuit = try Circuit(qubitCount: 2)
    let error = try ReadoutError(zeroAsOne: 0.1, oneAsZero: 0.1)
    try circuit.misread(error, on: [1])
    #expect(throws: CircuitError.self) { try circuit.misread(error, on: [1]) }
    #expect(throws: CircuitError.self) { try circuit.misread(error, on: [0, 1]) }
    #expect(throws: CircuitError.self) { try circuit.misread(error, on: [2]) }
    #expect(circuit.readout == [.init(qubits: [1], error: error)])
  }
}

extension ReadoutError {
  /// The error of two bits, each of which has this one.
  fileprivate func joined() throws -> ReadoutError {
    var rows = [[Double]](repeating: [0, 0, 0, 0], count: 4)
    for row in 0..<4 {
      for read in 0..<4 {
        let (low, high) = (probabilities[row & 1][read & 1], probabilities[row >> 1][read >> 1])
        rows[row][read] = low * high
      }
    }
    return try ReadoutError(rows)
  }
}
