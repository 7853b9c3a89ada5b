internal import Simulator

/// The times of circuits as data: docs/schemas/circuits-1.schema.json says what each key means.
struct CircuitTimings: Encodable {
  struct Device: Encodable {
    var device: String
    var name: String
    var circuits: [Circuit]
  }

  struct Circuit: Encodable {
    var name: String
    var qubits: Int
    var gates: Int
    var stateBytes: Int
    var figures: [Figure]
  }

  struct Figure: Encodable {
    var work: String
    var count: Int
    var samples: Int
    var secondsMedian: Double
    var secondsMinimum: Double
    var secondsMaximum: Double
    var peakResidentBytes: Int?

    init(_ timing: CircuitBenchmark.Timing) {
      (work, count, samples) = (timing.work.rawValue, timing.count, timing.seconds.count)
      peakResidentBytes = timing.peakByteCount
      (secondsMedian, secondsMinimum, secondsMaximum) = (timing.medianSeconds, timing.seconds[0], timing.seconds[samples - 1])
    }
  }

  var version = 1
  var precision: String
  var seed: UInt64
  var devices: [Device] = []

  init(_ benchmark: CircuitBenchmark) {
    (precision, seed) = (benchmark.precision.rawValue, benchmark.seed)
  }

  /// The JSON text.
  func json() throws -> String { try ReportJSON.text(self) }

  /// A comma-separated file after RFC 4180, a line a figure.
  var csv: String {
    let columns = [
      "version", "device", "name", "precision", "seed", "circuit", "qubits", "gates", "work", "count", "samples", "seconds_median",
      "seconds_minimum", "seconds_maximum", "state_bytes", "peak_resident_bytes",
    ]
    var lines = [columns]
    for device in devices {
      for circuit in device.circuits {
        let place = ["\(version)", device.device, device.name, precision, "\(seed)", circuit.name]
        for figure in circuit.figures {
          let counts = [circuit.qubits, circuit.gates].map(\.description) + [figure.work, "\(figure.count)", "\(figure.samples)"]
          let seconds = [figure.secondsMedian, figure.secondsMinimum, figure.secondsMaximum].map(\.description)
          lines.append(place + counts + seconds + ["\(circuit.stateBytes)", figure.peakResidentBytes?.description ?? ""])
        }
      }
    }
    return CSV.text(lines)
  }

  /// A table of one device for people.
  func table(_ device: Device, style: Style) -> String {
    let rows = device.circuits.flatMap { circuit in
      circuit.figures.map { figure in
        [
          circuit.name, "\(circuit.qubits)", Format.count(circuit.gates), Self.title(figure), Format.seconds(figure.secondsMedian),
          Format.seconds(figure.secondsMinimum), Format.seconds(figure.secondsMaximum),
          figure.peakResidentBytes.map { Format.bytes(Double($0)) } ?? "–", Self.excess(figure, circuit),
        ]
      }
    }
    return style.bold(device.device) + "  \(device.name)\n  " + style.dim("\(precision) precision") + "\n\n"
      + TextTable(
        header: ["CIRCUIT", "QUBITS", "GATES", "WORK", "MEDIAN", "FASTEST", "SLOWEST", "MEMORY", "ABOVE STATE"], rows: rows,
        numeric: [1, 2, 4, 5, 6, 7]
      ).text(style)
  }

  /// What a process may have resident beyond a state, as a share of it; below a gibibyte the program itself is more.
  private static let excessGoal = 0.05
  private static let leastGoalByteCount = 1 << 30

  /// `+31.0 MiB`; of large states `+2.1 %, goal 5 % met`.
  private static func excess(_ figure: Figure, _ circuit: Circuit) -> String {
    guard let peak = figure.peakResidentBytes else { return "–" }
    let share = Double(peak) / Double(circuit.stateBytes) - 1
    let sign = share < 0 ? "-" : "+"
    guard circuit.stateBytes >= leastGoalByteCount else {
      return sign + Format.bytes(Double((peak - circuit.stateBytes).magnitude))
    }
    return sign + Format.fixed(100 * share.magnitude, places: 1) + " %, goal \(Format.percent(excessGoal)) "
      + ((1_000 * share).rounded() <= 1_000 * excessGoal ? "met" : "missed")
  }

  private static func title(_ figure: Figure) -> String {
    switch CircuitBenchmark.Work(rawValue: figure.work) {
    case .reusedState: "evolution, state reused"
    case .samples: "\(Format.count(figure.count)) samples"
    case .expectations: "\(Format.count(figure.count)) expectation values"
    default: figure.work
    }
  }
}
