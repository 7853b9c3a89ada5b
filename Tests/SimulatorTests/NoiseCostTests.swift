import Circuits
import TestSupport
import Testing

@testable import Simulator

@Suite("auto chooses the method of a noisy circuit by cost")
struct NoiseCostTests {
  /// Layers of rotations and a ring of cx, depolarizing after each gate, measured at the end.
  private static func ring(_ qubitCount: Int, layers: Int, rate: Double) throws -> Circuit {
    var circuit = try Circuit(qubitCount: qubitCount, classicalBitCount: qubitCount)
    for layer in 0..<layers {
      for qubit in 0..<qubitCount {
        try circuit.append(.ry, ClassicalExpression(0.3 + Double(layer + 2 * qubit)), on: qubit)
        try circuit.append(try .depolarizing(rate), on: qubit)
      }
      for qubit in 0..<qubitCount where qubitCount > 1 {
        try circuit.append(.cx, on: qubit, (qubit + 1) % qubitCount)
        try circuit.append(try .depolarizing(rate, qubitCount: 2), on: qubit, (qubit + 1) % qubitCount)
      }
    }
    for qubit in 0..<qubitCount { try circuit.measure(qubit, into: qubit) }
    return circuit
  }

  private static func way(_ circuit: Circuit, shots: Int? = nil, precision: Precision = .single) throws -> MethodCost.Way? {
    try NoiseCost(SimulationRequest(circuit: circuit, shots: shots, precision: precision))?.chosen().way
  }

  @Test("without noise there is nothing to choose, and a coherent error is none")
  func noNoise() throws {
    var circuit = try Circuit(qubitCount: 2)
    try circuit.append(.h, on: 0)
    try circuit.append(.reset(qubit: 0))
    #expect(NoiseCost(SimulationRequest(circuit: circuit, shots: 10)) == nil)
    try circuit.append(try .overRotation(0.1, about: PauliString("ZX")), on: 0, 1)
    #expect(NoiseCost(SimulationRequest(circuit: circuit, shots: 10)) == nil)
    try circuit.append(try .bitFlip(0.1), on: 0)
    #expect(NoiseCost(SimulationRequest(circuit: circuit, shots: 10)) != nil)
  }

  @Test("without shots a density matrix is taken while it fits, and shots are proposed beyond")
  func exact() throws {
    #expect(try Self.way(Self.ring(3, layers: 4, rate: 0.01)) == .densityMatrix)
    #expect(try Self.way(Self.ring(16, layers: 1, rate: 0.01)) == .densityMatrix)
    let error = #expect(throws: SimulatorError.self) { try Self.way(Self.ring(17, layers: 1, rate: 0.01)) }
    #expect(error?.code == .unsupported)
    #expect(error?.message.contains("on 17 qubits") == true && error?.message.contains("at most 16 qubits") == true)
    #expect(error?.message.contains("with shots") == true)
  }

  @Test("few histories are followed one by one: up to 65,536 where no matrix fits, and where it costs more")
  func histories() throws {
    func flipped(_ qubitCount: Int, flips: Int) throws -> Circuit {
      var circuit = try Circuit(qubitCount: qubitCount)
      for qubit in 0..<qubitCount { try circuit.append(.h, on: qubit) }
      for flip in 0..<flips { try circuit.append(try .phaseFlip(0.1), on: flip % qubitCount) }
      return circuit
    }
    #expect(try Self.way(flipped(17, flips: 16)) == .histories)
    #expect(throws: SimulatorError.self) { try Self.way(flipped(17, flips: 17)) }
    #expect(try Self.way(flipped(12, flips: 2)) == .histories)
    #expect(try Self.way(flipped(6, flips: 15)) == .densityMatrix)
  }

  @Test("with shots, few go along trajectories and many are drawn from a density matrix")
  func shots() throws {
    let circuit = try Self.ring(4, layers: 20, rate: 0.01)
    #expect(try Self.way(circuit, shots: 10) == .trajectories)
    #expect(try Self.way(circuit, shots: 100_000) == .densityMatrix)
    // The rarer errors are, the more shots share a state.
    #expect(try Self.way(Self.ring(10, layers: 8, rate: 0.1), shots: 10_000) == .densityMatrix)
    #expect(try Self.way(Self.ring(10, layers: 8, rate: 1e-7), shots: 10_000) == .trajectories)
  }

  @Test("a matrix that might not fit a worker is no choice where trajectories do: 14 qubits in single precision, 13 in double")
  func memory() throws {
    for (precision, largest, byteCount) in [(Precision.single, 14, 1 << 30), (.double, 13, 1 << 29)] as [(Precision, Int, UInt128)]
    {
      let request = SimulationRequest(circuit: try Self.ring(largest, layers: 1, rate: 0.1), shots: 1_000_000, precision: precision)
      let cost = try #require(NoiseCost(request))
      let density = try #require(cost.candidates.first { $0.way == .densityMatrix })
      #expect(density.byteCount == byteCount && cost.candidates.count == 2)
      let larger = try Self.ring(largest + 1, layers: 1, rate: 0.1)
      let ways = NoiseCost(SimulationRequest(circuit: larger, shots: 1_000_000, precision: precision))?.candidates.map(\.way)
      #expect(ways == [.trajectories])
    }
  }

  @Test("gates on more qubits than a map has cost a density matrix more, the fewer of them are controls")
  func wideGates() throws {
    func cost(_ controlCount: Int, targets: Int = 1) throws -> Double {
      var circuit = try Self.ring(8, layers: 10, rate: 0.05)
      let matrix = Matrix.identity(1 << (targets - 1)).tensor(Gate.h.matrix([]))
      try circuit.append(
        .gate(
          GateOperation(
            .unitary(matrix), qubits: Array(0..<targets), controls: (targets..<targets + controlCount).map { Control($0) })))
      let request = SimulationRequest(circuit: circuit, shots: 1_000_000)
      #expect(try Self.way(circuit, shots: 1_000_000) == .densityMatrix)
      #expect(try Self.way(circuit) == .densityMatrix)
      return try #require(NoiseCost(request)).densityMatrix.seconds
    }
    #expect(try cost(2) < cost(3))
    #expect(try cost(3) < cost(4))
    #expect(try cost(4) < cost(0, targets: 5))
  }

  @Test("what no density matrix gives goes along trajectories: more than 64 bits")
  func refusals() throws {
    for (bitCount, expected) in [(64, MethodCost.Way.densityMatrix), (65, .trajectories)] {
      var circuit = try Circuit(qubitCount: 1, classicalBitCount: bitCount)
      try circuit.append(.h, on: 0)
      for _ in 0..<64 { try circuit.append(try .depolarizing(0.1), on: 0) }
      try circuit.measure(0, into: 0)
      #expect(try Self.way(circuit, shots: 1_000_000) == expected)
    }
  }

  @Test("feedback is followed by density matrices while its histories are few, and never out of a loop without an end")
  func feedback() throws {
    func measured(_ count: Int) throws -> Circuit {
      var circuit = try Circuit(qubitCount: 1, classicalBitCount: 1)
      for _ in 0..<count {
        try circuit.append(.h, on: 0)
        for _ in 0..<64 { try circuit.append(try .depolarizing(0.2), on: 0) }
        try circuit.measure(0, into: 0)
        try circuit.append(.ifElse(.bit(0), then: [.gate(GateOperation(.standard(.x), qubits: [0]))], otherwise: []))
      }
      return circuit
    }
    #expect(try Self.way(measured(2), shots: 10_000_000) == .densityMatrix)
    let costs = try [10, 11].map { NoiseCost(SimulationRequest(circuit: try measured($0), shots: 10))?.candidates.count }
    #expect(costs == [2, 1])
    var endless = try Circuit(qubitCount: 1, classicalBitCount: 1)
    let body: [Instruction] = [
      .gate(GateOperation(.standard(.h), qubits: [0])), .channel(try .bitFlip(0.1), qubits: [0]), .measure(qubit: 0, bit: 0),
    ]
    try endless.append(.whileLoop(.bit(0), body: body))
    #expect(try Self.way(endless, shots: 1_000_000) == .trajectories)
    #expect(try Self.way(endless) == .histories, "as before: what is too improbable is left out")
  }

  @Test("gates that meet on two qubits are one pass of a density matrix, and each measured bit doubles what follows")
  func passes() throws {
    let ring = NoiseWork(try Self.ring(6, layers: 5, rate: 0.1), shots: 1)
    // Of a ring all but the first cx and the last meet a map on two qubits, and one on their other qubit that goes along with them.
    #expect(ring.density.allPasses == [0, 0, 30, 0])
    var pair = try Circuit(qubitCount: 2)
    try pair.append(.cx, on: 0, 1)
    for qubit in 0..<2 { try pair.append(.h, on: qubit) }
    #expect(NoiseWork(pair, shots: 1).density.allPasses == [0, 0, 1, 0])
    var circuit = try Circuit(qubitCount: 3, classicalBitCount: 1)
    try circuit.append(.h, on: 0)
    try circuit.append(.h, on: 2)
    try circuit.measure(0, into: 0)
    try circuit.append(.h, on: 0)
    try circuit.append(try .depolarizing(0.1, qubitCount: 2), on: 0, 1)
    // h, the measurement's look and the other h before; then one pass for each of two histories.
    #expect(NoiseWork(circuit, shots: 1).density.allPasses == [0, 2, 2, 0])
  }

  @Test("the choice does not depend on the rows that come together")
  func rows() throws {
    var circuit = try Self.ring(3, layers: 3, rate: 0.02)
    try circuit.append(.ry, .parameter(Parameter("a")), on: 0)
    let one = SimulationRequest(circuit: circuit, rows: [[0.1]], shots: 500)
    let many = SimulationRequest(circuit: circuit, rows: (0..<1_000).map { [Double($0)] }, shots: 500, firstRow: 70)
    #expect(NoiseCost(one) == NoiseCost(many))
  }

  @Test("auto gives the results of the method that it names", arguments: [false, true])
  func results(hasFeedback: Bool) throws {
    var circuit = try Circuit(qubitCount: 3, classicalBitCount: 1)
    for layer in 0..<8 {
      for qubit in 0..<3 {
        try circuit.append(.ry, ClassicalExpression(0.4 + Double(layer + 3 * qubit)), on: qubit)
        try circuit.append(layer % 2 == 0 ? try .amplitudeDamping(0.2) : try .bitFlip(0.1), on: qubit)
        try circuit.append(.cx, on: qubit, (qubit + 1) % 3)
      }
      guard hasFeedback, layer == 3 else { continue }
      try circuit.measure(0, into: 0)
      try circuit.append(.ifElse(.bit(0), then: [.gate(GateOperation(.standard(.h), qubits: [1]))], otherwise: []))
    }
    let simulator = try CircuitSimulator(device: "cpu")
    var methods: [String] = []
    for shots in [nil, 2, 1_000] {
      var request = SimulationRequest(
        circuit: circuit, shots: shots, observables: [try Observable("ZZX"), try Observable("IZI")],
        wantsProbabilities: shots == nil, seed: 5)
      var found = try simulator.run(request)[0]
      request.method = try #require(SimulationMethod(rawValue: found.method))
      var named = try simulator.run(request)[0]
      (found.compileSeconds, found.executeSeconds) = (0, 0)
      (named.compileSeconds, named.executeSeconds) = (0, 0)
      #expect(found == named, "shots \(shots ?? -1)")
      methods.append(found.method)
    }
    #expect(methods == ["density-matrix", "statevector", "density-matrix"])
  }

  @Test("reproducible runs and plans keep to state vectors")
  func reproducible() throws {
    let circuit = try Self.ring(3, layers: 6, rate: 0.05)
    let simulator = try CircuitSimulator(device: "cpu")
    var request = SimulationRequest(circuit: circuit, shots: 500, seed: 1)
    #expect(try simulator.run(request)[0].method == "density-matrix")
    request.isReproducible = true
    #expect(try simulator.run(request)[0].method == "statevector")
    request.isReproducible = false
    request.explainsPlan = true
    #expect(try simulator.run(request)[0].method == "statevector")
  }

  @Test(
    "wide Clifford circuits with noise of Pauli strings are stabilizer states, others trajectories while a state vector takes them")
  func wide() throws {
    func chain(_ qubitCount: Int, _ noise: Channel) throws -> Circuit {
      var circuit = try Circuit(qubitCount: qubitCount, classicalBitCount: qubitCount)
      try circuit.append(.h, on: 0)
      for qubit in 1..<qubitCount {
        try circuit.append(.cx, on: qubit - 1, qubit)
        try circuit.append(.channel(noise, qubits: Array([qubit - 1, qubit].prefix(noise.qubitCount))))
      }
      for qubit in 0..<qubitCount { try circuit.measure(qubit, into: qubit) }
      return circuit
    }
    let (depolarizing, damping) = (try Channel.depolarizing(1e-3, qubitCount: 2), try Channel.amplitudeDamping(1e-3))
    let simulator = try CircuitSimulator(device: "cpu")
    func run(_ circuit: Circuit, shots: Int = 200) throws -> SimulationResult {
      try simulator.run(SimulationRequest(circuit: circuit, shots: shots, seed: 1))[0]
    }
    for (qubitCount, noise, method) in [
      (20, damping, "statevector"), (20, depolarizing, "stabilizer"), (63, depolarizing, "stabilizer"),
    ] {
      let result = try run(chain(qubitCount, noise))
      #expect(result.method == method && result.counts?.total == 200)
    }
    #expect(try run(chain(2, depolarizing)).counts?.total == 200)
    let error = #expect(throws: SimulatorError.self) { try run(chain(63, damping), shots: 2) }
    #expect(error?.code == .outOfMemory)
    #expect(error?.message.contains("at most 62 qubits") == true || error?.message.contains("more than 62 qubits") == true)
    #expect(error?.message.contains("noise of Pauli strings") == true, "\(error?.message ?? "")")
  }
}
