import Circuits
import OpenQASM
import TestSupport
import Testing

@Suite("what is exported reads back with the same meaning")
struct RoundTripTests {
  @Test("every gate of the table, in both versions", arguments: Gate.all)
  func table(_ gate: Gate) throws {
    let angles = [0.37, -1.21, 2.9, 0.83].prefix(gate.parameterNames.count).map { ClassicalExpression($0) }
    var circuit = try Circuit(qubitCount: max(1, gate.qubitCount))
    try circuit.append(.gate(GateOperation(.standard(gate), parameters: angles, qubits: Array((0..<gate.qubitCount).reversed()))))
    let expected = try SameBehaviour.unitary(circuit)
    let three = try OpenQASMParser.parse(try OpenQASMExporter.export(circuit, version: .v3))
    #expect(try SameBehaviour.unitary(three).distance(to: expected) < 1e-13)
    let two = try OpenQASMParser.parse(try OpenQASMExporter.export(circuit, version: .v2))
    #expect(SameBehaviour.distanceUpToPhase(try SameBehaviour.unitary(two), expected) < 1e-13)
  }

  @Test("parameters of definitions are in alphabetical order, in which some readers give them values", arguments: Gate.all)
  func parameterOrder(_ gate: Gate) throws {
    var circuit = try Circuit(qubitCount: max(1, gate.qubitCount))
    let angles = gate.parameterNames.map { _ in ClassicalExpression(0.37) }
    try circuit.append(.gate(GateOperation(.standard(gate), parameters: angles, qubits: Array(0..<gate.qubitCount))))
    for line in try OpenQASMExporter.export(circuit, version: .v3).split(separator: "\n") where line.hasPrefix("gate ") {
      guard let list = line.prefix(while: { $0 != "{" }).split(separator: "(").dropFirst().first?.split(separator: ")").first else {
        continue
      }
      let names = list.split(separator: ",").map { $0.drop { $0 == " " } }
      #expect(names == names.sorted(), "\(line)")
    }
  }

  @Test("random circuits of gates under controls and powers, unitaries and Pauli rotations", arguments: 0..<60)
  func random(_ seed: Int) throws {
    let qubitCount = 1 + seed % 5
    let circuit = try RandomCircuit.gates(qubitCount: qubitCount, gateCount: 8, seed: UInt64(seed))
    let expected = try SameBehaviour.unitary(circuit)
    let three = try OpenQASMParser.parse(try OpenQASMExporter.export(circuit, version: .v3))
    #expect(try SameBehaviour.unitary(three).distance(to: expected) < 1e-11, "seed \(seed)")
    let two = try OpenQASMParser.parse(try OpenQASMExporter.export(circuit, version: .v2))
    #expect(SameBehaviour.distanceUpToPhase(try SameBehaviour.unitary(two), expected) < 1e-11, "seed \(seed)")
  }

  @Test("random circuits with measurements, branches, loops and switches", arguments: 0..<60)
  func dynamic(_ seed: Int) throws {
    let circuit = try RandomCircuit.dynamic(qubitCount: 2 + seed % 2, stepCount: 6, seed: UInt64(seed))
    let text = try OpenQASMExporter.export(circuit, version: .v3)
    let back = try OpenQASMParser.parse(text)
    let (expected, found) = (try ReferenceInterpreter.distribution(circuit), try ReferenceInterpreter.distribution(back))
    #expect(SameBehaviour.distance(expected, found) < 1e-11, "seed \(seed)\n\(text)")
  }

  @Test("a unitary of one to six qubits becomes gates with its matrix", arguments: 1...6)
  func unitary(_ qubitCount: Int) throws {
    let gates = try RandomCircuit.gates(qubitCount: qubitCount, gateCount: 12, seed: UInt64(qubitCount))
    let matrix = try SameBehaviour.unitary(gates)
    var circuit = try Circuit(qubitCount: qubitCount)
    try circuit.append(unitary: matrix, on: Array(0..<qubitCount))
    let back = try OpenQASMParser.parse(try OpenQASMExporter.export(circuit, version: .v3))
    #expect(try SameBehaviour.unitary(back).distance(to: matrix) < 1e-12)
  }

  @Test("parameters keep their names and order, and angles their arithmetic")
  func parameters() throws {
    var circuit = try Circuit(qubitCount: 2)
    let (a, b) = (Parameter("a"), Parameter("beta"))
    circuit.declare(b)
    try circuit.append(.rx, 2 * .parameter(a) + 0.5, on: 0)
    try circuit.append(.cp, .call(.sin, [.parameter(b)]) - .parameter(a) / 3, on: 1, 0)
    let back = try OpenQASMParser.parse(try OpenQASMExporter.export(circuit, version: .v3))
    #expect(back.parameters == [b, a])
    #expect(
      try SameBehaviour.unitary(back, parameters: [0.3, 0.7]).distance(to: SameBehaviour.unitary(circuit, parameters: [0.3, 0.7]))
        < 1e-14)
  }

  @Test("local registers stay out of the result")
  func outputs() throws {
    var circuit = try Circuit(qubitCount: 1)
    try circuit.addClassicalRegister("kept", count: 1)
    try circuit.addClassicalRegister("local", count: 2, isOutput: false)
    try circuit.append(.x, on: 0)
    try circuit.measure(0, into: 0)
    try circuit.measure(0, into: 2)
    let back = try OpenQASMParser.parse(try OpenQASMExporter.export(circuit, version: .v3))
    #expect(try ReferenceInterpreter.distribution(back) == ["1": 1])
  }

  @Test("OpenQASM 2 refuses by name what it lacks")
  func refused() throws {
    var circuit = try Circuit(qubitCount: 1, classicalBitCount: 1)
    try circuit.append(.rx, .parameter(Parameter("theta")), on: 0)
    #expect(message(circuit).contains("'theta'"))
    circuit = try Circuit(qubitCount: 1, classicalBitCount: 1)
    try circuit.append(.whileLoop(.bit(0), body: []))
    #expect(message(circuit).contains("a loop"))
    circuit = try Circuit(qubitCount: 1, classicalBitCount: 1)
    try circuit.append(.ifElse(.bit(0), then: [], otherwise: [.reset(qubit: 0)]))
    #expect(message(circuit).contains("'else'"))
    circuit = try Circuit(qubitCount: 1, classicalBitCount: 1)
    try circuit.append(.delay(seconds: 1e-6, qubits: [0]))
    #expect(message(circuit).contains("a delay"))
    circuit = try Circuit(qubitCount: 1, classicalBitCount: 1)
    try circuit.append(.switchCase(.bit(0), cases: [], otherwise: []))
    #expect(message(circuit).contains("a switch"))
    circuit = try Circuit(qubitCount: 64)
    try circuit.append(.x, on: 0, controls: (1..<64).map { Control($0) })
    #expect(message(circuit).contains("63 controls"))
  }

  private func message(_ circuit: Circuit) -> String {
    do {
      return try OpenQASMExporter.export(circuit, version: .v2)
    } catch {
      #expect(error.diagnostics[0].code == .unsupported)
      return error.diagnostics[0].message
    }
  }
}
