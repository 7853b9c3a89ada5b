internal import Simulator

/// The sweep of one device as a person reads it.
struct ScalingTable {
  let style: Style

  private static let headings = ["family", "qubits", "gates", "time", "spread", "gates/s", "moved", "bandwidth", "share"]

  /// The device, a line a point, and what was not run and why.
  func text(_ scaling: DeviceScaling, plan: ScalingPlan) -> String {
    let device = scaling.device
    var text = style.bold("\(device.label)") + "  \(device.name)\n"
    let facts = [
      "\(plan.precision.rawValue) precision", "\(Format.bytes(Double(device.memoryByteCount))) of memory",
      "\(Format.decimal(device.bytesPerSecond, unit: "B/s")) read and written in place",
    ]
    text += "  " + style.dim(facts.joined(separator: " · ")) + "\n"
    if !scaling.points.isEmpty { text += "\n" + table(scaling, plan) }
    let skipped = Self.grouped(scaling.skipped)
    if !skipped.isEmpty { text += "\n" }
    for (reason, skipped) in skipped { text += "  " + style.dim("not run: \(skipped): \(reason)") + "\n" }
    return text
  }

  private func table(_ scaling: DeviceScaling, _ plan: ScalingPlan) -> String {
    let blocks = plan.families.map { family in scaling.points.filter { $0.family == family }.map { row($0, scaling) } }
    let rows = [Self.headings] + blocks.joined()
    let widths = Self.headings.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    func line(_ cells: [String]) -> String {
      let padded = cells.indices.map { $0 == 0 ? cells[$0].rightPadded(to: widths[$0]) : cells[$0].leftPadded(to: widths[$0]) }
      return "  " + padded.joined(separator: "   ")
    }
    let body = blocks.filter { !$0.isEmpty }.map { $0.map { line($0) + "\n" }.joined() }
    return style.dim(line(Self.headings)) + "\n" + body.joined(separator: "\n")
  }

  private func row(_ point: ScalingPoint, _ scaling: DeviceScaling) -> [String] {
    [
      point.family.rawValue, "\(point.qubitCount)", Format.count(point.gateCount), Format.seconds(point.medianSeconds),
      point.spread.map(Format.percent) ?? "1 sample",
      Format.decimal(point.gatesPerSecond, unit: ""), Format.decimal(Double(point.bytesMoved), unit: "B"),
      Format.decimal(point.bytesPerSecond, unit: "B/s"),
      Format.percent(scaling.bandwidthShare(of: point)),
    ]
  }

  /// Skipped points of the same reason and sizes in one phrase: `ghz, qft on 31 qubits`.
  private static func grouped(_ skipped: [SkippedPoints]) -> [(reason: String, phrase: String)] {
    var groups = [(reason: String, qubits: ClosedRange<Int>, families: [String])]()
    for item in skipped {
      if let place = groups.firstIndex(where: { $0.reason == item.reason && $0.qubits == item.qubits }) {
        groups[place].families.append(item.family.rawValue)
      } else {
        groups.append((item.reason, item.qubits, [item.family.rawValue]))
      }
    }
    return groups.map { group in
      let sizes =
        group.qubits.count == 1 ? "\(group.qubits.lowerBound)" : "\(group.qubits.lowerBound) to \(group.qubits.upperBound)"
      return (group.reason, "\(group.families.joined(separator: ", ")) on \(sizes) qubits")
    }
  }

}
