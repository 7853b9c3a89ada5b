internal import Simulator

/// Density matrices beside trajectories as data: docs/schemas/noise-benchmark-1.schema.json says what each key means.
struct NoiseReport: Encodable {
  struct Point: Encodable {
    var qubits: Int
    var rate: Double
    var shots: Int
    var densityMatrix: Figure
    var trajectories: Figure
    /// What `auto` takes.
    var chosen: String
    /// Which was faster; null unless both were measured.
    @ExplicitNull var faster: String?
  }

  struct Figure: Encodable {
    var predictedSeconds: Double
    var predictedBytes: Double
    var seconds: [Double]
    @ExplicitNull var secondsMedian: Double?
    @ExplicitNull var peakResidentBytes: Int?
    @ExplicitNull var note: String?

    init(_ predicted: MethodCost, _ timing: NoiseBenchmark.Timing) {
      (predictedSeconds, predictedBytes) = (predicted.seconds, Double(predicted.byteCount))
      (seconds, peakResidentBytes, note) = (timing.seconds, timing.peakByteCount, timing.note)
      // Of an even number of samples the lower middle one.
      secondsMedian = seconds.isEmpty ? nil : seconds[(seconds.count - 1) / 2]
    }
  }

  /// From where on trajectories are better.
  struct Switch: Encodable {
    var rate: Double
    var shots: Int
    /// The fewest qubits from which on `auto` takes them.
    @ExplicitNull var qubits: Int?
    /// The fewest that were measured from which on they were faster.
    @ExplicitNull var measuredQubits: Int?
  }

  var version = 1
  var name: String
  var precision: String
  var threads: Int
  var layers: Int
  var seed: UInt64
  var points: [Point] = []
  var switches: [Switch] = []

  init(_ benchmark: NoiseBenchmark, threads: Int) {
    (name, self.threads) = (HostProcessor.name, threads)
    (precision, layers, seed) = (benchmark.precision.rawValue, benchmark.layerCount, benchmark.seed)
  }

  /// Adds a point.
  mutating func add(
    _ point: NoiseBenchmark.Point, _ cost: NoiseCost, density: NoiseBenchmark.Timing, trajectories: NoiseBenchmark.Timing
  ) throws {
    let figures = (Figure(cost.densityMatrix, density), Figure(cost.stateVector, trajectories))
    var faster: String?
    if let left = figures.0.secondsMedian, let right = figures.1.secondsMedian {
      faster = (left <= right ? cost.densityMatrix : cost.stateVector).way.rawValue
    }
    points.append(
      Point(
        qubits: point.qubitCount, rate: point.rate, shots: point.shots, densityMatrix: figures.0, trajectories: figures.1,
        chosen: try cost.chosen().way.rawValue, faster: faster))
  }

  /// Adds where `auto` changes its choice, and looks where the points that were measured do.
  mutating func addSwitch(rate: Double, shots: Int, qubits: Int?) {
    let measured = points.filter { $0.rate == rate && $0.shots == shots && $0.faster != nil }.sorted { $0.qubits < $1.qubits }
    let ahead = measured.reversed().prefix { $0.faster == MethodCost.Way.trajectories.rawValue }
    switches.append(Switch(rate: rate, shots: shots, qubits: qubits, measuredQubits: ahead.last?.qubits))
  }

  /// The JSON text.
  func json() throws -> String { try ReportJSON.text(self) }

  /// A comma-separated file after RFC 4180, a line a point and method; a cell is empty where JSON has null.
  var csv: String {
    let columns = [
      "version", "name", "precision", "threads", "layers", "seed", "qubits", "rate", "shots", "method", "chosen", "samples",
      "seconds_median", "seconds_minimum", "seconds_maximum", "predicted_seconds", "peak_resident_bytes", "predicted_bytes", "note",
    ]
    let lines = points.flatMap { point in
      [(MethodCost.Way.densityMatrix, point.densityMatrix), (.trajectories, point.trajectories)].map { way, figure in
        ["\(version)", name, precision, "\(threads)", "\(layers)", "\(seed)", "\(point.qubits)", "\(point.rate)", "\(point.shots)"]
          + [way.rawValue, point.chosen == way.rawValue ? "yes" : "no", "\(figure.seconds.count)"] + figure.cells
      }
    }
    return CSV.text([columns] + lines)
  }

  /// Tables for people: the points, then where the choice changes.
  func table(style: Style) -> String {
    let facts = [
      "\(precision) precision", "\(threads) thread\(threads == 1 ? "" : "s")", "\(layers) layer\(layers == 1 ? "" : "s")",
    ]
    let rows = points.map { point in
      [
        "\(point.qubits)", Self.rate(point.rate), Format.count(point.shots), point.densityMatrix.time,
        point.densityMatrix.prediction,
        point.densityMatrix.memory, point.trajectories.time, point.trajectories.prediction, point.trajectories.memory, point.chosen,
        point.faster.map { $0 == point.chosen ? "faster" : "slower" } ?? "",
      ]
    }
    let header = [
      "QUBITS", "RATE", "SHOTS", "DENSITY MATRIX", "PREDICTED", "MEMORY", "TRAJECTORIES", "PREDICTED", "MEMORY", "AUTO TAKES", "",
    ]
    return style.bold("cpu") + "  \(name)\n  " + style.dim(facts.joined(separator: " · ")) + "\n\n"
      + TextTable(header: header, rows: rows, numeric: Set(0..<9)).text(style) + "\n" + switchTable(style) + notes(style)
  }

  private func switchTable(_ style: Style) -> String {
    TextTable(
      header: ["RATE", "SHOTS", "AUTO TAKES TRAJECTORIES FROM", "FASTER, AS MEASURED, FROM"],
      rows: switches.map { entry in
        [Self.rate(entry.rate), Format.count(entry.shots)]
          + [entry.qubits, entry.measuredQubits].map { $0.map { "\($0) qubits" } ?? "–" }
      }, numeric: [0, 1]
    ).text(style)
  }

  /// What was left out, each reason once.
  private func notes(_ style: Style) -> String {
    let lines = points.flatMap { point in
      [("density matrix", point.densityMatrix), ("trajectories", point.trajectories)].compactMap { name, figure in
        figure.note.map { "\(point.qubits) qubits, \(name): \($0)" }
      }
    }
    var seen = Set<String>()
    let unique = lines.filter { seen.insert($0).inserted }
    return unique.isEmpty ? "" : "\n" + unique.map { style.dim("left out: \($0)") + "\n" }.joined()
  }

  /// `0.001`, and `1e-05` where digits would be many.
  static func rate(_ rate: Double) -> String { "\(rate)" }
}

extension NoiseReport.Figure {
  fileprivate var time: String { secondsMedian.map(Format.seconds) ?? "–" }
  fileprivate var prediction: String { Format.seconds(predictedSeconds) }
  fileprivate var memory: String { peakResidentBytes.map { Format.bytes(Double($0)) } ?? "–" }

  /// The cells of the CSV file that follow the number of samples.
  fileprivate var cells: [String] {
    let times = [secondsMedian, seconds.first, seconds.last].map { $0?.description ?? "" }
    return times + ["\(predictedSeconds)", peakResidentBytes?.description ?? "", "\(predictedBytes)", note ?? ""]
  }
}
