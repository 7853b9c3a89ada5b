internal import FoundationEssentials
internal import Simulator

/// What `ketwork devices` says of one device: docs/schemas/devices-1.schema.json says what each key means.
struct DeviceReport: Encodable {
  struct LargestQubits: Encodable {
    var single: Int
    var double: Int
  }

  /// What was measured in one precision.
  struct Measured: Encodable {
    var precision: String
    var bytesPerSecond: Double
    var operationsPerSecond: Double
    var secondsPerAmplitude: DeviceCalibration.TileTimes
    var measuredAt: String

    init(_ calibration: DeviceCalibration) {
      precision = calibration.key.precision
      bytesPerSecond = calibration.bytesPerSecond
      operationsPerSecond = calibration.operationsPerSecond
      secondsPerAmplitude = calibration.secondsPerAmplitude
      measuredAt = calibration.measuredAt.formatted(.iso8601)
    }
  }

  var device: String
  var name: String
  var software: String
  var precisions: [String]
  var memoryBytes: Int
  var largestQubits: LargestQubits
  /// Of the first precision that was measured.
  var bytesPerSecond: Double?
  var measured: [Measured]

  /// Makes the report; one calibration for each precision that was measured.
  init(_ facts: BenchDevice.Facts, _ calibrations: [DeviceCalibration]) {
    device = facts.label
    name = facts.name
    software = facts.software
    precisions = Precision.allCases.filter { facts.largestQubitCount($0) > 0 }.map(\.rawValue)
    memoryBytes = facts.memoryByteCount
    largestQubits = LargestQubits(single: facts.largestQubitCount(.single), double: facts.largestQubitCount(.double))
    measured = calibrations.map { Measured($0) }
    bytesPerSecond = measured.first?.bytesPerSecond
  }

  /// The JSON text of a list.
  static func json(_ reports: [DeviceReport]) throws -> String { try ReportJSON.text(reports) }

  /// Tables for people: what there is, and what was measured of it.
  static func table(_ reports: [DeviceReport], style: Style) -> String {
    let listing = TextTable(
      header: ["DEVICE", "MEMORY", "SINGLE", "DOUBLE", "PROCESSOR", "SOFTWARE"], rows: reports.map(\.facts), numeric: [1, 2, 3]
    ).text(style)
    let figures = reports.flatMap { report in report.measured.map { report.figures($0) } }
    guard !figures.isEmpty else { return listing }
    let header = ["DEVICE", "PRECISION", "BANDWIDTH", "ARITHMETIC", "LOAD+STORE", "ROTATION", "4×4 MATRIX", "TABLE", "MEASURED"]
    return listing + "\n" + TextTable(header: header, rows: figures, numeric: Set(2..<8)).text(style)
  }

  private var facts: [String] {
    [
      device, Format.bytes(Double(memoryBytes)), Self.qubits(largestQubits.single), Self.qubits(largestQubits.double), name,
      software,
    ]
  }

  private func figures(_ measured: Measured) -> [String] {
    let times = measured.secondsPerAmplitude
    return [
      device, measured.precision, Format.decimal(measured.bytesPerSecond, unit: "B/s"),
      Format.decimal(measured.operationsPerSecond, unit: "FLOP/s"),
    ] + [times.loadAndStore, times.rotation, times.matrix, times.table].map { Format.significant(1e12 * $0, digits: 3) + " ps" } + [
      String(measured.measuredAt.prefix(10))
    ]
  }

  private static func qubits(_ count: Int) -> String { count > 0 ? "\(count) qubits" : "–" }
}
