import Circuits
import TestSupport
import Testing

@testable import Simulator

/// Every named channel, and some without a name.
enum NamedChannels {
  static func all() throws -> [Channel] {
    [
      try .pauli([(PauliString("X"), 0.1), (PauliString("Y"), 0.05), (PauliString("I"), 0.85)]),
      try .pauli([(PauliString("XZ"), 0.1), (PauliString("YY"), 0.1), (PauliString("II"), 0.8)]),
      try .depolarizing(0.2), try .depolarizing(0.2, qubitCount: 2), try .bitFlip(0.15), try .phaseFlip(0.2),
      try .bitPhaseFlip(0.1),
      try .amplitudeDamping(0.3), try .generalizedAmplitudeDamping(0.3, excitedPopulation: 0.25), try .phaseDamping(0.3),
      try .thermalRelaxation(t1: 1, t2: 0.7, time: 0.3, excitedPopulation: 0.1),
      try .thermalRelaxation(t1: 1, t2: 1.6, time: 0.3), try .reset(toZero: 0.2, toOne: 0.1),
      try .overRotation(0.4, about: PauliString("XY")),
      try RandomChannel(qubitCount: 1, seed: 1).channel(operatorCount: 3),
      try RandomChannel(qubitCount: 2, seed: 2).channel(operatorCount: 4),
      try RandomChannel(qubitCount: 3, seed: 3).channel(operatorCount: 2),
    ]
  }
}

@Suite("trajectories against density matrices")
struct TrajectoryTests {
  /// A channel on every choice of neighbours between gates, and a measurement whose outcome turns another qubit.
  private static func circuit(_ channel: Channel, strength: Int) throws -> Circuit {
    var circuit = try Circuit(qubitCount: 4, classicalBitCount: 1)
    for layer in 0..<strength {
      for qubit in 0..<4 {
        let (theta, phi) = (ClassicalExpression(0.4 + Double(qubit)), ClassicalExpression(0.3 * Double(layer)))
        try circuit.append(.u, theta, phi, -0.8, on: qubit)
      }
      for qubit in 0..<3 { try circuit.append(.cx, on: qubit, qubit + 1) }
      let first = layer % (5 - channel.qubitCount)
      try circuit.append(.channel(channel, qubits: Array((first..<first + channel.qubitCount).reversed())))
      guard layer == 1 else { continue }
      try circuit.measure(2, into: 0)
      try circuit.append(.ifElse(.bit(0), then: [.gate(GateOperation(.standard(.h), qubits: [0]))], otherwise: []))
    }
    return circuit
  }

  /// Values of 8,000 trajectories; 68 are compared, so that one of all is beyond four standard errors by chance once in 230 choices of seeds.
  @Test("values are within four standard errors for every channel, with a measurement on the way", arguments: 0..<17)
  func values(_ index: Int) throws {
    let channel = try NamedChannels.all()[index]
    let circuit = try Self.circuit(channel, strength: 5)
    let observables = try ["ZIII", "IXYI", "IIZX", "YIIY"].map { try Observable($0) }
    var request = SimulationRequest(circuit: circuit, observables: observables, precision: .double)
    request.method = .densityMatrix
    let simulator = try CircuitSimulator(device: "cpu")
    let exact = try simulator.run(request)[0].expectations
    (request.method, request.shots, request.seed) = (.statevector, 8_000, 3)
    let found = try simulator.run(request)[0].expectations
    for (value, truth) in zip(found, exact) {
      #expect(value.standardError > 0, "\(channel.name)")
      #expect(abs(value.value - truth.value) <= 4 * value.standardError, "\(channel.name): \(value), not \(truth.value)")
    }
  }

  @Test("a bound of an operator's probability holds in every state, and is reached", arguments: 0..<17)
  func bounds(_ index: Int) throws {
    let channel = try NamedChannels.all()[index]
    let shape = ChannelOutcomes(channel)
    guard case .kraus = channel.form else {
      #expect(shape.leastProbability == shape.outcomes.map(\.probability).max())
      return
    }
    let square = shape.outcomes[0].matrix.adjoint() * shape.outcomes[0].matrix
    var random = SplitMix(seed: UInt64(index))
    var least = 1.0
    var state = (0..<square.dimension).map { _ in
      Complex(Double.random(in: -1...1, using: &random), Double.random(in: -1...1, using: &random))
    }
    // Powers of 1 − K†K go to the eigenvector of the least eigenvalue.
    for _ in 0..<2_000 {
      let norm = state.reduce(0) { $0 + $1.lengthSquared }
      let image = (0..<square.dimension).map { row in
        state.indices.reduce(Complex.zero) { $0 + square[row, $1] * state[$1] }
      }
      let probability = zip(state, image).reduce(0) { $0 + ($1.0.conjugate * $1.1).real } / norm
      #expect(probability >= shape.leastProbability, "\(channel.name)")
      least = min(least, probability)
      state = zip(state, image).map { ($0 - $1) / norm.squareRoot() }
      if state.allSatisfy({ $0.lengthSquared < 1e-30 }) { break }
    }
    #expect(least - shape.leastProbability < 1e-3, "\(channel.name): \(least), bound \(shape.leastProbability)")
  }

  @Test("states keep a norm over thousands of channels, in single precision too")
  func norms() throws {
    var circuit = try Circuit(qubitCount: 2)
    let channel = try Channel.amplitudeDamping(0.05)
    for _ in 0..<3_000 {
      try circuit.append(.rx, 0.3, on: 0)
      try circuit.append(channel, on: 0)
      try circuit.append(.cx, on: 0, 1)
      try circuit.append(channel, on: 1)
    }
    var request = SimulationRequest(circuit: circuit, observables: [try Observable("IZ"), try Observable("ZI")], seed: 5)
    request.method = .densityMatrix
    let simulator = try CircuitSimulator(device: "cpu")
    let exact = try simulator.run(request)[0].expectations
    (request.method, request.shots) = (.statevector, 200)
    for (value, truth) in zip(try simulator.run(request)[0].expectations, exact) {
      #expect(abs(value.value - truth.value) <= 5 * value.standardError && value.standardError > 0, "\(value), not \(truth)")
    }
  }

  @Test("drawing ends where the error is small enough, and gives what as many trajectories give")
  func target() throws {
    var circuit = try Self.circuit(.amplitudeDamping(0.3), strength: 4)
    try circuit.misread(try ReadoutError(zeroAsOne: 0.2, oneAsZero: 0.4), on: [3])
    let observables = try ["ZIII", "IXYI"].map { try Observable($0) }
    var request = SimulationRequest(circuit: circuit, observables: observables, seed: 4, precision: .double)
    let simulator = try CircuitSimulator(device: "cpu")
    request.method = .densityMatrix
    let exact = try simulator.run(request)[0].expectations
    (request.method, request.targetError) = (.auto, 0.008)
    let found = try simulator.run(request)[0]
    let count = try #require(found.trajectories)
    #expect(found.method == "statevector" && found.shots == nil && found.counts == nil)
    let worst = found.expectations.map(\.standardError).max() ?? 1
    #expect(worst <= 0.008 && worst > 0.005, "\(found.expectations)")
    #expect(zip(found.expectations, exact).allSatisfy { abs($0.value - $1.value) <= 5 * 0.008 })
    (request.targetError, request.trajectories) = (nil, count)
    let whole = try simulator.run(request)[0]
    #expect(whole.trajectories == count)
    for (a, b) in zip(whole.expectations, found.expectations) {
      #expect(abs(a.value - b.value) < 1e-12 && abs(a.standardError - b.standardError) < 1e-12)
    }
    request.targetError = 1e-9
    #expect(try simulator.run(request)[0].trajectories == count)
  }

  @Test("noise that is too rare to have come yet is not taken for none")
  func rare() throws {
    var circuit = try Circuit(qubitCount: 1)
    try circuit.append(try .bitFlip(1e-3), on: 0)
    var request = SimulationRequest(circuit: circuit, observables: [try Observable("2*Z")], seed: 1, precision: .double)
    // Of the first 128 trajectories none has an error with this seed: their variance is zero.
    request.trajectories = 128
    let simulator = try CircuitSimulator(device: "cpu")
    #expect(try simulator.run(request)[0].expectations[0].standardError == 0)
    (request.trajectories, request.targetError) = (nil, 1e-3)
    let result = try simulator.run(request)[0]
    #expect(try #require(result.trajectories) >= 2_000 && result.expectations[0].standardError > 0)
    #expect(abs(result.expectations[0].value - 2 * (1 - 2e-3)) < 5e-3, "\(result.expectations)")
  }

  @Test("a circuit in which nothing is drawn has exact values")
  func exact() throws {
    var circuit = try Circuit(qubitCount: 1)
    try circuit.append(.ry, 0.4, on: 0)
    var request = SimulationRequest(circuit: circuit, observables: [try Observable("X")], precision: .double)
    (request.trajectories, request.targetError) = (100, 0.1)
    let result = try CircuitSimulator(device: "cpu").run(request)[0]
    #expect(result.trajectories == nil && result.expectations[0].standardError == 0)
  }

  @Test("shots and trajectories together, none, and errors that are none are refused")
  func refused() throws {
    let circuit = try Circuit(qubitCount: 1)
    let wrong: [(Int?, Int?, Double?)] = [
      (10, 10, nil), (10, nil, 0.1), (nil, 0, nil), (nil, nil, 0), (nil, nil, .nan), (nil, nil, -1),
    ]
    for (shots, trajectories, error) in wrong {
      var request = SimulationRequest(circuit: circuit, shots: shots, observables: [try Observable("Z")])
      (request.trajectories, request.targetError) = (trajectories, error)
      let refusal = #expect(throws: SimulatorError.self) { try CircuitSimulator(device: "cpu").run(request) }
      #expect(refusal?.code == .invalidArgument)
    }
  }
}

@Suite("rounds of trajectories")
struct TrajectoryRoundsTests {
  private static func request(_ trajectories: Int?, _ error: Double?, shots: Int? = nil) throws -> SimulationRequest {
    var request = SimulationRequest(circuit: try Circuit(qubitCount: 1), shots: shots)
    (request.trajectories, request.targetError) = (trajectories, error)
    return request
  }

  @Test("a number is drawn at once, and shots are")
  func once() throws {
    for request in [try Self.request(700, nil), try Self.request(nil, nil, shots: 700)] {
      var rounds = TrajectoryRounds(request, isDrawn: true)
      #expect(rounds.next(error: .infinity) == 0..<700 && rounds.next(error: 1) == nil && rounds.count == 700)
    }
  }

  @Test("rounds grow to what the error asks for: at most fourfold, at least by a quarter")
  func growth() throws {
    var rounds = TrajectoryRounds(try Self.request(nil, 0.01), isDrawn: true)
    #expect(rounds.next(error: .infinity) == 0..<128)
    #expect(rounds.next(error: 0.1) == 128..<512)
    #expect(rounds.next(error: 0.015) == 512..<1_152)
    #expect(rounds.next(error: 0.0101) == 1_152..<1_440)
    #expect(rounds.next(error: 0.01) == nil)
  }

  @Test("a limit ends them")
  func limit() throws {
    var rounds = TrajectoryRounds(try Self.request(300, 1e-6), isDrawn: true)
    #expect(rounds.next(error: .infinity) == 0..<128 && rounds.next(error: 0.5) == 128..<300)
    #expect(rounds.next(error: 0.5) == nil && rounds.count == 300)
  }

  @Test("where nothing is drawn there is one round")
  func nothing() throws {
    var rounds = TrajectoryRounds(try Self.request(nil, 0.1), isDrawn: false)
    #expect(rounds.next(error: .infinity) == 0..<0 && rounds.next(error: .infinity) == nil)
  }
}
