import Circuits
import TestSupport

@testable import Simulator

/// A random template with noise of every kind between its gates, which are on at most three qubits.
struct NoisyTemplate {
  let circuit: Circuit
  let observables: [Observable]
  let rows: [[Double]]

  init(_ qubitCount: Int, seed: UInt64, gateCount: Int = 20, rowCount: Int = 3, hasReset: Bool = true) throws {
    var template = RandomTemplate(qubitCount: qubitCount, seed: seed)
    var random = SplitMix(seed: seed + 1)
    var circuit = try Circuit(qubitCount: qubitCount)
    for parameter in template.parameters { circuit.declare(parameter) }
    for (index, instruction) in try template.circuit(gateCount: gateCount).instructions.enumerated() {
      guard case .gate(let gate) = instruction, gate.allQubits.count <= 3 else { continue }
      try circuit.append(instruction)
      let qubits = (0..<qubitCount).shuffled(using: &random)
      let channel = try Self.channel(index + Int(seed), min(qubitCount, 3), &random)
      try circuit.append(.channel(channel, qubits: Array(qubits.prefix(channel.qubitCount))))
      if hasReset, index == gateCount / 2 { try circuit.reset(qubits[0]) }
      guard index == 3, qubitCount > 1 else { continue }
      var unitaries = RandomChannel(qubitCount: 2, seed: seed)
      try circuit.append(unitary: unitaries.unitary(dimension: 4), on: Array(qubits.prefix(2)))
    }
    self.circuit = circuit
    observables = try (0..<3).map { _ in try template.observable() }
    rows = (0..<rowCount).map { _ in template.row(largest: 4) }
  }

  private static func channel(_ index: Int, _ qubitCount: Int, _ random: inout SplitMix) throws -> Channel {
    let amount = Double.random(in: 0.01...0.2, using: &random)
    switch index % 8 {
    case 0: return try .depolarizing(amount)
    case 1: return try .depolarizing(amount, qubitCount: min(qubitCount, 2))
    case 2: return try .amplitudeDamping(amount)
    case 3: return try .phaseDamping(amount)
    case 4: return try .thermalRelaxation(t1: 1, t2: 1.4, time: amount, excitedPopulation: 0.1)
    case 5: return try .bitPhaseFlip(amount)
    case 6: return try .reset(toZero: amount, toOne: amount / 2)
    default: return try RandomChannel(qubitCount: 1 + index % qubitCount, seed: UInt64(index)).channel(operatorCount: 3)
    }
  }

  func estimator(_ precision: Precision = .double) throws -> Estimator {
    try Estimator(circuit, observables: observables, precision: precision, device: "cpu")
  }
}
