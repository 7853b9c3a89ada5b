import Circuits
import Foundation
import Simulator
import TestSupport
import Testing

extension PlanReport {
  /// What planning operations on |0…0⟩ by hand gives.
  fileprivate init(of operations: [StateOperation], qubitCount: Int, precision: Precision = .single) throws {
    self.init()
    var layout = QubitLayout(qubitCount: qubitCount, isZero: true)
    let passes = try Planner(qubitCount: qubitCount, precision: precision).passes(operations, layout: &layout)
    rows = passes.map { PassRow($0, qubitCount: qubitCount, precision: precision) }
    segmentCount = 1
    idleQubits = (0..<qubitCount).filter { layout.isZero($0) }
  }

  /// The same of a circuit of gates.
  fileprivate init(of circuit: Circuit) throws {
    let operations = try circuit.instructions.compactMap { instruction in
      guard case .gate(let gate) = instruction else { return nil as StateOperation? }
      return StateOperation.lowered(try gate.resolved(in: ClassicalMemory()))
    }
    try self.init(of: operations, qubitCount: circuit.qubitCount)
  }
}

@Suite("plans are explained")
struct PlanReportTests {
  @Test("totals are those of the passes")
  func totals() throws {
    let circuit = try RandomCircuit.gates(qubitCount: 17, gateCount: 120, seed: 5)
    var report = try PlanReport(of: circuit)
    #expect(report.rows.count > 1 && report.bytesMoved == report.rows.map(\.traffic.bytesMoved).reduce(0, +))
    #expect(report.operations > 0 && report.operations == report.rows.map(\.work.operations).reduce(0, +))
    #expect(report.seconds == nil, "nothing has run")
    for index in report.rows.indices { report.rows[index].seconds = Double(index + 1) }
    let count = Double(report.rows.count)
    #expect(report.seconds == count * (count + 1) / 2)
  }

  @Test("a pass is predicted to take as long as its bytes or as its parts, whatever is longer")
  func prediction() throws {
    let rotation = StateOperation.matrix([.one, Complex(0.5), Complex(-0.5), .one], targets: [5], controls: .none)
    let matrix = StateOperation.matrix((0..<16).map { Complex(Double($0), 1) }, targets: [5, 6], controls: .none)
    let table = StateOperation.diagonal([.one, .i], targets: [7], controls: .none)
    let other = StateOperation.matrix([.one, Complex(1, 1), Complex(1, 1), .one], targets: [6], controls: .none)
    func row(_ operations: [StateOperation]) -> PassRow {
      PassRow(
        .tile(TilePass(localQubits: 0x3ff, activeCount: 10, steps: [.block(registers: [5, 6, 7], operations)])), qubitCount: 10,
        precision: .single)
    }
    var calibration = DeviceCalibration(
      key: .host(processor: "", kernels: CPUKernels.available[0], threadCount: 1, .single), bytesPerSecond: 16_384,
      operationsPerSecond: 1,
      secondsPerAmplitude: .init(loadAndStore: 1 / 1024, rotation: 2 / 1024, matrix: 30 / 1024, table: 8 / 1024),
      measuredAt: Date(timeIntervalSince1970: 0))
    #expect(abs(calibration.seconds(of: row([rotation])) - 3) < 1e-9, "memory takes 1 s")
    #expect(abs(calibration.seconds(of: row([matrix, table])) - (1 + 30 + 8)) < 1e-9)
    #expect(abs(calibration.seconds(of: row([other])) - (1 + 14)) < 1e-9, "by operations, in units of a matrix")
    calibration.bytesPerSecond = 4_096
    #expect(calibration.seconds(of: row([rotation])) == 4)
    var whole = row([rotation])
    whole.traffic = PassTraffic(bytesMoved: 3 * 16_384, visitedQubitCount: 12)
    #expect(calibration.memorySeconds(of: whole) == 12 && abs(calibration.arithmeticSeconds(of: whole) - 12) < 1e-9)
    #expect(PlanCeilings(name: "", bytesPerSecond: 1_024, operationsPerSecond: 1e9).seconds(of: whole) == 16, "the least")
    var report = PlanReport()
    report.rows = [row([rotation]), row([matrix])]
    #expect(abs(calibration.seconds(of: report) - (4 + 31)) < 1e-9)
  }

  @Test("ceilings bound a pass by its bytes and by its operations")
  func ceilings() throws {
    let h200 = PlanCeilings.h200(.single)
    #expect(h200.bytesPerSecond == 4.3e12 && h200.operationsPerSecond == 60e12)
    #expect(PlanCeilings.h200(.double).operationsPerSecond == 30e12)
    let ceilings = PlanCeilings(name: "", bytesPerSecond: 1_024, operationsPerSecond: 10_240)
    let rotation = StateOperation.matrix([.one, Complex(0.5), Complex(-0.5), .one], targets: [5], controls: .none)
    func row(_ count: Int) -> PassRow {
      let block = TileStep.block(registers: [5, 6, 7], Array(repeating: rotation, count: count))
      return PassRow(.tile(TilePass(localQubits: 0x3ff, activeCount: 10, steps: [block])), qubitCount: 10, precision: .single)
    }
    #expect(ceilings.seconds(of: row(1)) == 16 && ceilings.seconds(of: row(60)) == 24)
    var report = PlanReport()
    report.rows = [row(1), row(60)]
    #expect(ceilings.seconds(of: report) == 40)
  }
}

@Suite("runs are explained on the way")
struct PlanRecorderTests {
  private static func run(_ request: SimulationRequest) throws -> [SimulationResult] {
    try CircuitExecutor<HostRegister> { (qubitCount, precision) throws(SimulatorError) in
      try HostRegister(qubitCount: qubitCount, precision: precision)
    }.run(request)
  }

  @Test("a run that is explained gives the same results, and the passes that its plan has")
  func sameResults() throws {
    let circuit = try RandomCircuit.gates(qubitCount: 16, gateCount: 80, seed: 3)
    var request = SimulationRequest(circuit: circuit, shots: 100, wantsStatevector: true)
    let plain = try Self.run(request)[0]
    #expect(plain.plan == nil)
    request.explainsPlan = true
    let explained = try Self.run(request)[0]
    #expect(explained.statevector == plain.statevector && explained.counts == plain.counts)
    var found = try #require(explained.plan)
    let expected = try PlanReport(of: circuit)
    #expect(found.rows.allSatisfy { ($0.seconds ?? 0) > 0 } && found.seconds ?? 0 <= explained.executeSeconds)
    for index in found.rows.indices { found.rows[index].seconds = nil }
    #expect(found == expected)
  }

  @Test("qubits that stay |0⟩ are named, and no pass visits them")
  func idle() throws {
    // A GHZ state on every other qubit.
    var circuit = try Circuit(qubitCount: 18)
    try circuit.append(.h, on: 0)
    for qubit in stride(from: 2, to: 18, by: 2) { try circuit.append(.cx, on: qubit - 2, qubit) }
    var request = SimulationRequest(circuit: circuit, shots: 1)
    request.explainsPlan = true
    let plan = try #require(try Self.run(request)[0].plan)
    #expect(plan.idleQubits == [1, 3, 5, 7, 9, 11, 13, 15, 17] && plan.segmentCount == 1)
    // Nine qubits are mixed, and a tile of 15 is visited at least.
    #expect(plan.rows.map(\.activeQubitCount) == [15] && plan.bytesMoved == 2 * 8 << 15)
  }

  @Test("measurements end segments, the likeliest outcomes are followed, and other histories are not told")
  func segments() throws {
    var circuit = try Circuit(qubitCount: 12, classicalBitCount: 2)
    try circuit.append(.ry, .literal(.float(2.5)), on: 0)
    try circuit.append(.measure(qubit: 0, bit: 0))
    try circuit.append(.ry, .literal(.float(0.5)), on: 1)
    try circuit.append(.reset(qubit: 1))
    try circuit.append(.h, on: 2)
    try circuit.append(.cx, on: 2, 0)
    var request = SimulationRequest(circuit: circuit, shots: 400)
    request.explainsPlan = true
    let plan = try #require(try Self.run(request)[0].plan)
    #expect(plan.segmentCount == 3 && plan.outcomes == [1, 0])
    #expect(plan.rows.map(\.segment) == [0, 1, 2], "one history, though there are four")
  }

  @Test("of several rows the first is explained")
  func rows() throws {
    var circuit = try Circuit(qubitCount: 2)
    try circuit.append(.h, on: 0)
    var request = SimulationRequest(circuit: circuit, rows: [[], []])
    request.explainsPlan = true
    let results = try Self.run(request)
    #expect(results[0].plan?.rows.count == 1 && results[1].plan == nil)
  }

  @Test("a circuit without qubits has no idle ones, and no passes")
  func empty() throws {
    var request = SimulationRequest(circuit: try Circuit(qubitCount: 0))
    request.explainsPlan = true
    #expect(try Self.run(request)[0].plan == PlanReport())
  }
}
