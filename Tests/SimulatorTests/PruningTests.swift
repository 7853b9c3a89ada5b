import Circuits
import OpenCLRuntime
import Simulator
import TestSupport
import Testing

@Suite("what nothing depends on is left out, and the results are those of the whole circuit")
struct PruningTests {
  private static func whole(_ request: SimulationRequest) throws -> [SimulationResult] {
    try CircuitExecutor<HostRegister> { (qubitCount, precision) throws(SimulatorError) in
      try HostRegister(qubitCount: qubitCount, precision: precision)
    }.run(request)
  }

  /// Few gates in every second circuit, so that some qubits have none.
  private static func gateCount(_ seed: UInt64) -> Int { seed % 2 == 0 ? 4 : 12 }

  /// An observable with few letters.
  private static func observable(_ qubitCount: Int, _ generator: inout SplitMix) throws -> Observable {
    let mask = generator.qubits(min(2, qubitCount), of: qubitCount).reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
    let terms = (0..<2).map { _ in
      let (x, z) = (generator.next() & mask, generator.next() & mask)
      return Observable.Term(Double.random(in: -1...1, using: &generator), PauliString(qubitCount: qubitCount, x: x, z: z))
    }
    return try Observable(terms)
  }

  @Test("expectation values", arguments: 0..<120 as Range<UInt64>)
  func expectations(seed: UInt64) throws {
    var generator = SplitMix(seed: seed)
    let qubitCount = Int.random(in: 1...8, using: &generator)
    let circuit = try RandomCircuit.gates(qubitCount: qubitCount, gateCount: Self.gateCount(seed), seed: seed)
    let observables = try (0..<2).map { _ in try Self.observable(qubitCount, &generator) }
    let request = SimulationRequest(circuit: circuit, observables: observables, precision: .double)
    let expected = try Self.whole(request)[0].expectations.map(\.value)
    let found = try CircuitSimulator(device: "cpu").run(request)[0]
    for (value, exact) in zip(found.expectations.map(\.value), expected) { #expect(abs(value - exact) < 1e-12, "seed \(seed)") }
    #expect(found.expectations.count == 2 && found.qubitCount == qubitCount)
  }

  @Test("distributions of outcomes, of some qubits and of all", arguments: 0..<120 as Range<UInt64>)
  func distributions(seed: UInt64) throws {
    var generator = SplitMix(seed: seed)
    let qubitCount = Int.random(in: 1...6, using: &generator)
    var circuit = try RandomCircuit.gates(qubitCount: qubitCount, gateCount: seed % 3 == 0 ? 2 : 10, seed: seed)
    if seed % 4 != 0 {
      let bits = try circuit.addClassicalRegister("c", count: 3)
      let local = try circuit.addClassicalRegister("local", count: 2, isOutput: false)
      let places = (Array(bits) + Array(local) + [nil]).shuffled(using: &generator)
      let measured = generator.qubits(Int.random(in: 1...qubitCount, using: &generator), of: qubitCount)
      for (qubit, bit) in zip(measured, places) { try circuit.measure(qubit, into: bit) }
    }
    let request = SimulationRequest(circuit: circuit, shots: 1)
    guard let pruned = try request.pruned() else { return }
    let (found, expected) = (
      try ReferenceInterpreter.distribution(pruned.request.circuit), try ReferenceInterpreter.distribution(circuit)
    )
    #expect(SameBehaviour.distance(found, expected) < 1e-12, "seed \(seed)")
  }

  @Test("many of these seeds leave gates out, and qubits")
  func seedsMatter() throws {
    var (gates, qubits) = (0, 0)
    for seed in 0..<120 as Range<UInt64> {
      var generator = SplitMix(seed: seed)
      let qubitCount = Int.random(in: 1...8, using: &generator)
      let circuit = try RandomCircuit.gates(qubitCount: qubitCount, gateCount: Self.gateCount(seed), seed: seed)
      let observables = try (0..<2).map { _ in try Self.observable(qubitCount, &generator) }
      let pruning = try SimulationRequest(circuit: circuit, observables: observables).pruned()?.pruning
      gates += (pruning?.operationCount ?? 0) > 0 ? 1 : 0
      qubits += (pruning?.qubits.count ?? 0) > 0 ? 1 : 0
    }
    #expect(gates > 40)
    #expect(qubits > 10)
  }

  @Test("counts are drawn from the distribution of the whole circuit, and are the same on every device")
  func counts() throws {
    var circuit = try Circuit(qubitCount: 12, classicalBitCount: 2)
    for qubit in 0..<12 { try circuit.append(.ry, .literal(.float(0.4 + 0.1 * Double(qubit))), on: qubit) }
    for qubit in 0..<11 { try circuit.append(.cx, on: qubit, qubit + 1) }
    try circuit.measure(3, into: 0)
    try circuit.measure(1, into: 1)
    let request = SimulationRequest(circuit: circuit, shots: 20_000, seed: 3)
    let result = try CircuitSimulator(device: "cpu").run(request)[0]
    // Of 23 gates, those on qubits 0 to 3 but for the flip of qubit 4.
    #expect(result.pruned == Pruning(qubits: Array(4..<12), operationCount: 16))
    let distribution = try ReferenceInterpreter.distribution(circuit)
    for (outcome, probability) in distribution {
      // Six standard deviations: a false alarm in 5·10⁸ outcomes.
      let deviation = (20_000 * probability * (1 - probability)).squareRoot()
      #expect(abs(Double(result.counts?[outcome] ?? 0) - 20_000 * probability) < 6 * deviation, "\(outcome)")
    }
    for backend in OpenCLTestDevices.backends {
      let other = try CircuitSimulator(device: backend.device.label).run(request)[0]
      #expect(other.counts == result.counts && other.pruned == result.pruned)
    }
  }

  @Test("forty qubits are run where twelve matter")
  func large() throws {
    func bricks(_ qubits: Range<Int>, of qubitCount: Int) throws -> Circuit {
      var circuit = try Circuit(qubitCount: qubitCount)
      for layer in 0..<3 {
        for qubit in qubits { try circuit.append(.ry, .literal(.float(0.3 * Double(qubit + layer))), on: qubit) }
        for qubit in stride(from: qubits.lowerBound + layer % 2, to: qubits.upperBound - 1, by: 2) {
          try circuit.append(.cx, on: qubit, qubit + 1)
        }
      }
      return circuit
    }
    func parity(_ qubitCount: Int, _ qubits: [Int]) throws -> Observable {
      let mask = qubits.reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
      return try Observable([.init(1, PauliString(qubitCount: qubitCount, x: mask, z: mask))])
    }
    let all = SimulationRequest(
      circuit: try bricks(0..<40, of: 40), observables: [try parity(40, [10, 11])], precision: .double)
    // Three layers reach three qubits to either side.
    let part = SimulationRequest(
      circuit: try bricks(0..<20, of: 20), observables: [try parity(20, [10, 11])], precision: .double)
    let result = try CircuitSimulator(device: "cpu").run(all)[0]
    #expect(abs(result.expectations[0].value - (try Self.whole(part)[0].expectations[0].value)) < 1e-12)
    let pruned = try #require(result.pruned)
    #expect(result.qubitCount == 40 && pruned.qubits.count >= 28 && pruned.operationCount > 100)
    #expect(Set(pruned.qubits).isDisjoint(with: 10...11))
  }

  @Test("gates and qubits that are added outside the light cone change no bit of a result", arguments: 0..<20 as Range<UInt64>)
  func additions(seed: UInt64) throws {
    var generator = SplitMix(seed: seed)
    let circuit = try RandomCircuit.gates(qubitCount: 4, gateCount: 10, seed: seed)
    var wider = try Circuit(qubitCount: 7)
    for instruction in circuit.instructions { try wider.append(instruction) }
    for _ in 0..<6 {
      let control = Int.random(in: 0..<4, using: &generator)
      try wider.append(
        .ry, .literal(.float(Double(seed) + 0.5)), on: Int.random(in: 4..<7, using: &generator), controls: [Control(control)])
      try wider.append(.cp, .literal(.float(0.7)), on: control, Int.random(in: 4..<7, using: &generator))
    }
    // Diagonal on the qubits that control.
    let letters = try ["IIIIZIZ", "IIIZIII"].map { try Observable($0) }
    let few = try ["ZIZ", "ZIII"].map { label in try Observable(String(repeating: "I", count: 4 - label.count) + label) }
    let simulator = try CircuitSimulator(device: "cpu")
    let expected = try simulator.run(SimulationRequest(circuit: circuit, observables: few))[0]
    let found = try simulator.run(SimulationRequest(circuit: wider, observables: [letters[0], letters[1]]))[0]
    #expect(found.expectations.map(\.value) == expected.expectations.map(\.value), "seed \(seed)")
    #expect(Set(4..<7).isSubset(of: found.pruned?.qubits ?? []))
  }

  @Test("phases and controlled flips of other qubits do not matter to a measurement, a rotation before them does")
  func diagonals() throws {
    var circuit = try Circuit(qubitCount: 3, classicalBitCount: 1)
    try circuit.append(.h, on: 0)
    try circuit.append(.cx, on: 0, 1)
    try circuit.append(.cz, on: 0, 1)
    try circuit.append(.rz, .parameter(Parameter("a")), on: 0)
    try circuit.measure(0, into: 0)
    let request = SimulationRequest(circuit: circuit, rows: [[0.5]], shots: 10)
    #expect(try request.pruned()?.pruning == Pruning(qubits: [1, 2], operationCount: 3))
    var other = request
    other.shots = nil
    other.observables = [try Observable("IIX")]
    #expect(try other.pruned()?.pruning == Pruning(qubits: [2], operationCount: 0))
    #expect(try other.simulatedQubitCount() == 2)
  }

  @Test("a request for everything, or for nothing, keeps everything")
  func everything() throws {
    var circuit = try Circuit(qubitCount: 3, classicalBitCount: 1)
    try circuit.append(.h, on: 0)
    try circuit.measure(0, into: 0)
    for request in [
      SimulationRequest(circuit: circuit), SimulationRequest(circuit: circuit, shots: 5, wantsStatevector: true),
      SimulationRequest(circuit: circuit, observables: [try Observable("IIZ")], wantsProbabilities: true),
    ] {
      #expect(try request.pruned() == nil)
      #expect(try CircuitSimulator(device: "cpu").run(request)[0].pruned == nil)
    }
  }

  @Test("idle qubits take no memory: their outcomes are 0, Z is 1 on them, X and Y are 0")
  func idle() throws {
    var circuit = try Circuit(qubitCount: 60)
    try circuit.append(.x, on: 7)
    let simulator = try CircuitSimulator(device: "cpu")
    let letters = try [[7], [8], [7, 8]].map { qubits in
      let mask = qubits.reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
      return try Observable([
        .init(1, PauliString(qubitCount: 60, x: 0, z: mask)), .init(10, PauliString(qubitCount: 60, x: 1 << 9, z: mask)),
      ])
    }
    let result = try simulator.run(SimulationRequest(circuit: circuit, shots: 30, observables: letters))[0]
    #expect(result.counts?.dictionary == [String(repeating: "0", count: 52) + "1" + String(repeating: "0", count: 7): 30])
    #expect(result.expectations.map(\.value) == [-1, 1, -1])
    #expect(result.pruned == Pruning(qubits: (0..<60).filter { $0 != 7 }, operationCount: 0))
    // More qubits than any register has, and none of them touched.
    let empty = try simulator.run(SimulationRequest(circuit: try Circuit(qubitCount: 200), shots: 3))[0]
    #expect(empty.counts?.dictionary == [String(repeating: "0", count: 200): 3] && empty.qubitCount == 200)
  }

  @Test("dynamic circuits lose idle qubits and nothing else", arguments: 0..<20 as Range<UInt64>)
  func dynamic(seed: UInt64) throws {
    let circuit = try RandomCircuit.dynamic(qubitCount: 3, stepCount: 9, seed: seed)
    var wider = circuit
    try wider.addQuantumRegister("idle", count: 30)
    try wider.append(.barrier(Array(0..<33)))
    let simulator = try CircuitSimulator(device: "cpu")
    let expected = try simulator.run(SimulationRequest(circuit: circuit, shots: 200, seed: seed))[0]
    let found = try simulator.run(SimulationRequest(circuit: wider, shots: 200, seed: seed))[0]
    #expect(found.counts == expected.counts, "seed \(seed)")
    #expect(found.pruned?.operationCount == 0 && found.pruned?.qubits.suffix(30) == Array(3..<33)[...])
    #expect(wider.isDynamic)
  }

  @Test("parameters keep their columns when the gates that read them go")
  func parameters() throws {
    var circuit = try Circuit(qubitCount: 2)
    try circuit.append(.ry, .parameter(Parameter("a")), on: 1)
    try circuit.append(.ry, .parameter(Parameter("b")), on: 0)
    let request = SimulationRequest(
      circuit: circuit, rows: [[0.1, 0], [0.2, .pi]], observables: [try Observable("IZ")], precision: .double)
    let results = try CircuitSimulator(device: "cpu").run(request)
    #expect(results.map(\.expectations[0].value).map { ($0 * 1e9).rounded() / 1e9 } == [1, -1])
    #expect(results.allSatisfy { $0.pruned == Pruning(qubits: [1], operationCount: 1) })
  }

  @Test("what does not fit all the same says what is not counted, and wrong sizes are refused as before")
  func refusals() throws {
    var circuit = try Circuit(qubitCount: 60)
    for qubit in 0..<50 { try circuit.append(.ry, 0.3, on: qubit) }
    let simulator = try CircuitSimulator(device: "cpu")
    let memory = #expect(throws: SimulatorError.self) { try simulator.run(SimulationRequest(circuit: circuit, shots: 1)) }
    #expect(memory?.code == .outOfMemory)
    #expect(memory?.message.contains("50 qubits") == true && memory?.message.contains("10 of the circuit's 60 qubits") == true)
    let size = #expect(throws: SimulatorError.self) {
      try simulator.run(SimulationRequest(circuit: circuit, observables: [try Observable("ZZ")]))
    }
    #expect(size?.code == .invalidArgument && size?.message.contains("the circuit has 60") == true)
  }
}
