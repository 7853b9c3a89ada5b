import Circuits
import Protocol
import TestSupport
import Testing

@Suite("Encoded circuits")
struct CircuitBodyTests {
  /// A circuit with an instruction, expression and target of every kind.
  static func everything() throws -> Circuit {
    var circuit = Circuit()
    try circuit.addQuantumRegister("q", count: 4)
    try circuit.addQuantumRegister("ancilla", count: 1)
    try circuit.addClassicalRegister("c", count: 4)
    try circuit.addClassicalRegister("local", count: 2, isOutput: false)
    let counter = try circuit.addVariable("i", type: .int(width: 32))
    let array = try circuit.addVariable("a", type: .uint(width: 8), elementCount: 3)
    let angle = try circuit.addVariable("phase", type: .angle(width: 20))
    let theta = Parameter("θ")
    circuit.declare(Parameter("unused"))
    for gate in Gate.all {
      try circuit.append(
        .gate(
          GateOperation(
            .standard(gate), parameters: gate.parameterNames.map { _ in 0.25 }, qubits: Array(0..<gate.qubitCount),
            controls: gate.qubitCount < 5 ? [Control(4, isPositive: false)] : [], exponent: 0.5)))
    }
    try circuit.append(unitary: Matrix([[.zero, .one], [.one, .zero]]), on: [2])
    try circuit.append(rotation: .parameter(theta) * 2, about: try PauliString("XYZI"), on: [3, 1, 0, 2])
    let condition = ClassicalExpression.binary(.logicalAnd, .bit(1), .unary(.not, .bits(0..<3)))
    for instruction: Instruction in [
      .measure(qubit: 0, bit: 3), .measure(qubit: 1, bit: nil), .reset(qubit: 2), .barrier([0, 1]),
      .delay(seconds: .literal(.float(1e-9)), qubits: [3]),
      .ifElse(condition, then: [.reset(qubit: 0)], otherwise: [.end]),
      .whileLoop(.literal(.bool(false)), body: [.breakLoop, .continueLoop]),
      .forLoop(
        variable: counter,
        values: .range(start: .literal(.int(-3, width: 8)), step: .literal(.uint(1, width: 8)), end: .variable(counter)),
        body: [.reset(qubit: 1)]),
      .forLoop(variable: counter, values: .list([.literal(.bits(5, width: 3)), .literal(.angle(7, width: 20))]), body: []),
      .iterations([[.reset(qubit: 1)], []]),
      .switchCase(.variable(counter), cases: [.init(values: [1, -2], body: [.end])], otherwise: []),
      .assign(.bit(0), .bitAt(0..<4, index: .variable(counter))), .assign(.bits(1..<3), .literal(.bits(1, width: 2))),
      .assign(.bitAt(0..<4, index: .variable(counter)), .literal(.bool(true))),
      .assign(.variable(counter), .cast(.int(width: 32), .call(.popcount, [.bits(0..<4)]))),
      .assign(.element(variable: array, index: .variable(counter)), .element(variable: array, index: .literal(.int(0, width: 8)))),
      .assign(
        .variableBit(variable: angle, element: .literal(.int(0, width: 8)), bit: .variable(counter)),
        .call(.pow, [.parameter(theta), .literal(.float(.pi))])),
    ] {
      try circuit.append(instruction)
    }
    return circuit
  }

  @Test("a circuit of everything comes back as it was")
  func roundTrip() throws {
    let circuit = try Self.everything()
    let bytes = CircuitBody.encode(circuit)
    #expect(try CircuitBody.decode(bytes) == circuit)
    #expect(bytes.first == 1)
    #expect(try Template(circuit).digest == Template(format: .circuit, bytes: bytes).digest)
  }

  @Test("a small circuit has these bytes, for ever")
  func golden() throws {
    var bell = try Circuit(qubitCount: 2, classicalBitCount: 2)
    try bell.append(Gate(named: "h")!, on: 0)
    try bell.append(Gate(named: "cx")!, on: 0, 1)
    try bell.measure(0, into: 1)
    let one: [UInt8] = [0, 0, 0, 0, 0, 0, 0xf0, 0x3f]
    let head: [UInt8] = [1, 1, 1, 0x71, 2, 1, 1, 0x63, 2, 1, 0, 0, 2, 1, 0x68, 2, 0x63, 0x78]
    #expect(CircuitBody.encode(bell) == head + [3, 1, 1, 0, 0, 1, 0, 0] + one + [1, 1, 1, 0, 2, 0, 1, 0] + one + [2, 0, 2])
  }

  @Test("mutated circuits are read or refused, never trapped on", arguments: 0..<8)
  func mutations(seed: UInt64) throws {
    var generator = SplitMix(seed: seed)
    let bytes = CircuitBody.encode(try Self.everything())
    var refused = 0
    for _ in 0..<2_000 {
      let mutated = generator.mutated(bytes)
      do {
        #expect(CircuitBody.encode(try CircuitBody.decode(mutated)) == mutated, "seed \(seed)")
      } catch {
        refused += 1
      }
    }
    #expect(refused > 1_000)
  }

  @Test("random bytes are refused, never trapped on", arguments: 0..<4)
  func noise(seed: UInt64) {
    var generator = SplitMix(seed: seed)
    for _ in 0..<4_000 {
      let bytes = [1, 0, 0, 0, 0, 0] + generator.bytes(Int.random(in: 0...60, using: &generator))
      _ = try? CircuitBody.decode(bytes)  // What counts is that this returns.
    }
  }

  @Test("nesting beyond the limit is refused, not followed")
  func depth() {
    // `if` within `if`, each of a literal condition; then minus of minus.
    let cases: [(head: [UInt8], level: [UInt8])] = [([1], [7, 1, 1, 1, 1]), ([1, 5], [8, 1, 0x2d])]
    for (head, level) in cases {
      var bytes: [UInt8] = [1, 0, 0, 0, 0, 0] + head
      for _ in 0..<100_000 { bytes += level }
      #expect { try CircuitBody.decode(bytes) } throws: { ($0 as? ProtocolError)?.code == .malformed }
    }
  }

  @Test("what is written otherwise than canonically is refused")
  func canonical() throws {
    let bytes = CircuitBody.encode(try Circuit(qubitCount: 1))
    #expect(try CircuitBody.decode(bytes).qubitCount == 1)
    #expect { try CircuitBody.decode(bytes + [0]) } throws: { ($0 as? ProtocolError)?.code == .malformed }
    #expect { try CircuitBody.decode([2] + bytes.dropFirst()) } throws: { ($0 as? ProtocolError)?.code == .version }
  }
}
