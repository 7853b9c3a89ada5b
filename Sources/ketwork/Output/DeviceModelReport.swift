internal import Circuits

/// What `ketwork device-models` says of one device: docs/schemas/device-models-1.schema.json says what each key means.
struct DeviceModelReport: Encodable {
  struct MedianErrors: Encodable {
    var oneQubit: Double?
    var twoQubit: Double?
    var readout: Double?
  }

  struct MedianSeconds: Encodable {
    var t1: Double?
    var t2: Double?
  }

  var name: String
  var qubits: Int
  var source: String
  var license: String?
  var calibrated: String?
  var basisGates: [String]
  var coupling: [[Int]]
  var medianErrors: MedianErrors
  var medianSeconds: MedianSeconds
  var notes: [String]

  init(_ model: DeviceModel) {
    (name, qubits, source) = (model.name, model.qubitCount, model.source)
    (license, calibrated) = (model.license, model.calibrated)
    (basisGates, coupling, notes) = (model.basisGates, model.coupling, model.notes)
    let medians = model.medians
    medianErrors = MedianErrors(oneQubit: medians.oneQubitError, twoQubit: medians.twoQubitError, readout: medians.readoutError)
    medianSeconds = MedianSeconds(t1: medians.t1, t2: medians.t2)
  }

  /// A table for people.
  static func table(_ reports: [DeviceModelReport], style: Style) -> String {
    let header = ["NAME", "QUBITS", "1-QUBIT ERROR", "2-QUBIT ERROR", "READOUT ERROR", "T1", "T2", "CALIBRATED", "SOURCE"]
    return TextTable(header: header, rows: reports.map(\.cells), numeric: Set(1..<7)).text(style)
  }

  private var cells: [String] {
    [name, Format.count(qubits)] + [medianErrors.oneQubit, medianErrors.twoQubit, medianErrors.readout].map(Self.percent)
      + [medianSeconds.t1, medianSeconds.t2].map { $0.map(Format.seconds) ?? "–" } + [calibrated ?? "–", source]
  }

  private static func percent(_ share: Double?) -> String {
    share.map { Format.significant(100 * $0, digits: 3) + " %" } ?? "–"
  }
}
