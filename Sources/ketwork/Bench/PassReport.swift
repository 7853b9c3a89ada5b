internal import Simulator

/// Passes as data: docs/schemas/passes-1.schema.json says what each key means.
struct PassReport: Encodable {
  struct Device: Encodable {
    var device: String
    var name: String
    var bytesPerSecond: Double
    var operationsPerSecond: Double
    var passes: [Pass]
  }

  struct Pass: Encodable {
    var name: String
    var qubits: String
    var samples: Int
    var secondsMedian: Double
    var secondsMinimum: Double
    var secondsMaximum: Double
    var bytesMoved: Int
    var operations: Int
    var bandwidthShare: Double
    var ceilingShare: Double
    var goal: Double

    /// To the digits that are printed, so that no line contradicts itself.
    var isGoalMet: Bool { (100 * ceilingShare).rounded() >= (100 * goal).rounded() }
    var bytesPerSecond: Double { Double(bytesMoved) / secondsMedian }
    var operationsPerSecond: Double { Double(operations) / secondsMedian }
  }

  var version = 1
  var qubits: Int
  var precision: String
  var seed: UInt64
  var devices: [Device] = []

  init(_ benchmark: PassBenchmark) {
    qubits = benchmark.qubitCount
    precision = benchmark.precision.rawValue
    seed = benchmark.seed
  }

  /// Adds what was measured on one device.
  mutating func add(_ facts: BenchDevice.Facts, _ timings: [PassBenchmark.Timing], _ benchmark: PassBenchmark) {
    let passes = timings.map { timing in
      let bytes = timing.pass.bytesMoved(qubitCount: benchmark.qubitCount, precision: benchmark.precision)
      return Pass(
        name: timing.pass.name, qubits: timing.pass.qubits, samples: timing.seconds.count, secondsMedian: timing.medianSeconds,
        secondsMinimum: timing.seconds[0], secondsMaximum: timing.seconds[timing.seconds.count - 1], bytesMoved: bytes,
        operations: timing.pass.operationCount(qubitCount: benchmark.qubitCount),
        bandwidthShare: Double(bytes) / timing.medianSeconds / facts.bytesPerSecond,
        ceilingShare: Self.ceilingSeconds(bytes, timing.pass.operationCount(qubitCount: benchmark.qubitCount), facts)
          / timing.medianSeconds, goal: timing.pass.goal)
    }
    devices.append(
      Device(
        device: facts.label, name: facts.name, bytesPerSecond: facts.bytesPerSecond,
        operationsPerSecond: facts.operationsPerSecond, passes: passes))
  }

  /// The time that the memory takes at least, or the arithmetic if that is longer.
  private static func ceilingSeconds(_ byteCount: Int, _ operationCount: Int, _ facts: BenchDevice.Facts) -> Double {
    max(Double(byteCount) / facts.bytesPerSecond, Double(operationCount) / facts.operationsPerSecond)
  }

  /// The JSON text.
  func json() throws -> String { try ReportJSON.text(self) }

  /// A comma-separated file after RFC 4180.
  var csv: String {
    let columns = [
      "version", "device", "name", "qubits_of_state", "precision", "seed", "pass", "qubits", "samples", "seconds_median",
      "seconds_minimum", "seconds_maximum", "bytes_moved", "operations", "bandwidth_share",
      "ceiling_share", "goal",
    ]
    let lines = devices.flatMap { device in
      device.passes.map { pass in
        let numbers: [any CustomStringConvertible] = [
          pass.samples, pass.secondsMedian, pass.secondsMinimum, pass.secondsMaximum, pass.bytesMoved, pass.operations,
          pass.bandwidthShare,
        ]
        return ["\(version)", device.device, device.name, "\(qubits)", precision, "\(seed)", pass.name, pass.qubits]
          + numbers.map(\.description) + [pass.ceilingShare.description, pass.goal.description]
      }
    }
    return CSV.text([columns] + lines)
  }

  /// A table of one device for people.
  func table(_ device: Device, style: Style) -> String {
    let rows = device.passes.map { pass in
      [
        pass.name, pass.qubits, Format.seconds(pass.secondsMedian),
        Format.percent((pass.secondsMaximum - pass.secondsMinimum) / pass.secondsMedian),
        Format.decimal(pass.bytesPerSecond, unit: "B/s"), Format.percent(pass.bandwidthShare),
        pass.operations > 0 ? Format.decimal(pass.operationsPerSecond, unit: "FLOP/s") : "",
        Format.percent(pass.ceilingShare), Format.percent(pass.goal) + (pass.isGoalMet ? " met" : " missed"),
      ]
    }
    let peak = " · \(Format.decimal(device.operationsPerSecond, unit: "FLOP/s")) at the peak"
    let facts = "\(qubits) qubits · \(precision) precision · \(Format.decimal(device.bytesPerSecond, unit: "B/s")) in place\(peak)"
    let metCount = device.passes.count { $0.isGoalMet }
    return style.bold(device.device) + "  \(device.name)\n  " + style.dim(facts) + "\n\n"
      + TextTable(
        header: ["PASS", "QUBITS", "TIME", "SPREAD", "BANDWIDTH", "SHARE", "ARITHMETIC", "OF CEILING", "GOAL"], rows: rows,
        numeric: [2, 3, 4, 5, 6, 7]
      ).text(style) + "\n  \(metCount) of \(device.passes.count) goals met\n"
  }
}
