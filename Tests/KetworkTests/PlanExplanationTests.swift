import Circuits
import Foundation
import Simulator
import Testing

@testable import ketwork

@Suite("plans are printed")
struct PlanExplanationTests {
  private static let calibration = DeviceCalibration(
    key: .host(processor: "", kernels: CPUKernels.available[0], threadCount: 1, .single), bytesPerSecond: 16_384,
    operationsPerSecond: 1, secondsPerAmplitude: .init(loadAndStore: 1 / 1024, rotation: 2 / 1024, matrix: 0, table: 0),
    measuredAt: Date(timeIntervalSince1970: 0))

  /// Two passes over 2¹⁰ amplitudes: a block of a rotation, and an exchange; then a flip of its own.
  private static var report: PlanReport {
    let rotation = StateOperation.matrix([.one, Complex(0.5), Complex(-0.5), .one], targets: [5], controls: .none)
    let tile = TilePass(
      localQubits: 0x3ff, activeCount: 10, steps: [.block(registers: [5, 6, 7], [rotation]), .exchange([4, 5, 6, 7])])
    var report = PlanReport()
    report.rows = [
      PassRow(.tile(tile), qubitCount: 12, precision: .single, seconds: 2),
      PassRow(
        .operation(.permutation([1, 0], targets: [3], controls: .none)), qubitCount: 12, precision: .single, segment: 1, seconds: 5),
    ]
    report.segmentCount = 2
    report.idleQubits = [3, 8, 9, 10]
    report.outcomes = [1]
    return report
  }

  private static func explanation(_ report: PlanReport, isPredicted: Bool = true) -> PlanExplanation {
    PlanExplanation(report, calibration: isPredicted ? calibration : nil, ceilings: .h200(.single))
  }

  private static func lines(_ explanation: PlanExplanation) -> [String] {
    PlanTable(style: Style(isColored: false)).text(explanation).split(separator: "\n").map {
      $0.split(separator: " ").joined(separator: " ")
    }
  }

  @Test("a table has a line a pass, their sum, and what the columns mean")
  func table() {
    let lines = Self.lines(Self.explanation(Self.report))
    #expect(
      lines.prefix(6) == [
        "plan: 2 passes in 2 segments, where measurements, resets and noise gave 1, the likelier each time",
        "idle qubits, which no pass visits: 3, 8–10",
        "PASS LOCAL QUBITS BLOCKS OPERATIONS MOVED ARITHMETIC PREDICTED MEASURED NVIDIA H200",
        "1.1 0–9 1 + 1 1 16.0 KiB 4.10 kFLOP 5.00 s 2.00 s 3.81 ns",
        "2.2 – 0 1 64.0 KiB 0 FLOP 4.00 s 5.00 s 15.2 ns",
        "all 1 + 1 2 80.0 KiB 4.10 kFLOP 9.00 s 7.00 s 19.1 ns",
      ])
    #expect(lines.contains { $0.hasPrefix("predicted: the longer of the bytes at 16.4 kB/s") })
    #expect(
      lines.last
        == "NVIDIA H200: a lower bound, the longer of the bytes at 4.30 TB/s and the arithmetic at 60.0 TFLOP/s, assumed and not measured"
    )
  }

  @Test("without a prediction there are dashes, and no word of it")
  func unpredicted() {
    let lines = Self.lines(Self.explanation(Self.report, isPredicted: false))
    #expect(lines[3] == "1.1 0–9 1 + 1 1 16.0 KiB 4.10 kFLOP – 2.00 s 3.81 ns")
    #expect(!lines.contains { $0.hasPrefix("predicted") })
  }

  @Test("long plans are cut, and their sum is that of all passes")
  func long() {
    var report = Self.report
    (report.segmentCount, report.outcomes, report.idleQubits) = (1, [], [])
    report.rows = Array(repeating: report.rows[0], count: PlanTable.passCount + 2)
    let lines = Self.lines(Self.explanation(report))
    #expect(lines.count == 1 + 1 + PlanTable.passCount + 1 + 1 + 3)
    #expect(lines[0] == "plan: 50 passes" && lines[lines.count - 4] == "… and 2 more passes; --json gives all")
    #expect(lines[lines.count - 5].hasPrefix("all 50 + 50 50 800 KiB"))
    #expect(Self.lines(Self.explanation(PlanReport())) == ["plan: no pass over the state"])
  }

  @Test(
    "numbers in a row are a range",
    arguments: [([0, 1, 2, 5, 7, 8], "0–2, 5, 7, 8"), ([4], "4"), ([], "–"), (nil, "–")] as [([Int]?, String)])
  func ranges(numbers: [Int]?, text: String) {
    #expect(PlanTable.ranges(numbers) == text)
  }

  @Test("the JSON has exactly the keys of its schema", arguments: [true, false])
  func json(isPredicted: Bool) throws {
    let plan = Self.explanation(Self.report, isPredicted: isPredicted)
    let text = String(decoding: try JSONEncoder().encode(plan), as: UTF8.self)
    try SchemaKeys.check(text, against: "results-1.schema.json", definition: "plan")
    #expect(text.contains("seconds_predicted") == isPredicted)
  }
}
