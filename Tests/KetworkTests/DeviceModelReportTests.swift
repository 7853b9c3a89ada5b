import Circuits
import Foundation
import Testing

@testable import ketwork

@Suite("device models are listed for people and for programs")
struct DeviceModelReportTests {
  private static func reports(_ names: [String]) throws -> [DeviceModelReport] {
    try names.map { DeviceModelReport(try DeviceModel.named($0)) }
  }

  @Test("the table has a line a device, with medians")
  func table() throws {
    let lines = DeviceModelReport.table(try Self.reports(["manila"]), style: Style(isColored: false)).split(separator: "\n")
    #expect(
      lines.map { $0.split(separator: " ").joined(separator: " ") } == [
        "NAME QUBITS 1-QUBIT ERROR 2-QUBIT ERROR READOUT ERROR T1 T2 CALIBRATED SOURCE",
        "manila 5 0.0354 % 1.01 % 2.19 % 145 µs 54.4 µs 2024-05-27 qiskit-ibm-runtime 0.51.0, FakeManilaV2: ibmq_manila 1.2.6",
      ])
  }

  @Test("a device of which little is known has dashes in the table and no keys in the JSON")
  func bare() throws {
    let text = #"{"format": 1, "name": "n", "source": "s", "qubit_count": 1, "basis_gates": [], "qubits": {}, "gates": []}"#
    let report = DeviceModelReport(try DeviceModel(json: Array(text.utf8)))
    let line = DeviceModelReport.table([report], style: Style(isColored: false)).split(separator: "\n")[1]
    #expect(line.split(separator: " ").joined(separator: " ") == "n 1 – – 0 % – – – s")
    try SchemaKeys.check(try ReportJSON.text([report]), against: "device-models-1.schema.json")
  }

  @Test("the JSON has exactly the keys of its schema")
  func json() throws {
    let text = try ReportJSON.text(try Self.reports(["manila", "kingston"]))
    try SchemaKeys.check(text, against: "device-models-1.schema.json")
    #expect(text.contains("\"median_errors\"") && text.contains("\"two_qubit\"") && text.contains("qubit 146: no t1"))
  }

  @Test("shipped calibrations have exactly the keys of their schema", arguments: DeviceModel.names)
  func calibrations(_ name: String) throws {
    try SchemaKeys.check(try #require(DeviceModel.calibration(of: name)), against: "device-model-1.schema.json")
  }
}
