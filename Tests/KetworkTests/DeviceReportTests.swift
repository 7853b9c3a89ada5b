import Foundation
import Simulator
import Testing

@testable import ketwork

@Suite("devices are listed for people and for programs")
struct DeviceReportTests {
  private static let calibration = DeviceCalibration(
    key: .host(processor: "Example", kernels: CPUKernels.available[0], threadCount: 2, .single), bytesPerSecond: 12.5e9,
    operationsPerSecond: 98.7e9, secondsPerAmplitude: .init(loadAndStore: 3.25e-11, rotation: 8e-12, matrix: 2.5e-10, table: 0),
    measuredAt: Date(timeIntervalSince1970: 1_000_000_000))

  private static let reports = [
    DeviceReport(
      BenchDevice.Facts(
        label: "cpu", name: "Example", software: "scalar", memoryByteCount: 1 << 30, largestQubitCounts: [.single: 26, .double: 25]),
      [calibration]),
    DeviceReport(
      BenchDevice.Facts(label: "opencl:0.0", name: "Old", software: "CL", memoryByteCount: 1 << 28, largestQubitCounts: [:]), []),
  ]

  @Test("the tables have a line a device and one a precision that was measured, and a dash for what is not there")
  func table() {
    let lines = DeviceReport.table(Self.reports, style: Style(isColored: false)).split(separator: "\n")
    #expect(
      lines.map { $0.split(separator: " ").joined(separator: " ") } == [
        "DEVICE MEMORY SINGLE DOUBLE PROCESSOR SOFTWARE",
        "cpu 1.00 GiB 26 qubits 25 qubits Example scalar",
        "opencl:0.0 256 MiB – – Old CL",
        "DEVICE PRECISION BANDWIDTH ARITHMETIC LOAD+STORE ROTATION 4×4 MATRIX TABLE MEASURED",
        "cpu single 12.5 GB/s 98.7 GFLOP/s 32.5 ps 8.00 ps 250 ps 0 ps 2001-09-09",
      ])
  }

  @Test("the JSON has exactly the keys of its schema")
  func json() throws {
    let text = try DeviceReport.json(Self.reports)
    try SchemaKeys.check(text, against: "devices-1.schema.json")
    #expect(text.contains("\"largest_qubits\"") && text.contains("\"load_and_store\""))
    #expect(Self.reports.map(\.bytesPerSecond) == [12.5e9, nil], "of the first precision")
  }

  @Test("what is kept on disk has exactly the keys of its schema")
  func kept() throws {
    let store = CalibrationStore(
      directory: FileManager.default.temporaryDirectory.appending(path: "ketwork-" + UUID().uuidString).path)
    try store.keep(Self.calibration)
    try SchemaKeys.check(
      try String(contentsOfFile: store.path(for: Self.calibration.key), encoding: .utf8), against: "calibration-1.schema.json")
    try FileManager.default.removeItem(atPath: store.directory)
  }

  @Test("the CPU is there, is measured, and holds a state")
  func host() throws {
    let device = try #require(try BenchDevice.all().first)
    #expect(device.facts.label == "cpu")
    #expect(device.facts.largestQubitCount(.single) > device.facts.largestQubitCount(.double))
    let calibrator = Calibrator(store: nil, now: MonotonicClock.seconds, today: { Date.now })
    for precision in Precision.allCases {
      let outcome = try device.calibration(precision, by: calibrator, stateByteCount: 1 << 15)
      #expect(outcome.isNew && outcome.calibration.key.precision == precision.rawValue)
      #expect(outcome.calibration.bytesPerSecond > 0 && outcome.calibration.operationsPerSecond > 0)
      #expect(outcome.calibration.secondsPerAmplitude.matrix > outcome.calibration.secondsPerAmplitude.rotation)
    }
  }

  @Test("devices are found by name, each once, and an unknown one is refused with the names that are there")
  func names() throws {
    #expect(try BenchDevice.named(["cpu", "auto", "cpu"]).count == BenchDevice.all().count)
    #expect(try BenchDevice.named([]).first?.facts.label == "cpu")
    let failure = #expect(throws: Failure.self) { try BenchDevice.named(["gpu"]) }
    #expect(failure?.status == .usage)
    #expect(failure?.description.hasPrefix("no device 'gpu' here; auto, cpu") == true)
  }

  @Test("one device is found by a name that is its own, and a name of none or several is refused with those that are there")
  func one() throws {
    let all = try BenchDevice.all().map(\.facts.label)
    for label in all { #expect(try BenchDevice.one(named: label).facts.label == label) }
    for name in ["auto", "opencl:99.0"] {
      let failure = #expect(throws: Failure.self) { try BenchDevice.one(named: name) }
      #expect(failure?.status == .usage)
      #expect(
        failure?.description
          == "--device is '\(name)', which is not one device here; one of \(all.joined(separator: ", ")) is accepted")
    }
  }

  @Test(
    "the processor's name is read from /proc/cpuinfo",
    arguments: [
      ("processor\t: 0\nmodel name\t: Fast  CPU @ 2 GHz\nmodel name\t: Other\n", "Fast CPU @ 2 GHz"), ("Hardware : X\n", nil),
      ("", nil),
    ])
  func processor(text: String, name: String?) {
    #expect(HostProcessor.name(cpuInformation: text) == name)
  }
}
