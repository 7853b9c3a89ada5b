import Circuits
import TestSupport
import Testing

@testable import Mitigation

@Suite("folding of circuits")
struct FoldingTests {
  /// How far a unitary may be from another after a hundred gates, in each entry.
  static let tolerance = 1e-9

  static let ways: [Folding] = [
    .global, .local(.all, rest: .first), .local(.all, rest: .last), .local(.all, rest: .random), .local(.multiQubit, rest: .random),
    .local(.named(["cx", "h"]), rest: .first),
  ]

  @Test("a folded circuit has the unitary of the circuit: 1e-9", arguments: ways, [1, 1.3, 2, 2.5, 3, 4.7, 7])
  func unitary(_ folding: Folding, _ scale: Double) throws {
    var generator = SplitMix(seed: 5)
    for seed in 0..<2 as Range<UInt64> {
      let circuit = try RandomCircuit.gates(qubitCount: 3, gateCount: 9, seed: seed)
      let variant = try folding.folded(circuit, scale: scale, using: &generator)
      let distance = try SameBehaviour.unitary(variant.circuit).distance(to: SameBehaviour.unitary(circuit))
      #expect(distance <= Self.tolerance, "seed \(seed), \(folding), scale \(scale)")
    }
  }

  @Test("the factor that is told is that of the gates, and the next to the one that was asked for", arguments: ways)
  func scale(_ folding: Folding) throws {
    var generator = SplitMix(seed: 6)
    let circuit = try Bench.layered(qubitCount: 4, layers: 3, seed: 1)
    let selection: GateSelection = if case .local(let selection, _) = folding { selection } else { .all }
    func count(_ circuit: Circuit) -> Int { circuit.instructions.count { $0.isGate(in: selection) } }
    for scale in stride(from: 1, through: 6, by: 0.35) where count(circuit) > 0 {
      let variant = try folding.folded(circuit, scale: scale, using: &generator)
      #expect(abs(variant.scale - Double(count(variant.circuit)) / Double(count(circuit))) < 1e-12)
      #expect(abs(variant.scale - scale) <= 1 / Double(count(circuit)) + 1e-12)
    }
  }

  @Test("parameters stay parameters, and measurements at the end stay there")
  func symbolic() throws {
    var generator = SplitMix(seed: 7)
    var circuit = try Circuit(qubitCount: 2, classicalBitCount: 2)
    let theta = Parameter("theta")
    try circuit.append(.ry, 2 * .parameter(theta) + 0.5, on: 0)
    try circuit.append(.cx, on: 0, 1)
    try circuit.measure(0, into: 0)
    try circuit.append(.rz, .parameter(theta), on: 1)
    try circuit.measure(1, into: 1)
    for folding in Self.ways {
      let folded = try folding.folded(circuit, scale: 3, using: &generator).circuit
      #expect(folded.parameters == [theta])
      let found = try ReferenceInterpreter.distribution(folded, parameters: [0.7])
      #expect(SameBehaviour.distance(found, try ReferenceInterpreter.distribution(circuit, parameters: [0.7])) < 1e-12)
      #expect(folded.instructions.suffix(2) == [.measure(qubit: 0, bit: 0), .measure(qubit: 1, bit: 1)])
    }
  }

  @Test("what cannot be undone is refused with its place")
  func refusals() throws {
    var generator = SplitMix(seed: 8)
    let refused: [(Instruction, String)] = [
      (.reset(qubit: 0), "a reset"), (.channel(try .bitFlip(0.1), qubits: [0]), "noise"),
      (.ifElse(.bit(0), then: [], otherwise: []), "control flow"), (.end, "control flow"),
    ]
    for (instruction, words) in refused {
      var circuit = try Circuit(qubitCount: 2, classicalBitCount: 1)
      try circuit.append(.h, on: 0)
      try circuit.append(instruction)
      let error = #expect(throws: MitigationError.self) { try Folding.global.folded(circuit, scale: 3, using: &generator) }
      #expect(error?.code == .unsupportedInstruction)
      #expect(error?.message.contains("instruction 1 is \(words)") == true, "\(error?.message ?? "")")
    }
    var circuit = try Circuit(qubitCount: 1, classicalBitCount: 1)
    try circuit.measure(0, into: 0)
    try circuit.append(.h, on: 0)
    #expect(throws: MitigationError.self) { try Folding.global.folded(circuit, scale: 3, using: &generator) }
    for scale in [0.9, -1, .nan, .infinity, 1001] {
      let error = #expect(throws: MitigationError.self) {
        try Folding.global.folded(Circuit(qubitCount: 1), scale: scale, using: &generator)
      }
      #expect(error?.code == .invalidOption)
    }
  }

  @Test("resets of untouched qubits are done once, before everything")
  func resets() throws {
    var generator = SplitMix(seed: 9)
    var circuit = try Circuit(qubitCount: 2)
    try circuit.reset(0)
    try circuit.append(.h, on: 0)
    try circuit.reset(1)
    let folded = try Folding.global.folded(circuit, scale: 3, using: &generator).circuit
    let h = GateOperation(.standard(.h), qubits: [0])
    #expect(folded.instructions == [.reset(qubit: 0), .reset(qubit: 1), .gate(h), .gate(h), .gate(h)])
  }
}
