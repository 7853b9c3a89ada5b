import Circuits
import OpenCLRuntime
import TestSupport
import Testing

@testable import Simulator

@Suite(
  "circuits with noise on OpenCL devices", .serialized, .enabled(if: OpenCLTestDevices.areThere, "no OpenCL device on this machine")
)
struct OpenCLNoiseTests {
  private static func executor() throws -> CircuitExecutor<OpenCLRegister> {
    let backend = try #require(OpenCLTestDevices.backends.first)
    return CircuitExecutor { (qubitCount, precision) throws(SimulatorError) in
      try OpenCLRegister(backend: backend, qubitCount: qubitCount, precision: precision)
    }
  }

  private static func host() -> CircuitExecutor<HostRegister> {
    CircuitExecutor { (qubitCount, precision) throws(SimulatorError) in
      try HostRegister(qubitCount: qubitCount, precision: precision)
    }
  }

  // MARK: Trajectories

  /// Mixtures and Kraus operators, each on one to three qubits.
  private static func kinds() throws -> [Channel] {
    try (1...3).flatMap { count -> [Channel] in
      var random = RandomChannel(qubitCount: count, seed: UInt64(count))
      let mixture = [0.5, 0.3, 0.2].map { Channel.Outcome(probability: $0, unitary: random.unitary(dimension: 1 << count)) }
      let kraus = try random.channel(operatorCount: 3)
      return [try Channel(mixture: mixture), try .depolarizing(0.6, qubitCount: count), kraus]
    } + [try .amplitudeDamping(0.4), try .thermalRelaxation(t1: 1, t2: 1.4, time: 0.5), try .reset(toZero: 0.3, toOne: 0.2)]
  }

  /// A channel between gates, twice.
  private static func circuit(_ channel: Channel, qubitCount: Int, seed: UInt64) throws -> Circuit {
    var generator = SplitMix(seed: seed)
    var circuit = try Circuit(qubitCount: qubitCount, classicalBitCount: qubitCount)
    for part in 0..<3 {
      let gates = try RandomCircuit.gates(qubitCount: qubitCount, gateCount: 4, seed: 10 * seed + UInt64(part))
      for qubit in 0..<qubitCount { try circuit.append(.ry, ClassicalExpression(0.3 + Double(qubit + part)), on: qubit) }
      for instruction in gates.instructions { try circuit.append(instruction) }
      guard part < 2 else { continue }
      try circuit.append(.channel(channel, qubits: generator.qubits(channel.qubitCount, of: qubitCount)))
    }
    return circuit
  }

  private static func strings(_ qubitCount: Int) -> [PauliString] {
    let count = UInt64(1) << UInt64(qubitCount)
    return (0..<count).flatMap { x in (0..<count).map { PauliString(qubitCount: qubitCount, x: x, z: $0) } }
  }

  @Test(
    "a trajectory of every kind of channel ends in the state of one of its histories: 1e-12", arguments: 0..<12,
    [UInt64(1), 2, 3, 4])
  func states(_ kind: Int, seed: UInt64) throws {
    let channel = try Self.kinds()[kind]
    let circuit = try Self.circuit(channel, qubitCount: 3, seed: seed)
    // The values of all strings are the state, up to its phase.
    let strings = Self.strings(3)
    let observables = try strings.map { try Observable([.init(1, $0)]) }
    let request = SimulationRequest(circuit: circuit, shots: 1, observables: observables, seed: seed, precision: .double)
    let found = try Self.executor().run(request)[0].expectations.map(\.value)
    let distances = try ReferenceInterpreter.run(circuit).map { branch in
      zip(found, strings).map { abs($0 - ReferenceInterpreter.expectation($1, [branch]) / branch.weight) }.max() ?? 1
    }
    let nearest = distances.min() ?? 1
    #expect(nearest < 1e-12, "\(channel.name), seed \(seed): \(nearest)")
    #expect(distances.contains { $0 > 0.01 }, "histories that cannot be told apart")
  }

  @Test(
    "every kind of channel parts the shots as on the CPU, to the same counts and bits", arguments: 0..<12, [3, 9])
  func sameHistories(_ kind: Int, qubitCount: Int) throws {
    let channel = try Self.kinds()[kind]
    for seed: UInt64 in 0..<3 {
      // On nine qubits gates are planned together.
      var circuit = try Self.circuit(channel, qubitCount: qubitCount, seed: seed)
      let letters = String(repeating: "I", count: qubitCount - 3)
      let observables = try ["ZIX", "XYI"].map { try Observable("\(letters + $0) + 0.5*\($0 + letters)") }
      for shots in [nil, 200] {
        if shots == nil, channel.krausOperators.count > 16 { continue }
        let request = SimulationRequest(
          circuit: circuit, shots: shots, observables: observables, wantsProbabilities: true, seed: seed, precision: .double)
        try Self.expectSame(try Self.executor().run(request)[0], try Self.host().run(request)[0], "\(channel.name), seed \(seed)")
      }
      // With outcomes that are looked at: of shots whose states have parted, each draws from its own.
      for qubit in 0..<qubitCount { try circuit.measure(qubit, into: qubit) }
      let request = SimulationRequest(circuit: circuit, shots: 300, seed: seed, precision: .double)
      try Self.expectSame(try Self.executor().run(request)[0], try Self.host().run(request)[0], "\(channel.name), seed \(seed)")
    }
  }

  private static func expectSame(
    _ found: SimulationResult, _ expected: SimulationResult, _ note: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(found.counts == expected.counts, "\(note)", sourceLocation: sourceLocation)
    #expect(found.expectations == expected.expectations, "\(note)", sourceLocation: sourceLocation)
    #expect(found.probabilities == expected.probabilities, "\(note)", sourceLocation: sourceLocation)
    #expect(found.device.hasPrefix("opencl:") && expected.device == "cpu", sourceLocation: sourceLocation)
  }

  @Test("all histories, with feedback, agree with the reference: 1e-10", arguments: 0..<10 as Range<UInt64>)
  func exact(_ seed: UInt64) throws {
    var circuit = try NoisyCircuit(seed: seed, channelCount: 4, hasFeedback: seed % 2 == 0).circuit
    for qubit in 0..<3 { try circuit.append(.ry, 0.7, on: qubit) }
    let observables = [try AllHistories.observable()]
    let request = SimulationRequest(circuit: circuit, observables: observables, wantsProbabilities: true, precision: .double)
    try AllHistories.expectAgreement(try Self.executor().run(request)[0], circuit, tolerance: 1e-10, seed: seed)
  }

  // MARK: Density matrices

  private static func simulator() throws -> (CircuitSimulator, String) {
    let name = try #require(OpenCLTestDevices.backends.first).device.label
    return (try CircuitSimulator(device: name), name)
  }

  private static func density(_ circuit: Circuit, shots: Int?, _ precision: Precision) throws -> SimulationRequest {
    var request = SimulationRequest(
      circuit: circuit, shots: shots, observables: [try AllHistories.observable()], wantsProbabilities: true, seed: 7,
      precision: precision)
    request.method = .densityMatrix
    return request
  }

  @Test(
    "density matrices agree with all histories of amplitudes, 1e-11, and with the CPU to the bit",
    arguments: 0..<12 as Range<UInt64>)
  func densities(_ seed: UInt64) throws {
    var circuit =
      seed % 3 == 2
      ? try RandomCircuit.dynamic(qubitCount: 3, stepCount: 9, seed: seed)
      : try NoisyCircuit(seed: seed, channelCount: 4, hasFeedback: seed % 2 == 0).circuit
    for qubit in 0..<3 { try circuit.append(.ry, 0.7, on: qubit) }
    let (simulator, name) = try Self.simulator()
    for precision in Precision.allCases {
      for shots in [nil, 1_000] {
        let request = try Self.density(circuit, shots: shots, precision)
        let found = try simulator.run(request)[0]
        try Self.expectSame(found, try CircuitSimulator(device: "cpu").run(request)[0], "seed \(seed), \(precision)")
        #expect(found.method == "density-matrix" && found.device == name && found.precision == precision)
        guard precision == .double, shots == nil else { continue }
        try AllHistories.expectAgreement(found, circuit, tolerance: 1e-11, seed: seed)
      }
    }
  }

  @Test("the device that is asked for is the one that runs; auto is the CPU")
  func devices() throws {
    let circuit = try NoisyCircuit(seed: 1, channelCount: 2).circuit
    let request = try Self.density(circuit, shots: nil, .single)
    #expect(try CircuitSimulator(device: "opencl").run(request)[0].device.hasPrefix("opencl:"))
    #expect(try CircuitSimulator(device: "auto").run(request)[0].device == "cpu")
  }
}
