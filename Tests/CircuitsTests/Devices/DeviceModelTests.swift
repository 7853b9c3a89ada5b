import Circuits
import Testing

@Suite("device models")
struct DeviceModelTests {
  @Test("every device that is shipped can be read, and is what it says", arguments: DeviceModel.names)
  func shipped(_ name: String) throws {
    let model = try DeviceModel.named(name)
    #expect(model.name == name && model.source.contains("qiskit-ibm-runtime") && model.license == "Apache-2.0")
    #expect(model.calibrated?.count == 10 && !model.basisGates.isEmpty)
    let medians = model.medians
    let (one, two) = (try #require(medians.oneQubitError), try #require(medians.twoQubitError))
    #expect(one > 1e-5 && one < two && two < 0.05)
    #expect(try #require(medians.t1) > 1e-5 && #require(medians.t2) > 1e-6 && #require(medians.readoutError) < 0.2)
    // Connected: heavy hexagons and lines alike.
    var (reached, border) = (Set([0]), [0])
    while let qubit = border.popLast() { border += model.neighbors(of: qubit).filter { reached.insert($0).inserted } }
    let count = model.qubitCount
    #expect(reached.count == count)
    for gate in model.basisGates { #expect(Gate(named: gate) != nil) }
  }

  @Test("devices are found by name, and an unknown name is answered with those that are there")
  func names() throws {
    #expect(DeviceModel.names.count == Set(DeviceModel.names).count && DeviceModel.names.count >= 6)
    #expect(try DeviceModel.names.map { try DeviceModel.named($0).qubitCount } == [5, 7, 7, 16, 27, 27, 127, 133, 156])
    #expect(try DeviceModel.named("Manila").name == "manila")
    let error = #expect(throws: CircuitError.self) { try DeviceModel.named("erewhon") }
    #expect(error?.code == .unknownDevice && error?.message.contains("manila, lagos") == true)
  }

  /// Of what noise does after a gate: the trace of the superoperator, how much of |1…1⟩ ends in |0…0⟩, and how much of the first qubit's
  /// coherence is left.
  ///
  /// Source: Qiskit Aer 0.18.2, from the figures of the shipped calibrations, printed by bench/device-models/compare.py with --reference.
  static let references: [(device: String, gate: String, qubits: [Int], trace: Double, fall: Double, coherence: Double)] = [
    ("manila", "sx", [0], 3.9990340301303906, 0.00027028658619809853, 0.9996521583582945),
    ("manila", "x", [2], 3.99552508, 0.00046188851772569416, 0.99811236315617),
    ("manila", "reset", [4], 3.707006531226969, 0.037401577006544895, 0.8722040541167569),
    ("manila", "cx", [3, 4], 15.868522994472027, 4.302186918733484e-06, 0.9938706669955436),
    ("manila", "cx", [4, 3], 15.882442621933865, 3.436292551413878e-06, 0.9926221392829185),
    ("hanoi", "x", [2], 3.9989009200000005, 0.0004344132648789269, 0.9996964384537778),
    ("hanoi", "cx", [5, 8], 0.005380669347838193, 0.2692318201941439, 0.06645081063913502),
    ("hanoi", "cx", [1, 2], 15.915216000000008, 0.0005291424436093022, 0.9954393616197763),
    ("sherbrooke", "ecr", [1, 0], 15.850114000000012, 0.0014468259435957281, 0.9921361539270136),
    ("sherbrooke", "ecr", [6, 5], 0.011345915050571573, 0.26808842581045433, 0.06587138675303664),
    ("kingston", "cz", [145, 146], 0.00029661010801347587, 0.26672071309474776, 0.06663634620667512),
    ("kingston", "cz", [0, 1], 15.976994000000012, 0.00030139513165413647, 0.9986032083736889),
    ("kingston", "sx", [136], 3.9976247800000015, 0.00047428022721615387, 0.9992168396537587),
  ]

  @Test("noise after gates is Qiskit Aer's", arguments: references.indices)
  func noise(_ index: Int) throws {
    let (name, gate, qubits, trace, fall, coherence) = Self.references[index]
    let steps = try Self.noise(try DeviceModel.named(name).noiseModel(), gate, qubits)
    let size = 1 << qubits.count
    var found = 0.0
    for row in 0..<size {
      for column in 0..<size { found += Self.image(row, column, steps, qubits)[row, column].real }
    }
    #expect(abs(found - trace) < 1e-9)
    #expect(abs(Self.image(size - 1, size - 1, steps, qubits)[0, 0].real - fall) < 1e-9)
    #expect(abs(Self.image(1, 0, steps, qubits)[1, 0].length - coherence) < 1e-9)
  }

  /// The channels after a gate.
  private static func noise(_ model: NoiseModel, _ name: String, _ qubits: [Int]) throws -> [(Channel, [Int])] {
    var circuit = try Circuit(qubitCount: (qubits.max() ?? 0) + 1)
    if name == "reset" {
      try circuit.reset(qubits[0])
    } else {
      let gate = try #require(Gate(named: name))
      let angles = gate.parameterNames.map { _ in ClassicalExpression(0.5) }
      try circuit.append(.gate(GateOperation(.standard(gate), parameters: angles, qubits: qubits)))
    }
    return try model.applied(to: circuit).instructions.dropFirst().map { step in
      guard case .channel(let channel, let operands) = step else { throw CircuitError(.invalidChannel, "\(step)") }
      return (channel, operands)
    }
  }

  /// What becomes of |row⟩⟨column|.
  private static func image(_ row: Int, _ column: Int, _ steps: [(Channel, [Int])], _ qubits: [Int]) -> Matrix {
    let size = 1 << qubits.count
    var state = Matrix(dimension: size, entries: Array(repeating: .zero, count: size * size))
    state[row, column] = .one
    for (channel, operands) in steps {
      let identity = Matrix.identity(2)
      var result = Matrix(dimension: size, entries: Array(repeating: .zero, count: size * size))
      for kraus in channel.krausOperators {
        let whole =
          operands.count == qubits.count ? kraus : operands[0] == qubits[0] ? identity.tensor(kraus) : kraus.tensor(identity)
        let term = whole * state * whole.adjoint()
        for index in 0..<size * size { result[index / size, index % size] += term[index / size, index % size] }
      }
      state = result
    }
    return state
  }

  @Test(
    "the average error of a gate is the one that was measured, relaxation included",
    arguments: [("sx", [1]), ("cx", [1, 2]), ("cx", [2, 1])])
  func averageError(gate: String, qubits: [Int]) throws {
    let model = try DeviceModel.named("manila")
    let steps = try Self.noise(try model.noiseModel(), gate, qubits)
    let size = 1 << qubits.count
    // F = (d·f + 1)/(d + 1) with the fidelity f of the entangled state.
    var entangled = 0.0
    for row in 0..<size { for column in 0..<size { entangled += Self.image(row, column, steps, qubits)[row, column].real } }
    let dimension = Double(size)
    let error = 1 - (entangled / dimension + 1) / (dimension + 1)
    let measured = model.figures(gate, on: qubits)?.error
    #expect(abs(error - (try #require(measured))) < 1e-12)
  }

  @Test("readout errors, delays and neighbours are the calibration's")
  func others() throws {
    let model = try DeviceModel.named("manila").noiseModel()
    #expect(model.name == "manila" && model.readout.count == 5)
    #expect(model.readout[2].qubits == [2] && model.readout[2].error.probabilities[0][1] == 0.0702)
    #expect(model.readout[2].error.probabilities[1][0] == 0.1226)
    #expect(model.relaxations[0] == .init(t1: 0.00013153, t2: 0.0001022))
    #expect(model.coupling == [[0, 1], [1, 0], [1, 2], [2, 1], [2, 3], [3, 2], [3, 4], [4, 3]])
  }

  /// Gates that devices do not have, and how long their pulses take.
  static let substitutes: [(device: String, gate: String, qubits: [Int], native: String, count: Int)] = [
    ("manila", "h", [0], "sx", 1), ("manila", "sxdg", [0], "sx", 1), ("manila", "y", [0], "x", 1), ("manila", "u", [0], "sx", 2),
    ("manila", "ry", [0], "sx", 2), ("manila", "rz", [0], "sx", 0), ("manila", "t", [0], "sx", 0), ("manila", "p", [0], "sx", 0),
    ("manila", "cz", [0, 1], "cx", 1), ("manila", "ecr", [1, 0], "cx", 1), ("manila", "cp", [0, 1], "cx", 2),
    ("manila", "rzz", [0, 1], "cx", 2), ("manila", "swap", [0, 1], "cx", 3), ("manila", "iswap", [0, 1], "cx", 2),
    ("manila", "fsim", [0, 1], "cx", 3), ("sherbrooke", "cx", [1, 0], "ecr", 1), ("sherbrooke", "cx", [0, 1], "ecr", 1),
    ("kingston", "rzz", [0, 1], "rzz", 1), ("kingston", "cx", [1, 0], "cz", 1), ("kingston", "rx", [3], "rx", 1),
  ]

  @Test(
    "gates that a device does not have take as long, and relax as much, as those that they are made of",
    arguments: substitutes.indices)
  func otherGates(_ index: Int) throws {
    let (name, gate, qubits, native, count) = Self.substitutes[index]
    let model = try DeviceModel.named(name)
    // The model itself is kept out of what is printed where an expectation fails: it is long.
    let (known, duration) = (model.figures(native, on: qubits), model.duration(of: gate, on: qubits))
    let figures = try #require(known)
    #expect(duration == figures.duration * Double(count))
    let steps = try Self.noise(try model.noiseModel(), gate, qubits)
    #expect(steps.isEmpty == (count == 0))
    for (channel, operands) in steps where channel.name == "thermal-relaxation" {
      let qubit = model.qubits[operands[0]]
      let expected = try Channel.thermalRelaxation(
        t1: try #require(qubit.t1), t2: try #require(qubit.t2), time: figures.duration * Double(count))
      #expect(PauliTransferMatrix(channel).distance(to: PauliTransferMatrix(expected)) < 1e-12)
    }
  }

  @Test("the depolarization of a gate that is made of several is that of as many in a row")
  func repeated() throws {
    let model = try DeviceModel.named("montreal").noiseModel()
    let pair = [2, 3]
    func depolarization(_ gate: String) throws -> PauliTransferMatrix {
      let step = try Self.noise(model, gate, pair).first { $0.0.name == "depolarizing" }
      return PauliTransferMatrix(try #require(step).0)
    }
    let once = try depolarization("cx")
    #expect(once[1, 1] < 1 - 1e-4, "there is something to repeat")
    #expect((once * once * once).distance(to: try depolarization("swap")) < 1e-14)
    #expect((once * once).distance(to: try depolarization("cp")) < 1e-14)
  }

  @Test("a circuit that a device cannot run is refused with what it can")
  func check() throws {
    let model = try DeviceModel.named("lagos")
    func error(_ body: (inout Circuit) throws -> Void) throws -> CircuitError? {
      var circuit = try Circuit(qubitCount: 9, classicalBitCount: 1)
      try body(&circuit)
      return #expect(throws: CircuitError.self) { try model.check(circuit) }
    }
    let pair = try error { try $0.append(.cx, on: 0, 6) }
    #expect(pair?.code == .notOnDevice && pair?.message == "cx on qubits 0, 6: lagos couples 0 with 1 and 6 with 5")
    let controlled = try error { try $0.append(.x, on: 6, controls: [Control(0)]) }
    #expect(controlled?.message == "x on qubits 0, 6: lagos couples 0 with 1 and 6 with 5")
    #expect(
      try error { try $0.append(.ccx, on: 0, 1, 2) }?.message
        == "ccx on qubits 0, 1, 2: lagos has gates of one and two qubits; the circuit has to be written in those")
    #expect(try error { try $0.append(.x, on: 7) }?.message == "x on qubit 7: lagos has qubits 0 to 6")
    #expect(try error { try $0.measure(8, into: 0) }?.message == "measure on qubit 8: lagos has qubits 0 to 6")
    #expect(
      try error {
        try $0.append(.ifElse(.bit(0), then: [.gate(GateOperation(.standard(.swap), qubits: [0, 2]))], otherwise: []))
      }?.message.hasPrefix("swap on qubits 0, 2") == true)

    var fine = try Circuit(qubitCount: 9, classicalBitCount: 1)
    try fine.append(.u, 0.1, 0.2, 0.3, on: 6)
    try fine.append(.x, on: 1, controls: [Control(3)])
    try fine.append(.globalPhase, 0.3)
    try fine.measure(4, into: 0)
    try fine.append(.barrier([0, 8]))
    try model.check(fine)
    let noisy = try model.noiseModel().applied(to: fine)
    #expect(noisy.instructions.count > fine.instructions.count + 3, "a gate under a control has noise too")
  }
}
