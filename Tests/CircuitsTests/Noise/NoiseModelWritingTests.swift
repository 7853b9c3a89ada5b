import Circuits
import Testing

@Suite("noise models that are written")
struct NoiseModelWritingTests {
  @Test("a model of every kind of rule is read back as it was")
  func whole() throws {
    var model = NoiseModel(name: "a \"lab\"")
    try model.append(.init(gates: ["x", "sx"], channel: .bitFlip(0.1), placement: .each))
    try model.append(.init(gates: ["cx"], qubits: [0, 1], channel: .depolarizing(0.02, qubitCount: 2)))
    try model.append(.init(gates: ["cx"], qubits: [0, 1], channel: .phaseFlip(0.03), placement: .operand(1)))
    try model.append(
      .init(gates: ["cx"], channel: .pauli([(PauliString("ZZ"), 0.25), (PauliString("II"), 0.75)]), placement: .neighbors))
    try model.append(.init(error: ReadoutError(zeroAsOne: 0.1, oneAsZero: 0.2)))
    try model.append(.init(qubits: [3], error: ReadoutError(zeroAsOne: 0, oneAsZero: 0.2)))
    try model.relax(2, .init(t1: 1e-4, t2: 5e-5))
    try model.relax(3, .init(t1: 1e-4, t2: 2e-4, excitedPopulation: 0.02))
    try model.couple(0, 1)
    let read = try NoiseModel(json: Array(model.json().utf8))
    #expect(read.name == model.name && read.readout == model.readout && read.relaxations == model.relaxations)
    #expect(read.coupling == model.coupling)
    #expect(read.rules.map(\.gates) == model.rules.map(\.gates) && read.rules.map(\.qubits) == model.rules.map(\.qubits))
    #expect(read.rules.map(\.placement) == model.rules.map(\.placement))
    for (a, b) in zip(read.rules, model.rules) {
      #expect(PauliTransferMatrix(a.channel).distance(to: PauliTransferMatrix(b.channel)) < 1e-15)
    }
  }

  @Test("a channel that is no mixture is written as Kraus operators, and one without end as a very long time")
  func kraus() throws {
    var model = NoiseModel()
    let damping = try Channel.amplitudeDamping(0.3)
    try model.append(.init(gates: ["x"], channel: damping))
    try model.relax(0, .init(t1: .infinity, t2: 1e-5))
    let read = try NoiseModel(json: Array(model.json().utf8))
    let channel = try #require(read.rules.first?.channel)
    #expect(PauliTransferMatrix(channel).distance(to: PauliTransferMatrix(damping)) < 1e-15)
    #expect(try #require(read.relaxations[0]).t1 > 1e200)
  }

  @Test("a channel on one of a gate's qubits comes after that one alone")
  func operand() throws {
    let text = #"""
      {"version": 1, "gates": [{"gates": ["cx"], "channels": [{"type": "bit-flip", "probability": 0.1, "on": 1}]}]}
      """#
    let model = try NoiseModel(json: Array(text.utf8))
    var circuit = try Circuit(qubitCount: 3)
    try circuit.append(.cx, on: 2, 0)
    guard case .channel(_, let qubits)? = try model.applied(to: circuit).instructions.last else {
      Issue.record("no channel")
      return
    }
    #expect(qubits == [0])
  }

  @Test(
    "a place that no gate has is refused",
    arguments: [#""first""#, "-1", "1.5", "true"])
  func places(_ place: String) throws {
    let text =
      #"{"version": 1, "gates": [{"gates": ["cx"], "channels": [{"type": "bit-flip", "probability": 0.1, "on": \#(place)}]}]}"#
    #expect(throws: CircuitError.self) { try NoiseModel(json: Array(text.utf8)) }
  }

  @Test("a place beyond a gate's qubits is refused where they are known, and when a gate has fewer")
  func beyond() throws {
    var model = NoiseModel()
    let flip = try Channel.bitFlip(0.1)
    #expect(throws: CircuitError.self) {
      try model.append(.init(gates: ["cx"], qubits: [0, 1], channel: flip, placement: .operand(2)))
    }
    #expect(throws: CircuitError.self) {
      try model.append(.init(gates: ["cx"], channel: try .depolarizing(0.1, qubitCount: 2), placement: .operand(0)))
    }
    try model.append(.init(gates: ["x"], channel: flip, placement: .operand(1)))
    var circuit = try Circuit(qubitCount: 1)
    try circuit.append(.x, on: 0)
    #expect(throws: CircuitError.self) { try model.applied(to: circuit) }
  }
}
