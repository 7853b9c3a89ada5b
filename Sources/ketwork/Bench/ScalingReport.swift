internal import Simulator

/// A sweep as data: docs/schemas/scaling-1.schema.json says what each key means.
struct ScalingReport: Encodable {
  /// The version of the format, and of the CSV file's columns.
  static let formatVersion = 1

  struct Device: Encodable {
    var device: String
    var name: String
    var memoryBytes: Int
    var bytesPerSecond: Double
    var points: [Point]
    var skipped: [Skipped]
  }

  struct Point: Encodable {
    var family: CircuitFamily
    var qubits: Int
    var gates: Int
    var samples: Int
    var seconds: Seconds
    var gatesPerSecond: Double
    var bytesMoved: Int
    var bytesPerSecond: Double
    var bandwidthShare: Double
  }

  struct Seconds: Encodable {
    var median: Double
    var minimum: Double
    var maximum: Double
  }

  struct Skipped: Encodable {
    var family: CircuitFamily
    var qubits: [Int]
    var reason: String
  }

  var version = Self.formatVersion
  var precision: String
  var seed: UInt64
  var devices: [Device]

  init(_ scalings: [DeviceScaling], plan: ScalingPlan) {
    precision = plan.precision.rawValue
    seed = plan.seed
    devices = scalings.map { scaling in
      Device(
        device: scaling.device.label, name: scaling.device.name, memoryBytes: scaling.device.memoryByteCount,
        bytesPerSecond: scaling.device.bytesPerSecond, points: scaling.points.map { Self.point($0, in: scaling) },
        skipped: scaling.skipped.map {
          Skipped(family: $0.family, qubits: [$0.qubits.lowerBound, $0.qubits.upperBound], reason: $0.reason)
        })
    }
  }

  private static func point(_ point: ScalingPoint, in scaling: DeviceScaling) -> Point {
    Point(
      family: point.family, qubits: point.qubitCount, gates: point.gateCount, samples: point.seconds.count,
      seconds: Seconds(median: point.medianSeconds, minimum: point.minimumSeconds, maximum: point.maximumSeconds),
      gatesPerSecond: point.gatesPerSecond, bytesMoved: point.bytesMoved, bytesPerSecond: point.bytesPerSecond,
      bandwidthShare: scaling.bandwidthShare(of: point))
  }

  /// The JSON text.
  func json() throws -> String { try ReportJSON.text(self) }

  private static let columns = [
    "version", "device", "name", "precision", "seed", "family", "qubits", "gates", "samples", "seconds_median", "seconds_minimum",
    "seconds_maximum", "gates_per_second", "bytes_moved", "bytes_per_second", "bandwidth_share", "skipped_because",
  ]

  /// A comma-separated file after RFC 4180: a header, then a line for each point and each skipped size.
  var csv: String {
    var lines = [Self.columns]
    for device in devices {
      let start = ["\(version)", device.device, device.name, precision, "\(seed)"]
      for point in device.points {
        let numbers: [any CustomStringConvertible] = [
          point.qubits, point.gates, point.samples, point.seconds.median, point.seconds.minimum, point.seconds.maximum,
          point.gatesPerSecond, point.bytesMoved, point.bytesPerSecond, point.bandwidthShare,
        ]
        lines.append(start + [point.family.rawValue] + numbers.map(\.description) + [""])
      }
      for skipped in device.skipped {
        for qubits in skipped.qubits[0]...skipped.qubits[1] {
          lines.append(start + [skipped.family.rawValue, "\(qubits)"] + Array(repeating: "", count: 9) + [skipped.reason])
        }
      }
    }
    return CSV.text(lines)
  }
}
