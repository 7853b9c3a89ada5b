import Circuits
import Simulator
import Testing

@testable import ketwork

@Suite("templates of batches")
struct BatchAnsatzTests {
  @Test("a layer of ry-ring is ry on each qubit, then cx around the ring, with the parameters in the gates' order")
  func ryRing() throws {
    let circuit = try BatchAnsatz.ryRing.circuit(qubitCount: 3, layerCount: 2)
    let layers = [0, 3].map { first in
      ["ry(p\(first)) 0", "ry(p\(first + 1)) 1", "ry(p\(first + 2)) 2", "cx() 0 1", "cx() 1 2", "cx() 2 0"]
    }
    #expect(Self.gates(circuit) == layers.flatMap(\.self))
    #expect(circuit.parameters.map(\.name) == (0..<6).map { "p\($0)" })
  }

  @Test("a layer of u3-cz-rzz is u on each qubit, cz around the ring, then rzz around it")
  func u3CzRzz() throws {
    let circuit = try BatchAnsatz.u3CzRzz.circuit(qubitCount: 3, layerCount: 2)
    let layers = [0, 12].map { first in
      (0..<3).map { "u(p\(first + 3 * $0) p\(first + 3 * $0 + 1) p\(first + 3 * $0 + 2)) \($0)" }
        + ["cz() 0 1", "cz() 1 2", "cz() 2 0"]
        + ["rzz(p\(first + 9)) 0 1", "rzz(p\(first + 10)) 1 2", "rzz(p\(first + 11)) 2 0"]
    }
    #expect(Self.gates(circuit) == layers.flatMap(\.self))
    #expect(circuit.parameters.map(\.name) == (0..<24).map { "p\($0)" })
  }

  @Test("a row is as wide as the template has parameters", arguments: BatchAnsatz.allCases)
  func rowWidth(_ ansatz: BatchAnsatz) throws {
    let benchmark = BatchBenchmark(
      work: .values, ansatz: ansatz, layerCount: 3, qubitCount: 5, rowCount: 1, precision: .single, repetitions: 1, seed: 1)
    #expect(try ansatz.circuit(qubitCount: 5, layerCount: 3).parameters.count == benchmark.rowWidth)
  }

  /// `u(p0 p1 p2) 0`, `cx() 0 1`.
  private static func gates(_ circuit: Circuit) -> [String] {
    circuit.instructions.map { instruction in
      guard case .gate(let gate) = instruction else { return "\(instruction)" }
      let angles = gate.parameters.map { expression in
        if case .parameter(let parameter) = expression { parameter.name } else { "\(expression)" }
      }
      let qubits = gate.controls.map(\.qubit) + gate.qubits
      return "\(gate.name)(\(angles.joined(separator: " "))) \(qubits.map(\.description).joined(separator: " "))"
    }
  }
}
