import Circuits
import Protocol
import Simulator
import Testing

@testable import ketwork

@Suite("circuits are timed from nothing to their state")
struct CircuitBenchmarkTests {
  private static func circuit() throws -> PreparedCircuit {
    try PreparedCircuit(try CircuitFamily.hardwareEfficient.circuit(qubitCount: 3, seed: 2), precision: .double)
  }

  private static func register(_ qubitCount: Int, _ precision: Precision) throws(SimulatorError) -> HostRegister {
    try HostRegister(qubitCount: qubitCount, precision: precision)
  }

  @Test("an evolution alone is one figure; state, shots and strings add one each, reported with the schema's keys")
  func report() throws {
    let circuit = try Self.circuit()
    let plain = CircuitBenchmark(precision: .double, repetitions: 3, seed: 1)
    #expect(try plain.run(circuit, Self.register).map(\.work) == [.evolution])
    let full = CircuitBenchmark(
      precision: .double, repetitions: 3, reusesState: true, shots: 100, paulis: [try PauliString("XYZ"), try PauliString("IIZ")],
      seed: 1)
    let timings = try full.run(circuit, Self.register)
    #expect(timings.map(\.work) == [.evolution, .reusedState, .samples, .expectations])
    #expect(timings.map(\.count) == [1, 1, 100, 2])
    #expect(timings.allSatisfy { $0.seconds.count == 3 && $0.seconds[0] > 0 && $0.seconds[0] <= $0.medianSeconds })
    var report = CircuitTimings(full)
    report.devices = [
      CircuitTimings.Device(
        device: "cpu", name: "a, b",
        circuits: [
          CircuitTimings.Circuit(
            name: "hea.qasm", qubits: 3, gates: circuit.gateCount, stateBytes: circuit.stateByteCount,
            figures: timings.map(CircuitTimings.Figure.init))
        ])
    ]
    try SchemaKeys.check(try report.json(), against: "circuits-1.schema.json")
    let lines = report.csv.split(separator: "\r\n")
    #expect(lines.count == timings.count + 1)
    #expect(lines[3].contains(",hea.qasm,3,\(circuit.gateCount),samples,100,3,"))
    #expect(report.table(report.devices[0], style: Style(isColored: false)).contains("2 expectation values"))
  }

  @Test("the peak of memory holds the state, and is judged on large ones")
  func memory() throws {
    #expect(ResidentMemory.peak(in: "Name:\tx\nVmPeak:\t 99 kB\nVmHWM:\t  12 kB\n") == 12_288)
    #expect(ResidentMemory.peak(in: "VmHWM:\t12 MB\n") == nil && ResidentMemory.peak(in: "") == nil)
    let benchmark = CircuitBenchmark(precision: .double, repetitions: 1, seed: 1)
    let large = try PreparedCircuit(try CircuitFamily.ghz.circuit(qubitCount: 22, seed: 2), precision: .double)
    let peak = try #require(try benchmark.run(large, Self.register)[0].peakByteCount)
    #expect(large.stateByteCount == 1 << 26 && peak > 1 << 26)
    func text(_ stateBytes: Int, _ peakBytes: Int) -> String {
      var figure = CircuitTimings.Figure(.init(work: .evolution, seconds: [1]))
      figure.peakResidentBytes = peakBytes
      let circuit = CircuitTimings.Circuit(name: "c", qubits: 1, gates: 1, stateBytes: stateBytes, figures: [figure])
      let device = CircuitTimings.Device(device: "cpu", name: "", circuits: [circuit])
      return CircuitTimings(benchmark).table(device, style: Style(isColored: false))
    }
    #expect(text(1 << 20, 3 << 20).contains("+2.00 MiB") && !text(1 << 20, 3 << 20).contains("goal"))
    #expect(text(1_000_000_000_000, 1_049_000_000_000).contains("+4.9 %, goal 5 % met"))
    #expect(text(1_000_000_000_000, 1_051_000_000_000).contains("+5.1 %, goal 5 % missed"))
  }

  @Test("memory that is not there ends it with the device's words")
  func outOfMemory() throws {
    let benchmark = CircuitBenchmark(precision: .double, repetitions: 1, seed: 1)
    let circuit = try Self.circuit()
    #expect(throws: SimulatorError.self) {
      try benchmark.run(circuit) { _, _ throws(SimulatorError) -> HostRegister in throw SimulatorError(.outOfMemory, "no room") }
    }
  }

  @Test("a circuit that measures, and a string of another length, are refused")
  func refusals() throws {
    var circuit = try Circuit(qubitCount: 2, classicalBitCount: 1)
    try circuit.append(.h, on: 0)
    let template = try Template(openQASM: "OPENQASM 3.0;")
    func source() -> CircuitBatch.Source { .init(path: "c.qasm", name: "c.qasm", circuit: circuit, template: template) }
    try BenchCircuits.check(source(), [try PauliString("XX")])
    let tooLong = #expect(throws: Failure.self) { try BenchCircuits.check(source(), [try PauliString("XXX")]) }
    #expect(tooLong?.status == .invalidData && tooLong?.description.contains("'XXX' has 3 letters") == true)
    try circuit.measure(0, into: 0)
    let measuring = #expect(throws: Failure.self) { try BenchCircuits.check(source(), []) }
    #expect(measuring?.status == .invalidData && measuring?.description.contains("c.qasm: holds other instructions") == true)
  }

  @Test("a file of Pauli strings may hold blank lines and comments, and a wrong label is named with its line")
  func pauliFile() throws {
    let strings = try PauliFile.parse("# strings\nXYZ\n\n ZZI \r\n", path: "p.txt")
    #expect(strings == [try PauliString("XYZ"), try PauliString("ZZI")])
    let failure = #expect(throws: Failure.self) { try PauliFile.parse("XX\n\nXQ\n", path: "p.txt") }
    #expect(failure?.description.hasPrefix("p.txt:3: 'Q' in the Pauli label 'XQ'") == true)
  }
}
