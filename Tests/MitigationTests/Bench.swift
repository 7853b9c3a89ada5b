import Circuits
import Simulator
import TestSupport

@testable import Mitigation

/// What tests run variants with: exact values in double precision.
enum Bench {
  private static let catalogue = DeviceCatalogue()

  /// The exact value of an observable after the model's noise.
  static func value(
    _ circuit: Circuit, _ observable: Observable, noise: NoiseModel? = nil, parameters: [Double] = []
  ) throws -> Double {
    let noisy = try noise?.applied(to: circuit) ?? circuit
    var request = SimulationRequest(circuit: noisy, rows: [parameters], observables: [observable], precision: .double)
    request.method = .densityMatrix
    return try CircuitSimulator(device: "cpu", catalogue: catalogue).run(request)[0].expectations[0].value
  }

  /// The exact distribution of all qubits after the model's noise and errors of reading.
  static func distribution(_ circuit: Circuit) throws -> [Double] {
    let found = try ReferenceInterpreter.distribution(circuit)
    let count = found.keys.first?.count ?? 0
    return (0..<1 << count).map { state in
      found[String((0..<count).reversed().map { state >> $0 & 1 == 1 ? "1" : "0" })] ?? 0
    }
  }

  /// Depolarization after each gate, of one qubit and of two.
  static func depolarizing(_ strength: Double) throws -> NoiseModel {
    var model = NoiseModel()
    let one = Gate.all.filter { $0.qubitCount == 1 }.map(\.name), two = Gate.all.filter { $0.qubitCount == 2 }.map(\.name)
    try model.append(.init(gates: one, channel: .depolarizing(strength)))
    try model.append(.init(gates: two, channel: .depolarizing(strength, qubitCount: 2)))
    return model
  }

  /// Layers of random rotations and of entangling gates between neighbours.
  static func layered(qubitCount: Int, layers: Int, seed: UInt64) throws -> Circuit {
    var generator = SplitMix(seed: seed)
    var circuit = try Circuit(qubitCount: qubitCount)
    for layer in 0..<layers {
      for qubit in 0..<qubitCount {
        let angles = (0..<3).map { _ in ClassicalExpression(Double.random(in: -3...3, using: &generator)) }
        try circuit.append(.u, angles[0], angles[1], angles[2], on: qubit)
      }
      for qubit in stride(from: layer % 2, to: qubitCount - 1, by: 2) {
        try circuit.append([Gate.cx, .cz][Int.random(in: 0..<2, using: &generator)], on: qubit, qubit + 1)
      }
    }
    return circuit
  }

  /// Layers and their inverses: |0…0⟩ without noise.
  static func mirror(qubitCount: Int, layers: Int, seed: UInt64) throws -> Circuit {
    var circuit = try layered(qubitCount: qubitCount, layers: layers, seed: seed)
    for instruction in try circuit.inverse().instructions { try circuit.append(instruction) }
    return circuit
  }
}
