import Simulator
import Testing

@testable import ketwork

@Suite("devices are listed for people and for programs")
struct DeviceReportTests {
  private static let reports = [
    DeviceReport(
      BenchDevice.Facts(
        label: "cpu", name: "Example", software: "scalar", memoryByteCount: 1 << 30, largestQubitCounts: [.single: 26, .double: 25]),
      bytesPerSecond: 12.5e9),
    DeviceReport(
      BenchDevice.Facts(label: "opencl:0.0", name: "Old", software: "CL", memoryByteCount: 1 << 28, largestQubitCounts: [:]),
      bytesPerSecond: nil),
  ]

  @Test("the table has a line a device, and a dash for what is not there")
  func table() {
    let lines = DeviceReport.table(Self.reports, style: Style(isColored: false)).split(separator: "\n")
    #expect(
      lines.map { $0.split(separator: " ").joined(separator: " ") } == [
        "DEVICE MEMORY SINGLE DOUBLE BANDWIDTH PROCESSOR SOFTWARE",
        "cpu 1.00 GiB 26 qubits 25 qubits 12.5 GB/s Example scalar",
        "opencl:0.0 256 MiB – – – Old CL",
      ])
  }

  @Test("the JSON has exactly the keys of its schema")
  func json() throws {
    let text = try DeviceReport.json(Self.reports)
    try SchemaKeys.check(text, against: "devices-1.schema.json")
    #expect(text.contains("\"largest_qubits\""))
  }

  @Test("the CPU is there, is measured, and holds a state")
  func host() throws {
    let device = try #require(try BenchDevice.all().first)
    #expect(device.facts.label == "cpu")
    #expect(device.facts.largestQubitCount(.single) > device.facts.largestQubitCount(.double))
    #expect(try device.bandwidth(stateByteCount: 1 << 16) > 0)
  }

  @Test("devices are found by name, each once, and an unknown one is refused with the names that are there")
  func names() throws {
    #expect(try BenchDevice.named(["cpu", "auto", "cpu"]).count == BenchDevice.all().count)
    #expect(try BenchDevice.named([]).first?.facts.label == "cpu")
    let failure = #expect(throws: Failure.self) { try BenchDevice.named(["gpu"]) }
    #expect(failure?.status == .usage)
    #expect(failure?.description.hasPrefix("no device 'gpu' here; auto, cpu") == true)
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
