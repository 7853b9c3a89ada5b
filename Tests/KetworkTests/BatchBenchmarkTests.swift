import Foundation
import Simulator
import Testing

@testable import ketwork

/// The name of an OpenCL device, if there is one; what is wrong with the environment otherwise, tests of devices say.
private let openCLDevice = try? BenchDevice.all().dropFirst().first?.facts.label

@Suite("batches are timed as whole calls")
struct BatchBenchmarkTests {
  private static func benchmark(
    _ ansatz: BatchAnsatz = .ryRing, work: BatchBenchmark.Work = .values, qubitCount: Int = 4, rowCount: Int = 3
  ) -> BatchBenchmark {
    BatchBenchmark(
      work: work, ansatz: ansatz, layerCount: 2, qubitCount: qubitCount, rowCount: rowCount, precision: .double, repetitions: 3,
      seed: 3)
  }

  private static let facts = BenchDevice.Facts(
    label: "cpu", name: "a, b", software: "", memoryByteCount: 1 << 30, largestQubitCounts: [:], operationsPerSecond: 1e6)

  @Test("every template is compiled, bound and run as often as asked", arguments: BatchAnsatz.allCases)
  func run(_ ansatz: BatchAnsatz) throws {
    let timing = try Self.benchmark(ansatz).run(on: try CircuitSimulator(device: "cpu"))
    #expect(timing.parameterCount == 2 * 4 * ansatz.parametersPerQubit && timing.observableCount == 4)
    #expect(timing.method == "statevector-lanes" && timing.compileSeconds > 0)
    #expect(timing.seconds.count == 3 && timing.seconds[0] > 0)
    #expect(timing.seconds == timing.seconds.sorted() && timing.medianSeconds == timing.seconds[1])
    #expect(try #require(timing.bindSeconds) > 0)
    #expect(try #require(timing.multiplyAddCount) > 0)
  }

  @Test("gradients take the multiply-adds of going back as well", arguments: BatchAnsatz.allCases)
  func gradient(_ ansatz: BatchAnsatz) throws {
    let simulator = try CircuitSimulator(device: "cpu")
    let values = try Self.benchmark(ansatz).run(on: simulator)
    let gradient = try Self.benchmark(ansatz, work: .gradient).run(on: simulator)
    #expect(gradient.parameterCount == values.parameterCount && gradient.seconds.count == 3 && gradient.method == values.method)
    #expect(try #require(gradient.bindSeconds) > 0)
    #expect(try #require(gradient.multiplyAddCount) > 3 * (try #require(values.multiplyAddCount)))
  }

  @Test("samples are shots of each row, and have the bound of the values")
  func samples() throws {
    let simulator = try CircuitSimulator(device: "cpu")
    let benchmark = Self.benchmark(work: .samples(shots: 10))
    let timing = try benchmark.run(on: simulator)
    #expect(timing.observableCount == 0 && timing.seconds.count == 3 && timing.method == "statevector-lanes")
    #expect(try #require(timing.bindSeconds) > 0 && timing.multiplyAddCount != nil)
    var report = BatchReport(Self.facts, precision: .double, seed: 3)
    report.add(timing, of: benchmark)
    #expect(report.devices[0].batches[0].shots == 10 && report.devices[0].batches[0].work == "samples")
    try SchemaKeys.check(try report.json(), against: "batches-1.schema.json")
  }

  @Test("gradients of states that are too large for lanes are refused with the number of qubits")
  func tooLarge() throws {
    var benchmark = Self.benchmark(work: .gradient, qubitCount: 26, rowCount: 1)
    benchmark.layerCount = 6
    let error = #expect(throws: SimulatorError.self) { try benchmark.run(on: try CircuitSimulator(device: "cpu")) }
    #expect(error?.message.contains("26 qubits; at most 24") == true)
  }

  @Test(
    "an OpenCL device runs values and gradients, and has no binding of its own",
    .enabled(if: openCLDevice != nil, "no OpenCL device on this machine"))
  func device() throws {
    let name = try #require(openCLDevice)
    let simulator = try CircuitSimulator(device: name)
    for work in [BatchBenchmark.Work.values, .gradient] {
      let timing = try Self.benchmark(work: work).run(on: simulator, device: name)
      #expect(timing.method == "statevector-lanes" && timing.bindSeconds == nil && timing.seconds.count == 3)
      #expect(timing.multiplyAddCount == (try Self.benchmark(work: work).run(on: simulator).multiplyAddCount))
    }
    var large = Self.benchmark(work: .gradient, qubitCount: 18, rowCount: 1)
    (large.layerCount, large.repetitions) = (9, 1)
    let error = #expect(throws: SimulatorError.self) { try large.run(on: simulator, device: name) }
    #expect(error?.message.contains("run on cpu, not on \(name)") == true)
  }

  @Test("rows one after the other are told by their method, and have neither binding nor bound")
  func rows() throws {
    var benchmark = Self.benchmark()
    benchmark.method = .rows
    let timing = try benchmark.run(on: try CircuitSimulator(device: "cpu"))
    #expect(timing.method == "statevector" && timing.bindSeconds == nil && timing.multiplyAddCount == nil)
    #expect(timing.seconds.count == 3)
  }

  /// A batch in lanes and one row by row, which have and have not a plan.
  private static func report() -> BatchReport {
    var report = BatchReport(facts, precision: .double, seed: 3)
    var timing = BatchBenchmark.Timing(
      parameterCount: 8, observableCount: 4, method: "statevector-lanes", compileSeconds: 0.5, bindSeconds: 0.125,
      seconds: [0.25, 0.5, 1, 2], multiplyAddCount: 100)
    report.add(timing, of: benchmark(rowCount: 1_000))
    (timing.method, timing.bindSeconds, timing.multiplyAddCount, timing.seconds) = ("statevector", nil, nil, [4])
    report.add(timing, of: benchmark(qubitCount: 21, rowCount: 10))
    return report
  }

  @Test("circuits in a second are rows by the median, and the bound is the peak by two operations a multiply-add")
  func rates() {
    let batches = Self.report().devices[0].batches
    #expect(batches.map(\.circuitsPerSecond) == [2_000, 2.5])
    #expect(batches.map(\.boundCircuitsPerSecond) == [5_000, nil])
  }

  @Test("the JSON has the schema's keys, also those whose value is null")
  func json() throws {
    let text = try Self.report().json()
    try SchemaKeys.check(text, against: "batches-1.schema.json")
    for key in ["shots", "bind_seconds", "multiply_adds", "bound_circuits_per_second"] {
      #expect(text.contains("\"\(key)\" : null"), "\(key)")
    }
    #expect(text.contains("\"bind_seconds\" : 0.125") && text.contains("\"ansatz\" : \"ry-ring\""))
  }

  @Test("the CSV file has a line a batch, and an empty cell for what is not there")
  func csv() {
    let lines = Self.report().csv.split(separator: "\r\n")
    #expect(lines.count == 3)
    #expect(
      lines[1]
        == "1,cpu,\"a, b\",double,3,ry-ring,2,4,1000,8,4,,values,statevector-lanes,4,0.5,0.25,2.0,0.5,0.125,100,2000.0,5000.0")
    #expect(lines[2] == "1,cpu,\"a, b\",double,3,ry-ring,2,21,10,8,4,,values,statevector,1,4.0,4.0,4.0,0.5,,,2.5,")
    #expect(lines[0].split(separator: ",").count == 23)
  }

  @Test("the table says what share of the bound was reached")
  func table() {
    let report = Self.report()
    let lines = report.table(report.devices[0], style: Style(isColored: false)).split(separator: "\n").map {
      $0.split(separator: " ").joined(separator: " ")
    }
    #expect(lines[1] == "ry-ring · 2 layers · values · double precision · 1.00 MFLOP/s at the peak")
    #expect(lines[3] == "4 1,000 8 statevector-lanes 500 ms 125 ms 500 ms 350 % 2.00 k 5.00 k 40 %")
    #expect(lines[4] == "21 10 8 statevector 500 ms – 4.00 s 0 % 2.50 – –")
  }

  @Test("the figure has a marker a batch and a dashed line for each bound")
  func figure() throws {
    let svg = try #require(BatchFigure(Self.report().devices[0])).svg
    #expect(svg.contains(">4 qubits</text>") && svg.contains(">21 qubits</text>"))
    #expect(svg.count(of: "<circle") == 2 && svg.count(of: "<polygon") == 2, "a marker and one in the legend, for each size")
    #expect(svg.count(of: "stroke-dasharray") == 2, "one bound and the legend")
    #expect(svg.contains(">values of ry-ring, 2 layers, on a, b</text>"))
    for element in ["svg", "g", "text", "clipPath", "title"] {
      #expect(
        svg.count(of: "<\(element) ") + svg.count(of: "<\(element)>") == svg.count(of: "</\(element)>"), "\(element) is not closed")
    }
    var slow = Self.report().devices[0]
    slow.batches.removeFirst()
    #expect(try !#require(BatchFigure(slow)).svg.contains("stroke-dasharray"), "no bound, and none in the legend")
    var nothing = slow
    nothing.batches = []
    #expect(BatchFigure(nothing) == nil)
  }

  @Test(
    "powers of ten are labelled with prefixes",
    arguments: [(-1, "1e-1"), (0, "1"), (2, "100"), (3, "1 k"), (5, "100 k"), (6, "1 M"), (14, "100 T"), (15, "1e15")])
  func countLabels(decade: Int, label: String) {
    #expect(LogarithmicAxis.countLabel(decade: decade) == label)
  }
}

extension String {
  fileprivate func count(of part: String) -> Int { components(separatedBy: part).count - 1 }
}
