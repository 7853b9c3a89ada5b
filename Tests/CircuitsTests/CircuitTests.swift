import Circuits
import Testing

private func expectError(_ code: CircuitError.Code, _ body: () throws -> Void) {
  let error = #expect(throws: CircuitError.self) { try body() }
  #expect(error?.code == code, "\(String(describing: error))")
}

@Suite("circuits are checked as they are made")
struct CircuitTests {
  @Test("bad instructions are refused by kind and leave the circuit unchanged")
  func refusals() throws {
    var circuit = try Circuit(qubitCount: 2, classicalBitCount: 1)
    let before = circuit
    expectError(.qubitOutOfRange) { try circuit.append(.h, on: 2) }
    expectError(.qubitOutOfRange) { try circuit.append(.h, on: -1) }
    expectError(.duplicateQubit) { try circuit.append(.cx, on: 1, 1) }
    expectError(.duplicateQubit) { try circuit.append(.x, on: 1, controls: [Control(1)]) }
    expectError(.wrongArity) { try circuit.append(.cx, on: 1) }
    expectError(.wrongArity) { try circuit.append(.rx, on: 1) }
    expectError(.notFinite) { try circuit.append(.rx, ClassicalExpression(.nan), on: 1) }
    expectError(.bitOutOfRange) { try circuit.measure(0, into: 1) }
    expectError(.bitOutOfRange) { try circuit.measure(0, into: .max) }
    expectError(.invalidMatrix) { try circuit.append(unitary: .diagonal([.one, Complex(2)]), on: [0]) }
    expectError(.invalidMatrix) { try circuit.append(unitary: .identity(3), on: [0]) }
    expectError(.invalidArithmetic) { try circuit.append(.breakLoop) }
    #expect(circuit == before)
    expectError(.limitExceeded) { _ = try Circuit(qubitCount: 1 << 40) }
  }

  @Test("parameters keep the order of declaration, then of first use")
  func parameterOrder() throws {
    var circuit = try Circuit(qubitCount: 1)
    let (a, b) = (Parameter("a"), Parameter("b"))
    circuit.declare(b)
    try circuit.append(.rx, .parameter(a) + .parameter(b), on: 0)
    #expect(circuit.parameters == [b, a])
    #expect(try circuit.initialMemory([1, 2]).parameters == [b: 1, a: 2])
    expectError(.wrongArity) { _ = try circuit.initialMemory([1]) }
    expectError(.notFinite) { _ = try circuit.initialMemory([1, .infinity]) }
  }

  @Test("a circuit is dynamic when an outcome can matter later")
  func dynamic() throws {
    var circuit = try Circuit(qubitCount: 2, classicalBitCount: 2)
    try circuit.append(.h, on: 0)
    try circuit.measure(0, into: 0)
    #expect(!circuit.isDynamic)
    try circuit.append(.x, on: 1)
    #expect(!circuit.isDynamic)
    var reused = circuit
    try reused.append(.x, on: 0)
    #expect(reused.isDynamic)
    var overwritten = circuit
    try overwritten.measure(1, into: 0)
    #expect(overwritten.isDynamic)
    try circuit.reset(1)
    #expect(circuit.isDynamic)
  }

  @Test("the inverse of a circuit of gates is its steps undone in reverse; one that measures has none")
  func inverse() throws {
    var circuit = try Circuit(qubitCount: 2, classicalBitCount: 1)
    try circuit.append(.s, on: 0)
    try circuit.append(.rx, .parameter(Parameter("a")), on: 1)
    let inverse = try circuit.inverse()
    #expect(
      inverse.instructions == [
        .gate(GateOperation(.standard(.rx), parameters: [-.parameter(Parameter("a"))], qubits: [1])),
        .gate(GateOperation(.standard(.sdg), qubits: [0])),
      ])
    try circuit.measure(0, into: 0)
    expectError(.invalidArithmetic) { _ = try circuit.inverse() }
  }
}

@Suite("Pauli strings and observables")
struct PauliTests {
  @Test("a label's leftmost letter acts on the highest qubit")
  func labels() throws {
    let string = try PauliString("XYZI")
    #expect(string.x == 0b1100 && string.z == 0b0110)
    #expect(string.label == "XYZI" && string.weight == 3)
    #expect(try PauliString("ZI").matrix() == .diagonal([.one, .one, -.one, -.one]))
    #expect(try PauliString("YX").matrix().distance(to: PauliString("Y").matrix().tensor(PauliString("X").matrix())) == 0)
  }

  @Test(
    "sums are read with and without '*', and printed so that they read back",
    arguments: [
      "ZZ", "0.5*ZZ - 1.2 XI + II", "-ZI", "1e-3*XX+2.5E+2 YY", "  ZZ  ", "- 3 ZZ",
    ])
  func sums(_ text: String) throws {
    let observable = try Observable(text)
    #expect(try Observable(observable.description) == observable)
  }

  @Test(
    "what is not an observable is refused with its place",
    arguments: [
      "", " ", "ZQ", "0.5", "ZZ +", "ZZ XX", "ZZ + XXX", "1..2 ZZ", "nan*ZZ", "*", "ZZ * XX", "é",
      String(repeating: "Z", count: 63),
    ])
  func refusals(_ text: String) {
    #expect(throws: CircuitError.self) { try Observable(text) }
  }
}
