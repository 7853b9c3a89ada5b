import Circuits
import Simulator
import Testing

@testable import ketwork

@Suite("benchmark circuits are what their names say")
struct CircuitFamilyTests {
  /// The state that a circuit makes of a basis state, in double.
  private func state(of circuit: Circuit, from basisState: UInt64 = 0) throws -> [Complex] {
    var register = try HostRegister(qubitCount: circuit.qubitCount, precision: .double)
    try register.reset(to: basisState)
    for operation in try PreparedCircuit(circuit, precision: .double).operations { try register.apply(operation) }
    return try register.amplitudes(from: 0, count: 1 << circuit.qubitCount)
  }

  private func gates(_ circuit: Circuit) -> [GateOperation] {
    circuit.instructions.compactMap { if case .gate(let gate) = $0 { gate } else { nil } }
  }

  @Test("ghz is (|0…0⟩ + |1…1⟩)/√2", arguments: 1...7)
  func ghz(qubitCount: Int) throws {
    let amplitudes = try state(of: CircuitFamily.ghz.circuit(qubitCount: qubitCount, seed: 0))
    for (index, amplitude) in amplitudes.enumerated() {
      let isEnd = index == 0 || index == amplitudes.count - 1
      #expect((amplitude - Complex(isEnd ? 0.5.squareRoot() : 0)).length < 1e-12, "basis state \(index)")
    }
  }

  @Test("qft takes |x⟩ to Σ exp(2πi·xy/2ⁿ)|y⟩/√2ⁿ for every x", arguments: 1...5)
  func qft(qubitCount: Int) throws {
    let circuit = try CircuitFamily.qft.circuit(qubitCount: qubitCount, seed: 0)
    let size = 1 << qubitCount
    for x in 0..<size {
      let amplitudes = try state(of: circuit, from: UInt64(x))
      for y in 0..<size {
        let expected = Complex(length: 1 / Double(size).squareRoot(), phase: 2 * Double.pi * Double(x * y % size) / Double(size))
        #expect((amplitudes[y] - expected).length < 1e-12, "x = \(x), y = \(y)")
      }
    }
  }

  @Test("quantum volume has n layers of unitaries on disjoint pairs", arguments: [2, 5, 8])
  func quantumVolume(qubitCount: Int) throws {
    let operations = gates(try CircuitFamily.quantumVolume.circuit(qubitCount: qubitCount, seed: 7))
    let pairCount = qubitCount / 2
    #expect(operations.count == qubitCount * pairCount)
    for layer in 0..<qubitCount {
      let qubits = operations[layer * pairCount..<(layer + 1) * pairCount].flatMap(\.qubits)
      #expect(Set(qubits).count == 2 * pairCount, "layer \(layer)")
    }
    for operation in operations {
      guard case .unitary(let matrix) = operation.kind else {
        Issue.record("a gate \(operation.name) in quantum volume")
        continue
      }
      #expect(matrix.dimension == 4 && matrix.isUnitary(tolerance: 1e-12))
    }
  }

  /// For Haar-random U of dimension N: E|u|⁴ = 2/(N(N+1)), 0.1 for N = 4, and E[u²] = 0. 32,000 entries; the bounds are 5 standard errors.
  @Test("the unitaries' entries have the moments of the Haar measure", arguments: [1, 2])
  func haarMoments(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    let entries = (0..<2000).flatMap { _ in Matrix.haarRandom(dimension: 4, using: &generator).entries }
    let fourth = entries.reduce(0) { $0 + $1.lengthSquared * $1.lengthSquared } / Double(entries.count)
    let square = entries.reduce(Complex.zero) { $0 + $1 * $1 } / Double(entries.count)
    #expect(abs(fourth - 0.1) < 0.0036)
    #expect(square.length < 0.0125)
  }

  @Test("the ansatz has four layers of ry, rz and a line of cx", arguments: [1, 6])
  func hardwareEfficient(qubitCount: Int) throws {
    let names = gates(try CircuitFamily.hardwareEfficient.circuit(qubitCount: qubitCount, seed: 3)).map(\.name)
    let layer = (0..<qubitCount).flatMap { _ in ["ry", "rz"] } + Array(repeating: "cx", count: qubitCount - 1)
    #expect(names == (0..<4).flatMap { _ in layer })
  }

  @Test("the same seed gives the same circuit, another seed another", arguments: [CircuitFamily.quantumVolume, .hardwareEfficient])
  func seeds(family: CircuitFamily) throws {
    let circuit = try family.circuit(qubitCount: 5, seed: 11)
    #expect(try family.circuit(qubitCount: 5, seed: 11) == circuit)
    #expect(try family.circuit(qubitCount: 5, seed: 12) != circuit)
  }

  /// h moves all amplitudes and each cx half of them; the reset writes all once.
  @Test("a run's bytes are those of its reset and of every gate")
  func bytesMoved() throws {
    let circuit = try PreparedCircuit(CircuitFamily.ghz.circuit(qubitCount: 10, seed: 0), precision: .single)
    #expect(circuit.bytesMoved == 1024 * 8 + 1024 * 16 + 9 * 512 * 16)
    #expect(circuit.gateCount == 10)
  }
}
