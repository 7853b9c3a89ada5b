import Simulator
import Testing

@testable import ketwork

@Suite("passes are timed one by one")
struct PassBenchmarkTests {
  private static let benchmark = PassBenchmark(qubitCount: PassCase.leastQubitCount, precision: .single, repetitions: 2, seed: 3)

  @Test("every pass runs on the smallest state, keeps its norm, and is reported with the schema's keys")
  func report() throws {
    var register = try HostRegister(qubitCount: Self.benchmark.qubitCount, precision: .single)
    let timings = try Self.benchmark.run(on: &register, progress: { _, _ in })
    #expect(abs(try register.normSquared() - 1) < 1e-3)
    #expect(timings.allSatisfy { $0.seconds.count == 2 && $0.seconds[0] > 0 && $0.seconds[0] <= $0.seconds[1] })
    var report = PassReport(Self.benchmark)
    let facts = BenchDevice.Facts(
      label: "cpu", name: "a, b", software: "", memoryByteCount: 1 << 30, largestQubitCounts: [:], bytesPerSecond: 1e9,
      operationsPerSecond: 1e9)
    report.add(facts, timings, Self.benchmark)
    try SchemaKeys.check(try report.json(), against: "passes-1.schema.json")
    let lines = report.csv.split(separator: "\r\n")
    #expect(lines.count == timings.count + 1)
    #expect(lines[1].contains(",\"a, b\","), "a cell with a comma is quoted")
    #expect(report.table(report.devices[0], style: Style(isColored: false)).split(separator: "\n").count == timings.count + 4)
  }

  @Test("a goal is held against the slower of memory and arithmetic")
  func goals() throws {
    let cases = PassCase.all(qubitCount: 16, seed: 1)
    // 2²⁰ bytes each; 2²⁰ and 2²⁵ operations.
    let (narrow, wide) = (try #require(cases.first { $0.name == "matrix 1" }), try #require(cases.first { $0.name == "matrix 6" }))
    let timings = [narrow, wide].map { PassBenchmark.Timing(pass: $0, seconds: [0.01]) }
    func shares(_ bytes: Double, _ operations: Double) -> [Double] {
      let facts = BenchDevice.Facts(
        label: "cpu", name: "", software: "", memoryByteCount: 1, largestQubitCounts: [:], bytesPerSecond: bytes,
        operationsPerSecond: operations)
      var report = PassReport(Self.benchmark)
      report.add(facts, timings, Self.benchmark)
      return report.devices[0].passes.map(\.ceilingShare)
    }
    let memory: Double = 0x1p20 / 0x1p27 / 0.01
    #expect(shares(0x1p27, 0x1p40) == [memory, memory])
    // Sixteen operations for each amplitude, and 512, at 2³² a second.
    let arithmetic: [Double] = [0x1p20, 0x1p25].map { $0 / 0x1p32 / 0.01 }
    #expect(shares(0x1p40, 0x1p32) == arithmetic)
    func isMet(_ share: Double) -> Bool {
      PassReport.Pass(
        name: "", qubits: "", samples: 1, secondsMedian: 1, secondsMinimum: 1, secondsMaximum: 1, bytesMoved: 1, operations: 0,
        bandwidthShare: 1, ceilingShare: share, goal: 0.9
      ).isGoalMet
    }
    #expect([0.894, 0.895, 1.2].map(isMet) == [false, true, true])
    #expect(cases.allSatisfy { $0.goal > 0 && $0.goal <= 1 })
    let flips = cases.filter { $0.name == "cx" }
    #expect(flips.map(\.goal) == [0.45, 0.45, 0.9, 0.9, 0.9], "a control inside a line of memory halves what is used of it")
  }

  @Test("bytes and operations are those of the pass alone")
  func costs() throws {
    let cases = PassCase.all(qubitCount: 16, seed: 1)
    let dense = try #require(cases.first { $0.name == "matrix 3" })
    #expect(dense.bytesMoved(qubitCount: 16, precision: .single) == 16 << 16)
    #expect(dense.operationCount(qubitCount: 16) == 64 << 16)
    let flip = try #require(cases.first { $0.name == "cx" })
    #expect(flip.bytesMoved(qubitCount: 16, precision: .double) == 16 << 16, "a control halves what moves")
    #expect(flip.operationCount(qubitCount: 16) == 0)
    let norm = try #require(cases.first { $0.name == "norm" })
    #expect(norm.bytesMoved(qubitCount: 16, precision: .single) == 8 << 16, "a sum only reads")
    for pass in cases {
      if case .operation(let operation) = pass.work { try operation.validate(qubitCount: 16) }
    }
  }
}
