internal import Simulator

/// What `ketwork devices` says of one device: docs/schemas/devices-1.schema.json says what each key means.
struct DeviceReport: Encodable {
  struct LargestQubits: Encodable {
    var single: Int
    var double: Int
  }

  var device: String
  var name: String
  var software: String
  var precisions: [String]
  var memoryBytes: Int
  var largestQubits: LargestQubits
  var bytesPerSecond: Double?

  /// Makes the report; the bandwidth is nil if it was not measured.
  init(_ facts: BenchDevice.Facts, bytesPerSecond: Double?) {
    device = facts.label
    name = facts.name
    software = facts.software
    precisions = Precision.allCases.filter { facts.largestQubitCount($0) > 0 }.map(\.rawValue)
    memoryBytes = facts.memoryByteCount
    largestQubits = LargestQubits(single: facts.largestQubitCount(.single), double: facts.largestQubitCount(.double))
    self.bytesPerSecond = bytesPerSecond
  }

  /// The JSON text of a list.
  static func json(_ reports: [DeviceReport]) throws -> String { try ReportJSON.text(reports) }

  /// A table for people.
  static func table(_ reports: [DeviceReport], style: Style) -> String {
    let isMeasured = reports.contains { $0.bytesPerSecond != nil }
    let header = ["DEVICE", "MEMORY", "SINGLE", "DOUBLE"] + (isMeasured ? ["BANDWIDTH"] : []) + ["PROCESSOR", "SOFTWARE"]
    let rows = reports.map { report in
      let speed = report.bytesPerSecond.map { Format.decimal($0, unit: "B/s") } ?? "–"
      return [
        report.device, Format.bytes(Double(report.memoryBytes)), qubits(report.largestQubits.single),
        qubits(report.largestQubits.double),
      ]
        + (isMeasured ? [speed] : []) + [report.name, report.software]
    }
    return TextTable(header: header, rows: rows, numeric: Set(1..<(isMeasured ? 5 : 4))).text(style)
  }

  private static func qubits(_ count: Int) -> String { count > 0 ? "\(count) qubits" : "–" }
}
