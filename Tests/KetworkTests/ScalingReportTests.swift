import Foundation
import Simulator
import Testing

@testable import ketwork

@Suite("a sweep's table, files and figure say what was measured")
struct ScalingReportTests {
  private static let plan = ScalingPlan(
    families: [.ghz, .qft], minimumQubitCount: 20, maximumQubitCount: nil, precision: .double, repetitions: 3, secondsLimit: 10,
    seed: 9)

  private static let scaling = DeviceScaling(
    device: BenchDevice.Facts(
      label: "cpu", name: "Example \"X\", AVX2 <2 threads>", software: "AVX2", memoryByteCount: 1 << 34,
      largestQubitCounts: [.double: 21],
      bytesPerSecond: 10e9),
    points: [
      ScalingPoint(family: .ghz, qubitCount: 20, gateCount: 20, seconds: [0.01, 0.02, 0.03], bytesMoved: 100_000_000),
      ScalingPoint(family: .ghz, qubitCount: 21, gateCount: 21, seconds: [0.05], bytesMoved: 200_000_000),
      ScalingPoint(family: .qft, qubitCount: 20, gateCount: 220, seconds: [0.1, 0.1], bytesMoved: 1_200_000_000),
    ], skipped: [SkippedPoints(family: .qft, qubits: 21...22, reason: "too long, by far")])

  @Test("the table has a line a point, with time, spread, rate, bytes and share")
  func table() {
    let text = ScalingTable(style: Style(isColored: false)).text(Self.scaling, plan: Self.plan)
    let lines = text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(lines[0] == "cpu Example \"X\", AVX2 <2 threads>")
    #expect(lines.contains("ghz 20 20 20.0 ms 100 % 1.00 k 100 MB 5.00 GB/s 50 %"))
    #expect(lines.contains("ghz 21 21 50.0 ms 1 sample 420 200 MB 4.00 GB/s 40 %"))
    #expect(lines.contains("qft 20 220 100 ms 0 % 2.20 k 1.20 GB 12.0 GB/s 120 %"))
    #expect(lines.contains("not run: qft on 21 to 22 qubits: too long, by far"))
  }

  @Test("the CSV file has as many cells in every line as in its header, and quotes what needs it")
  func csv() throws {
    let lines = ScalingReport([Self.scaling], plan: Self.plan).csv.split(separator: "\r\n")
    #expect(lines.count == 6)
    let device = "1,cpu,\"Example \"\"X\"\", AVX2 <2 threads>\",double,9,"
    #expect(lines[1] == "\(device)ghz,20,20,3,0.02,0.01,0.03,1000.0,100000000,5000000000.0,0.5,")
    #expect(lines[5] == "\(device)qft,22,,,,,,,,,,\"too long, by far\"")
    let columnCount = try #require(lines.first).split(separator: ",").count
    for line in lines.dropFirst() {
      // The device's name and one reason hold a comma each, inside quotes.
      let quoted = line.hasSuffix("\"") ? 2 : 1
      #expect(line.filter { $0 == "," }.count - quoted == columnCount - 1, "\(line)")
    }
  }

  @Test("the JSON has exactly the keys of its schema")
  func json() throws {
    let text = try ScalingReport([Self.scaling], plan: Self.plan).json()
    try SchemaKeys.check(text, against: "scaling-1.schema.json")
  }

  @Test("the figure has a panel a family and a mark a point, and its text is escaped")
  func figure() throws {
    let svg = try #require(ScalingFigure([Self.scaling], plan: Self.plan)).svg
    #expect(svg.contains(">GHZ state</text>") && svg.contains(">Quantum Fourier transform</text>"))
    #expect(!svg.contains("Quantum volume"))
    #expect(svg.count(of: "<circle") == 3 + 1, "three points and the legend")
    #expect(svg.contains("AVX2 &lt;2 threads&gt;"))
    for element in ["svg", "g", "text", "clipPath", "title"] {
      #expect(
        svg.count(of: "<\(element) ") + svg.count(of: "<\(element)>") == svg.count(of: "</\(element)>"), "\(element) is not closed")
    }
    #expect(svg.count(of: "<") == svg.count(of: ">"))
  }

  @Test("there is no figure of nothing")
  func emptyFigure() {
    var scaling = Self.scaling
    scaling.points = []
    #expect(ScalingFigure([scaling], plan: Self.plan) == nil)
  }

  @Test(
    "powers of ten of a second are labelled with the unit that people use",
    arguments: [(-9, "1 ns"), (-7, "100 ns"), (-6, "1 µs"), (-4, "100 µs"), (-2, "10 ms"), (0, "1 s"), (3, "1,000 s")])
  func timeLabels(decade: Int, label: String) {
    #expect(LogarithmicAxis.timeLabel(decade: decade) == label)
  }

  @Test("the time axis runs between the powers of ten around its times")
  func timeAxis() {
    #expect(LogarithmicAxis([3e-5, 0.2]).decades == -5...0)
    #expect(LogarithmicAxis([0.01]).decades == -2 ... -1)
    #expect(abs(LogarithmicAxis([1e-4, 1]).place(1e-2) - 0.5) < 1e-12)
  }

  @Test("at most eight sizes are labelled", arguments: [4...4, 4...11, 4...30, 1...48])
  func qubitLabels(range: ClosedRange<Int>) {
    let labels = QubitAxis(range: range).labels
    #expect((1...8).contains(labels.count))
    #expect(labels.allSatisfy(range.contains))
  }
}

extension String {
  fileprivate func count(of part: String) -> Int { components(separatedBy: part).count - 1 }
}
