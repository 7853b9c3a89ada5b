import Circuits
import Foundation
import Simulator
import Testing

@testable import ketwork

@Suite("noisy circuits are timed by both methods")
struct NoiseBenchmarkTests {
  private static let benchmark = NoiseBenchmark(layerCount: 2, precision: .double, repetitions: 3, secondsLimit: 60, seed: 3)

  @Test("a point runs by both methods as often as asked, and auto's choice is one of them")
  func run() throws {
    let point = NoiseBenchmark.Point(qubitCount: 3, rate: 0.01, shots: 50)
    let cost = try Self.benchmark.cost(point)
    #expect(cost.densityMatrix.way == .densityMatrix && cost.stateVector.way == .trajectories && cost.candidates.count == 2)
    for predicted in [cost.densityMatrix, cost.stateVector] {
      let timing = try Self.benchmark.time(point, predicted)
      #expect(timing.seconds.count == 3 && timing.seconds == timing.seconds.sorted() && timing.seconds[0] > 0)
      #expect(timing.note == nil && (timing.peakByteCount ?? 0) > 1 << 20)
      let result = try CircuitSimulator(device: "cpu").run(Self.benchmark.request(point, method: predicted.way.method))[0]
      #expect(result.method == predicted.way.method.rawValue && result.counts?.total == 50)
    }
  }

  @Test("the circuit has noise after each gate and misreads every qubit")
  func circuit() throws {
    let circuit = try Self.benchmark.circuit(.init(qubitCount: 4, rate: 0.01, shots: 1))
    #expect(circuit.instructions.count == 2 * 2 * 2 * 4 && circuit.readout.count == 4)
    let channels = circuit.instructions.filter { if case .channel = $0 { return true } else { return false } }
    #expect(channels.count == 16)
  }

  @Test("what is predicted to take too long and what no density matrix has is left out with the reason")
  func leftOut() throws {
    var benchmark = Self.benchmark
    let wide = NoiseBenchmark.Point(qubitCount: 17, rate: 1e-3, shots: 10)
    #expect(try benchmark.time(wide, benchmark.cost(wide).densityMatrix).note == "density matrices have at most 16 qubits")
    benchmark.secondsLimit = 1e-6
    let small = NoiseBenchmark.Point(qubitCount: 4, rate: 1e-3, shots: 1_000)
    let timing = try benchmark.time(small, benchmark.cost(small).stateVector)
    #expect(timing.seconds.isEmpty && timing.peakByteCount == nil)
    #expect(timing.note?.hasPrefix("predicted to take ") == true && timing.note?.hasSuffix(", more than 1.00 µs") == true)
  }

  @Test("auto changes from density matrices to trajectories where one of them becomes cheaper")
  func switches() throws {
    for (rate, shots) in [(1e-2, 10_000), (1e-4, 100)] {
      let found = try Self.benchmark.switchQubitCount(rate: rate, shots: shots)
      let first = try #require(found)
      #expect(try Self.benchmark.cost(.init(qubitCount: first, rate: rate, shots: shots)).chosen().way == .trajectories)
      guard first > 2 else { continue }
      #expect(try Self.benchmark.cost(.init(qubitCount: first - 1, rate: rate, shots: shots)).chosen().way == .densityMatrix)
    }
    let (few, many) = (
      try Self.benchmark.switchQubitCount(rate: 1e-4, shots: 100), try Self.benchmark.switchQubitCount(rate: 1e-2, shots: 10_000)
    )
    #expect(try #require(few) < (try #require(many)))
  }

  /// Three sizes of which the last has no density matrix.
  private static func report() throws -> NoiseReport {
    var report = NoiseReport(benchmark, threads: 2)
    report.name = "a, b"
    for (qubitCount, density, trajectories) in [(4, [0.25, 0.5, 1], [2.0]), (8, [4.0], [2.0, 3]), (12, [], [5.0])] {
      let point = NoiseBenchmark.Point(qubitCount: qubitCount, rate: 1e-3, shots: 1_000)
      let timings = [density, trajectories].map { seconds in
        NoiseBenchmark.Timing(
          seconds: seconds, peakByteCount: seconds.isEmpty ? nil : 1 << 30, note: seconds.isEmpty ? "too long" : nil)
      }
      try report.add(point, benchmark.cost(point), density: timings[0], trajectories: timings[1])
    }
    report.addSwitch(rate: 1e-3, shots: 1_000, qubits: 7)
    report.addSwitch(rate: 1e-3, shots: 5, qubits: nil)
    return report
  }

  @Test("the JSON has the schema's keys, also those whose value is null")
  func json() throws {
    let text = try Self.report().json()
    try SchemaKeys.check(text, against: "noise-benchmark-1.schema.json")
    for key in ["seconds_median", "peak_resident_bytes", "note", "faster", "qubits", "measured_qubits"] {
      #expect(text.contains("\"\(key)\" : null"), "\(key)")
    }
    #expect(text.contains("\"faster\" : \"density-matrix\"") && text.contains("\"faster\" : \"trajectories\""))
    #expect(text.contains("\"measured_qubits\" : 8") && text.contains("\"qubits\" : 7"))
  }

  @Test("the CSV file has a line a point and method, with empty cells for what is not there")
  func csv() throws {
    let lines = try Self.report().csv.components(separatedBy: "\r\n")
    #expect(lines.count == 8 && lines[7].isEmpty && lines[0].split(separator: ",").count == 19)
    #expect(lines[1].hasPrefix("1,\"a, b\",double,2,2,3,4,0.001,1000,density-matrix,"))
    #expect(lines[1].contains(",3,0.5,0.25,1.0,"))
    #expect(lines[5].contains(",0,,,,") && lines[5].hasSuffix(",too long"))
  }

  @Test("the tables say what auto takes, whether that was faster, and what was left out")
  func table() throws {
    let report = try Self.report()
    let text = report.table(style: Style(isColored: false))
    let lines = text.split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(lines[1] == "double precision · 2 threads · 2 layers")
    #expect(lines[3].hasPrefix("4 0.001 1,000 500 ms") && lines[3].contains("1.00 GiB"))
    #expect(lines[3].hasSuffix(report.points[0].chosen == "density-matrix" ? "faster" : "slower"))
    #expect(lines[5].contains(" – ") && lines.contains("0.001 1,000 7 qubits 8 qubits") && lines.contains("0.001 5 – –"))
    #expect(lines.last == "left out: 12 qubits, density matrix: too long")
  }

  @Test("the figure has a panel for each rate, a marker for each figure and dashed predictions")
  func figure() throws {
    let svg = NoiseFigure(try Self.report()).svg
    func count(_ part: String) -> Int { svg.components(separatedBy: part).count - 1 }
    #expect(count(">Error rate 0.001</text>") == 1 && count("stroke-dasharray") == 3, "two lines and the legend")
    #expect(count("<circle") == 3 && count("<polygon") == 4, "markers, and one of each in the legend")
    #expect(svg.contains(">density matrix</text>") && svg.contains(">1,000 trajectories</text>") && svg.contains("on a, b<"))
    for element in ["svg", "g", "text", "clipPath", "title"] {
      #expect(count("<\(element) ") + count("<\(element)>") == count("</\(element)>"), "\(element) is not closed")
    }
  }
}
