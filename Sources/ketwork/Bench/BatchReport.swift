internal import Simulator

/// Batches as data: docs/schemas/batches-1.schema.json says what each key means.
struct BatchReport: Encodable {
  struct Device: Encodable {
    var device: String
    var name: String
    var precision: String
    var operationsPerSecond: Double
    var batches: [Batch]
  }

  struct Batch: Encodable {
    var ansatz: BatchAnsatz
    var layers: Int
    var qubits: Int
    var rows: Int
    var parameters: Int
    var observables: Int
    @ExplicitNull var shots: Int?
    var work: String
    var method: String
    var seconds: [Double]
    var compileSeconds: Double
    @ExplicitNull var bindSeconds: Double?
    @ExplicitNull var multiplyAdds: Int?
    var circuitsPerSecond: Double
    @ExplicitNull var boundCircuitsPerSecond: Double?
  }

  var version = 1
  var seed: UInt64
  var devices: [Device]

  /// Begins the report of one device, whose peak was measured.
  init(_ facts: BenchDevice.Facts, precision: Precision, seed: UInt64) {
    self.seed = seed
    devices = [
      Device(
        device: facts.label, name: facts.name, precision: precision.rawValue, operationsPerSecond: facts.operationsPerSecond,
        batches: [])
    ]
  }

  /// Adds what was measured on the last device.
  mutating func add(_ timing: BatchBenchmark.Timing, of benchmark: BatchBenchmark) {
    let place = devices.count - 1
    let peak = devices[place].operationsPerSecond
    devices[place].batches.append(
      Batch(
        ansatz: benchmark.ansatz, layers: benchmark.layerCount, qubits: benchmark.qubitCount, rows: benchmark.rowCount,
        parameters: timing.parameterCount, observables: timing.observableCount, shots: benchmark.work.shotCount,
        work: benchmark.work.name,
        method: timing.method, seconds: timing.seconds, compileSeconds: timing.compileSeconds, bindSeconds: timing.bindSeconds,
        multiplyAdds: timing.multiplyAddCount, circuitsPerSecond: Double(benchmark.rowCount) / timing.medianSeconds,
        boundCircuitsPerSecond: timing.multiplyAddCount.map { peak / Double(2 * $0) }))
  }

  /// The JSON text.
  func json() throws -> String { try ReportJSON.text(self) }

  /// A comma-separated file after RFC 4180, a line a batch; a cell is empty where JSON has null.
  var csv: String {
    let columns = [
      "version", "device", "name", "precision", "seed", "ansatz", "layers", "qubits", "rows", "parameters", "observables", "shots",
      "work", "method", "samples", "seconds_median", "seconds_minimum", "seconds_maximum", "compile_seconds", "bind_seconds",
      "multiply_adds", "circuits_per_second", "bound_circuits_per_second",
    ]
    let lines = devices.flatMap { device in
      device.batches.map { batch in
        ["\(version)", device.device, device.name, device.precision, "\(seed)", batch.ansatz.rawValue] + batch.cells
      }
    }
    return CSV.text([columns] + lines)
  }

  /// A table of one device for people.
  func table(_ device: Device, style: Style) -> String {
    let rows = device.batches.map { batch in
      [
        "\(batch.qubits)", Format.count(batch.rows), Format.count(batch.parameters), batch.method,
        Format.seconds(batch.compileSeconds), batch.bindSeconds.map(Format.seconds) ?? "–", Format.seconds(batch.medianSeconds),
        Format.percent((batch.maximumSeconds - batch.minimumSeconds) / batch.medianSeconds),
        Format.decimal(batch.circuitsPerSecond, unit: ""),
        batch.boundCircuitsPerSecond.map { Format.decimal($0, unit: "") } ?? "–",
        batch.boundCircuitsPerSecond.map { Format.percent(batch.circuitsPerSecond / $0) } ?? "–",
      ]
    }
    var facts = [
      "\(device.precision) precision", "\(Format.decimal(device.operationsPerSecond, unit: "FLOP/s")) at the peak",
    ]
    if let batch = device.batches.first {
      facts = [batch.ansatz.rawValue, "\(batch.layers) layer\(batch.layers == 1 ? "" : "s")", batch.work] + facts
    }
    return style.bold(device.device) + "  \(device.name)\n  " + style.dim(facts.joined(separator: " · ")) + "\n\n"
      + TextTable(
        header: [
          "QUBITS", "ROWS", "PARAMETERS", "METHOD", "COMPILE", "BIND", "TIME", "SPREAD", "CIRCUITS/S", "BOUND", "OF BOUND",
        ], rows: rows, numeric: [0, 1, 2, 4, 5, 6, 7, 8, 9, 10]
      ).text(style)
  }
}

extension BatchReport.Batch {
  var minimumSeconds: Double { seconds[0] }
  var maximumSeconds: Double { seconds[seconds.count - 1] }
  /// Of an even number of samples the lower middle one.
  var medianSeconds: Double { seconds[(seconds.count - 1) / 2] }

  /// The cells of the CSV file that follow the ansatz.
  fileprivate var cells: [String] {
    let counts = [layers, qubits, rows, parameters, observables].map(\.description)
    let times = [medianSeconds, minimumSeconds, maximumSeconds, compileSeconds].map(\.description)
    return counts + [shots?.description ?? "", work, method, "\(seconds.count)"] + times
      + [bindSeconds?.description ?? "", multiplyAdds?.description ?? "", "\(circuitsPerSecond)"]
      + [boundCircuitsPerSecond?.description ?? ""]
  }
}
