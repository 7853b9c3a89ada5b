import Circuits
import Foundation
import Testing

@Suite("noise models")
struct NoiseModelTests {
  /// The channels of a circuit, by name and qubits, with the names of gates between them.
  private static func steps(_ instructions: [Instruction]) -> [String] {
    instructions.map { instruction in
      switch instruction {
      case .gate(let gate): gate.name
      case .channel(let channel, let qubits): "\(channel.name)\(qubits)"
      case .measure: "measure"
      case .reset: "reset"
      case .delay: "delay"
      default: "{\(instruction.bodies.map { steps($0).joined(separator: " ") }.joined(separator: "|"))}"
      }
    }
  }

  private static func circuit() throws -> Circuit {
    var circuit = try Circuit(qubitCount: 4, classicalBitCount: 1)
    try circuit.append(.x, on: 0)
    try circuit.append(.cx, on: 0, 1)
    try circuit.append(.cx, on: 1, 0)
    try circuit.append(.delay(seconds: 1e-6, qubits: [2, 3]))
    try circuit.append(.reset(qubit: 3))
    try circuit.measure(0, into: 0)
    try circuit.append(.ifElse(.bit(0), then: [.gate(GateOperation(.standard(.x), qubits: [2]))], otherwise: []))
    return circuit
  }

  @Test("rules for certain qubits take the place of those for all, and the others are applied in order")
  func rules() throws {
    var model = NoiseModel()
    try model.append(.init(gates: ["x", "cx"], channel: .bitFlip(0.1), placement: .each))
    try model.append(.init(gates: ["x"], channel: .phaseFlip(0.1)))
    try model.append(.init(gates: ["cx"], qubits: [1, 0], channel: .depolarizing(0.1, qubitCount: 2)))
    try model.append(.init(gates: ["reset"], channel: .bitFlip(0.2)))
    try model.append(.init(gates: ["measure"], channel: .amplitudeDamping(0.2)))
    try model.relax(2, .init(t1: 1e-5, t2: 1e-5))
    let noisy = try model.applied(to: try Self.circuit())
    #expect(
      Self.steps(noisy.instructions) == [
        "x", "bit-flip[0]", "phase-flip[0]", "cx", "bit-flip[0]", "bit-flip[1]", "cx", "depolarizing[1, 0]", "delay",
        "thermal-relaxation[2]", "reset", "bit-flip[3]", "amplitude-damping[0]", "measure", "{x bit-flip[2] phase-flip[2]|}",
      ])
  }

  @Test("a rule about delays takes the place of relaxation, and crosstalk reaches the neighbours that a gate leaves alone")
  func delaysAndNeighbors() throws {
    var model = NoiseModel()
    try model.append(.init(gates: ["cx"], channel: .overRotation(0.1, about: PauliString("ZZ")), placement: .neighbors))
    try model.append(.init(gates: ["delay"], qubits: [2], channel: .phaseDamping(0.1)))
    for qubit in 2...3 { try model.relax(qubit, .init(t1: 1e-5, t2: 1e-5)) }
    for pair in [(0, 1), (1, 2), (2, 3), (1, 9)] { try model.couple(pair.0, pair.1) }
    let noisy = try model.applied(to: try Self.circuit())
    #expect(
      Self.steps(noisy.instructions) == [
        "x", "cx", "over-rotation[1, 2]", "cx", "over-rotation[1, 2]", "delay", "phase-damping[2]", "thermal-relaxation[3]",
        "reset",
        "measure", "{x|}",
      ])
  }

  @Test("what does not fit is refused")
  func refusals() throws {
    var model = NoiseModel(name: "device")
    let wrong: [NoiseModel.Rule] = [
      .init(gates: ["cx"], qubits: [0], channel: try .depolarizing(0.1, qubitCount: 2)),
      .init(gates: ["cx"], channel: try .depolarizing(0.1, qubitCount: 2), placement: .each),
      .init(gates: ["cx"], channel: try .bitFlip(0.1), placement: .neighbors),
      .init(gates: ["cx"], qubits: [1, 1], channel: try .depolarizing(0.1, qubitCount: 2)),
      .init(gates: ["x"], qubits: [-1], channel: try .bitFlip(0.1)),
    ]
    for rule in wrong { #expect(throws: CircuitError.self) { try model.append(rule) } }
    #expect(throws: CircuitError.self) { try model.relax(0, .init(t1: 1, t2: 3)) }
    #expect(throws: CircuitError.self) { try model.relax(-1, .init(t1: 1, t2: 1)) }
    #expect(throws: CircuitError.self) { try model.couple(1, 1) }
    #expect(throws: CircuitError.self) {
      try model.append(.init(qubits: [0, 1], error: ReadoutError(zeroAsOne: 0.1, oneAsZero: 0.1)))
    }
    #expect(model.rules.isEmpty && model.readout.isEmpty && model.relaxations.isEmpty && model.coupling.isEmpty)
    try model.append(.init(gates: ["cx"], channel: .bitFlip(0.1)))
    let error = #expect(throws: CircuitError.self) { try model.applied(to: try Self.circuit()) }
    #expect(error?.message == "device: bit-flip acts on 1 qubits, and cx on 2")
  }

  @Test("rules call gates by any of their names; of several the gate's own counts")
  func names() throws {
    var circuit = try Circuit(qubitCount: 2)
    try circuit.append(.u, 0.1, 0.2, 0.3, on: 0)
    try circuit.append(try #require(Gate(named: "U")), 0.1, 0.2, 0.3, on: 0)
    try circuit.append(.cx, on: 0, 1)
    func channels(_ names: [(String, Double)]) throws -> [Channel] {
      var model = NoiseModel()
      for (name, strength) in names {
        try model.append(.init(gates: [name], channel: try .depolarizing(strength), placement: .each))
      }
      return try model.applied(to: circuit).instructions.compactMap {
        if case .channel(let channel, _) = $0 { channel } else { nil }
      }
    }
    let (weak, strong) = (try Channel.depolarizing(0.1), try Channel.depolarizing(0.2))
    #expect(try channels([("u3", 0.1)]) == [weak, weak])
    #expect(try channels([("u3", 0.1), ("u", 0.2)]) == [strong, strong])
    #expect(try channels([("u3", 0.1), ("U", 0.2)]) == [weak, strong])
    #expect(try channels([("CX", 0.2)]) == [strong, strong])
    #expect(try channels([("nothing", 0.2)]).isEmpty)
  }

  @Test("readout errors are rows of probabilities")
  func readout() throws {
    #expect(try ReadoutError(zeroAsOne: 0.1, oneAsZero: 0.25).probabilities == [[0.9, 0.1], [0.25, 0.75]])
    let identity = (0..<4).map { row in (0..<4).map { row == $0 ? 1.0 : 0 } }
    #expect(try ReadoutError(identity).bitCount == 2)
    for rows in [
      [], [[1.0]], [[1, 0], [0, 1], [0, 1]], [[0.9, 0.2], [0, 1]], [[1], [0, 1]], [[1.5, -0.5], [0, 1]], [[.nan, 1], [0, 1]],
    ] {
      #expect(throws: CircuitError.self) { try ReadoutError(rows) }
    }
  }
}

@Suite("noise models that are read")
struct NoiseModelReadingTests {
  private static func read(_ text: String) throws(CircuitError) -> NoiseModel { try NoiseModel(json: Array(text.utf8)) }

  /// A channel of each type, and what it is.
  static let channels: [(String, @Sendable () throws -> Channel)] = [
    (#""pauli", "probabilities": {"XY": 0.1, "II": 0.9}"#, { try .pauli([(PauliString("II"), 0.9), (PauliString("XY"), 0.1)]) }),
    (#""depolarizing", "strength": 0.1"#, { try .depolarizing(0.1) }),
    (#""depolarizing", "strength": 0.1, "qubit_count": 2"#, { try .depolarizing(0.1, qubitCount: 2) }),
    (#""bit-flip", "probability": 0.1"#, { try .bitFlip(0.1) }),
    (#""phase-flip", "probability": 0.1"#, { try .phaseFlip(0.1) }),
    (#""bit-phase-flip", "probability": 0.1"#, { try .bitPhaseFlip(0.1) }),
    (#""amplitude-damping", "rate": 0.1"#, { try .amplitudeDamping(0.1) }),
    (
      #""generalized-amplitude-damping", "rate": 0.1, "excited_population": 0.2"#,
      { try .generalizedAmplitudeDamping(0.1, excitedPopulation: 0.2) }
    ),
    (#""phase-damping", "rate": 0.1"#, { try .phaseDamping(0.1) }),
    (#""thermal-relaxation", "t1": 2, "t2": 3, "time": 0.1"#, { try .thermalRelaxation(t1: 2, t2: 3, time: 0.1) }),
    (#""reset", "to_zero": 0.1, "to_one": 0.2"#, { try .reset(toZero: 0.1, toOne: 0.2) }),
    (#""over-rotation", "angle": 0.1, "pauli": "ZX""#, { try .overRotation(0.1, about: PauliString("ZX")) }),
    (
      #""kraus", "operators": [[[[1, 0], [0, 0]], [[0, 0], [0.6, 0]]], [[[0, 0], [0.8, 0]], [[0, 0], [0, 0]]]]"#,
      { try .amplitudeDamping(0.64) }
    ),
    (
      #""superoperator", "matrix": [[[1,0],[0,0],[0,0],[0.64,0]],[[0,0],[0.6,0],[0,0],[0,0]],[[0,0],[0,0],[0.6,0],[0,0]],[[0,0],[0,0],[0,0],[0.36,0]]]"#,
      { try .amplitudeDamping(0.64) }
    ),
  ]

  @Test("each type of channel", arguments: channels.indices)
  func types(_ index: Int) throws {
    let (text, expected) = Self.channels[index]
    let model = try Self.read(#"{"version": 1, "gates": [{"gates": ["x"], "channels": [{"type": \#(text)}]}]}"#)
    let channel = try #require(model.rules.first?.channel)
    #expect(PauliTransferMatrix(channel).distance(to: PauliTransferMatrix(try expected())) < 1e-12)
  }

  @Test("a whole model")
  func whole() throws {
    let model = try Self.read(
      """
      {"version": 1, "name": "lab", "source": "measured on a Sunday",
       "gates": [
         {"gates": ["x", "sx"], "channels": [{"type": "bit-flip", "probability": 0.1, "on": "each"}]},
         {"gates": ["cx"], "qubits": [[0, 1], [1, 0]], "channels": [{"type": "depolarizing", "strength": 0.1, "qubit_count": 2},
           {"type": "over-rotation", "angle": 0.01, "pauli": "ZZ", "on": "neighbors"}]}],
       "readout": [{"probabilities": [[0.9, 0.1], [0, 1]]}, {"qubits": [1], "probabilities": [[1, 0], [0.5, 0.5]]}],
       "relaxation": [{"qubit": 0, "t1": 1e-4, "t2": 5e-5, "excited_population": 0.01}],
       "coupling": [[0, 1], [1, 2]]}
      """)
    #expect(model.name == "lab" && model.coupling.count == 4)
    #expect(model.rules.map(\.qubits) == [nil, [0, 1], [1, 0], [0, 1], [1, 0]])
    #expect(model.rules.map(\.placement) == [.each, .operands, .operands, .neighbors, .neighbors])
    #expect(model.readout.map(\.qubits) == [nil, [1]])
    #expect(model.relaxations == [0: .init(t1: 1e-4, t2: 5e-5, excitedPopulation: 0.01)])
  }

  @Test(
    "what cannot be read is refused, with its place",
    arguments: [
      ("[]", "noise model: an object is needed"), ("{", "not JSON"), ("{}", "'version' is missing"),
      (#"{"version": 2}"#, "version: version 1 is accepted"), (#"{"version": 1, "gate": []}"#, "'gate' is not known"),
      (#"{"version": 1, "gates": [{"gates": ["x"]}]}"#, "gates[0]: 'channels' is missing"),
      (
        #"{"version": 1, "gates": [{"gates": ["x"], "channels": [{"type": "bitflip"}]}]}"#,
        "gates[0].channels[0]: a channel of type 'bitflip'"
      ),
      (
        #"{"version": 1, "gates": [{"gates": ["x"], "channels": [{"type": "bit-flip", "probability": 2}]}]}"#,
        "gates[0].channels[0]: bit-flip: a probability of 2.0"
      ),
      (
        #"{"version": 1, "gates": [{"gates": ["x"], "channels": [{"type": "bit-flip", "probability": 0, "p": 1}]}]}"#,
        "gates[0].channels[0]: 'p' is not known"
      ),
      (
        #"{"version": 1, "gates": [{"gates": ["x"], "qubits": [[0.5]], "channels": []}]}"#,
        "gates[0].qubits[0][0]: 0.5 is no integer"
      ),
      (#"{"version": 1, "readout": [{"probabilities": [[1, 0]]}]}"#, "readout[0]"),
      (
        #"{"version": 1, "relaxation": [{"qubit": 0, "t1": 1, "t2": 3}]}"#,
        "relaxation[0]: thermal-relaxation: T2 is 3.0 s and T1 1.0 s"
      ),
      (#"{"version": 1, "coupling": [[1, 1]]}"#, "coupling[0]"),
      (#"{"errors": [{"type": "other"}]}"#, "errors[0]: an error of type 'other'"),
      (
        #"{"errors": [{"type": "qerror", "operations": ["x"], "instructions": [[{"name": "x", "qubits": [5]}]], "probabilities": [1]}]}"#,
        "errors[0]: an error on 6 qubits"
      ),
      (
        #"{"errors": [{"type": "qerror", "operations": ["x"], "instructions": [[{"name": "what", "qubits": [0]}]], "probabilities": [1]}]}"#,
        "errors[0].instructions[0][0]: 'what' on 1 qubits"
      ),
      (
        #"{"errors": [{"type": "qerror", "operations": ["x"], "instructions": [[]], "probabilities": [0.5, 0.5]}]}"#,
        "errors[0]: 1 circuits with 2 probabilities"
      ),
    ])
  func refusals(_ text: String, _ expected: String) {
    let error = #expect(throws: CircuitError.self) { try Self.read(text) }
    #expect(error?.message.contains(expected) == true, "\(error?.message ?? "")")
  }

  @Test("Aer's dictionary gives the channels that it was made of, in Aer's order of qubits: 1e-9")
  func aer() throws {
    let model = try Self.read(aerModel)
    func transfer(_ gate: String, _ qubits: [Int]?) throws -> PauliTransferMatrix {
      PauliTransferMatrix(try #require(model.rules.first { $0.gates == [gate] && $0.qubits == qubits }?.channel))
    }
    let depolarizing = PauliTransferMatrix(try .depolarizing(0.04))
    #expect(try transfer("sx", nil).distance(to: depolarizing) < 1e-9 && transfer("x", nil).distance(to: depolarizing) < 1e-9)
    let relaxation = PauliTransferMatrix(try .thermalRelaxation(t1: 50e-6, t2: 70e-6, time: 10e-6, excitedPopulation: 0.1))
    #expect(try transfer("sx", [1]).distance(to: relaxation) < 1e-9)
    #expect(try transfer("rz", nil).distance(to: PauliTransferMatrix(unitary: Gate.s.matrix([]))) < 1e-9)
    // Aer's tensor product has its last factor on qubit 0.
    let (flip, reset) = (PauliTransferMatrix(try .phaseFlip(0.1)), PauliTransferMatrix(try .reset(toZero: 0.3, toOne: 0.2)))
    let both = try transfer("cx", [1, 0])
    for row in 0..<16 {
      for column in 0..<16 { #expect(abs(both[row, column] - flip[row % 4, column % 4] * reset[row / 4, column / 4]) < 1e-9) }
    }
    #expect(model.readout.map(\.qubits) == [nil, [0]])
    #expect(model.readout.map(\.error.probabilities) == [[[0.95, 0.05], [0.07, 0.93]], [[0.9, 0.1], [0.2, 0.8]]])
  }
}
