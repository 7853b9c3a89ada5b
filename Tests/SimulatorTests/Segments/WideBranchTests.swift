import Circuits
import OpenCLRuntime
import TestSupport
import Testing

@testable import Simulator

@Suite("branches that start from one state run side by side in the slots of a wide register")
struct WideBranchTests {
  /// Runs a request with wide registers, or each branch by itself.
  typealias Run = (_ request: SimulationRequest, _ wideQubitCount: Int) throws -> SimulationResult

  private static func onHost(
    _ request: SimulationRequest, _ wideQubitCount: Int, threadCount: Int = 2, registerCount: Int = 24
  ) throws -> SimulationResult {
    let executor = CircuitExecutor<HostRegister>(threadCount: threadCount, wideQubitCount: wideQubitCount) {
      (qubitCount, precision) throws(SimulatorError) in
      try HostRegister(qubitCount: qubitCount, precision: precision)
    }
    executor.branchRegisterCount = registerCount
    return try executor.run(request)[0]
  }

  private static func onDevice(_ request: SimulationRequest, _ wideQubitCount: Int) throws -> SimulationResult {
    let backend = try #require(OpenCLTestDevices.backends.first)
    let executor = CircuitExecutor<OpenCLRegister>(wideQubitCount: wideQubitCount) {
      (qubitCount, precision) throws(SimulatorError) in
      try OpenCLRegister(backend: backend, qubitCount: qubitCount, precision: precision)
    }
    return try executor.run(request)[0]
  }

  /// Gates with errors between them, rare ones in every third circuit, and in every other one damping, of which some shots have to look at their
  /// state. In every third one what follows cannot be gone through side by side: strong noise of all kinds, and feedback.
  private static func request(_ seed: UInt64, qubitCount: Int) throws -> SimulationRequest {
    var circuit = try Circuit(qubitCount: qubitCount, classicalBitCount: 3)
    let angle = Parameter("a")
    for round in 0..<45 {
      let qubit = (round + Int(seed)) % qubitCount
      try circuit.append(.ry, round % 7 == 0 ? .parameter(angle) : ClassicalExpression(0.2 + 0.1 * Double(round)), on: qubit)
      try circuit.append(.depolarizing(seed % 3 == 1 ? 0.001 : 0.01), on: qubit)
      try circuit.append(.cx, on: qubit, (qubit + 1) % qubitCount)
      try circuit.append(.channel(.depolarizing(0.004, qubitCount: 2), qubits: [qubit, (qubit + 1) % qubitCount]))
      if round % 9 == 0 { try circuit.append(.channel(.overRotation(0.1, about: PauliString("ZX")), qubits: [0, qubit % 3 + 1])) }
      if seed % 2 == 1, round % 4 == 0 { try circuit.append(.amplitudeDamping(0.002), on: qubit) }
    }
    if seed % 3 == 0 {
      let rest = try NoisyCircuit(seed: seed, channelCount: 6, hasFeedback: seed % 2 == 0, qubitCount: qubitCount).circuit
      for instruction in rest.instructions { try circuit.append(instruction) }
    }
    let letters = String(repeating: "I", count: qubitCount - 4)
    return SimulationRequest(
      circuit: circuit, rows: [[0.4]], shots: 700, observables: [try Observable("ZIXI\(letters) + 0.5*\(letters)YZIX")],
      wantsProbabilities: true, seed: seed, precision: .double)
  }

  private static func expectSame(_ run: Run, _ request: SimulationRequest, wideQubitCount: Int) throws {
    let (found, expected) = (try run(request, wideQubitCount), try run(request, 0))
    let note = Comment(rawValue: "seed \(request.seed), \(wideQubitCount) qubits")
    // Draws fall on positions, to which plans of nine qubits and more bring other qubits.
    if request.circuit.qubitCount < 9 { #expect(found.counts == expected.counts, note) }
    #expect(found.counts?.dictionary.values.reduce(0, +) == 700, note)
    let errors = zip(found.probabilities ?? [], expected.probabilities ?? []).map { abs($0 - $1) }
    #expect(errors.count == 1 << request.circuit.qubitCount && errors.allSatisfy { $0 < 1e-12 }, note)
    #expect(abs(found.expectations[0].value - expected.expectations[0].value) < 1e-12, note)
    #expect(abs(found.expectations[0].standardError - expected.expectations[0].standardError) < 1e-12, note)
    #expect(found.device == expected.device)
  }

  @Test("every shot ends as it does where each branch runs by itself: 1e-12", arguments: 0..<6 as Range<UInt64>, [4, 9])
  func shots(_ seed: UInt64, qubitCount: Int) throws {
    let request = try Self.request(seed, qubitCount: qubitCount)
    try Self.expectSame({ try Self.onHost($0, $1) }, request, wideQubitCount: seed < 3 ? 12 : 14)
  }

  @Test(
    "every shot ends so on OpenCL devices, too", .enabled(if: OpenCLTestDevices.areThere, "no OpenCL device on this machine"),
    arguments: 0..<4 as Range<UInt64>, [4, 11])
  func devices(_ seed: UInt64, qubitCount: Int) throws {
    let request = try Self.request(seed, qubitCount: qubitCount)
    try Self.expectSame(Self.onDevice, request, wideQubitCount: 15)
    // Side by side in registers of the same size, the CPU computes the same bits.
    let (found, expected) = (try Self.onDevice(request, 15), try Self.onHost(request, 15))
    #expect(found.counts == expected.counts && found.probabilities == expected.probabilities, "seed \(seed)")
    #expect(found.expectations == expected.expectations, "seed \(seed)")
  }

  @Test("results are the same bits on any number of threads, and when branches are replayed", arguments: 0..<4 as Range<UInt64>)
  func threads(_ seed: UInt64) throws {
    var request = try Self.request(seed, qubitCount: 9)
    request.precision = .single
    let results = try [(1, 24), (2, 24), (7, 0), (2, 1)].map { threadCount, registerCount in
      try Self.onHost(request, 13, threadCount: threadCount, registerCount: registerCount)
    }
    for result in results {
      #expect(result.counts == results[0].counts && result.probabilities == results[0].probabilities, "seed \(seed)")
      #expect(result.expectations == results[0].expectations, "seed \(seed)")
    }
  }

  @Test("a reproducible run has the bits of branches that run by themselves")
  func reproducible() throws {
    var request = try Self.request(2, qubitCount: 9)
    request.isReproducible = true
    let (found, expected) = (try Self.onHost(request, 13), try Self.onHost(request, 0))
    #expect(found.probabilities == expected.probabilities && found.expectations == expected.expectations)
    request.isReproducible = false
    #expect(try Self.onHost(request, 13).probabilities != expected.probabilities, "nothing ran side by side")
  }

  @Test("a run that is stopped, or for which a wide register is refused, leaves an executor that runs on")
  func failures() throws {
    let request = try Self.request(1, qubitCount: 9)
    var isRefusing = false
    let executor = CircuitExecutor<HostRegister>(threadCount: 2, wideQubitCount: 13) {
      (qubitCount, precision) throws(SimulatorError) in
      if isRefusing, qubitCount > 9 { throw SimulatorError(.outOfMemory, "no wide register") }
      return try HostRegister(qubitCount: qubitCount, precision: precision)
    }
    let counts = try executor.run(request)[0].counts
    let stop = StopFlag()
    stop.set()
    #expect(throws: SimulatorError.self) { try executor.run(request, stop: stop) }
    isRefusing = true
    #expect(throws: SimulatorError.self) { try executor.run(request) }
    isRefusing = false
    #expect(try executor.run(request)[0].counts == counts)
  }

  @Test("slots in which something happens are told by conditions that hold in each of them once, and nowhere else")
  func conditions() throws {
    let slots = StateSlots(qubitCount: 10, count: 8)
    for set in 0..<256 {
      let members = (0..<8).filter { set >> $0 & 1 == 1 }
      let controls = slots.controls(members)
      for slot in 0..<8 {
        let count = controls.filter { UInt64(slot) << 10 & $0.mask == $0.values }.count
        #expect(count == (members.contains(slot) ? 1 : 0), "slots \(members)")
      }
      #expect(controls.allSatisfy { $0.mask & 1023 == 0 })
    }
    #expect(slots.controls(Array(0..<8)) == [.none])
    #expect(slots.controls([0, 2, 4, 6]) == [Controls(mask: 1 << 10, values: 0)])
  }
}
