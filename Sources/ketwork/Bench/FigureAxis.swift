internal import RealModule

/// A linear axis of qubits: which counts get a label.
struct QubitAxis {
  /// The counts shown, from border to border.
  let range: ClosedRange<Int>

  /// Labelled counts: at most eight, in steps of 1, 2, 4 or 8.
  var labels: [Int] {
    let step = [1, 2, 4, 8].first { range.count / $0 < 8 } ?? 16
    return range.filter { $0 % step == 0 }
  }

  /// A count's place, 0 at the left border and 1 at the right one.
  func place(_ qubitCount: Int) -> Double {
    let margin = 0.5
    return (Double(qubitCount - range.lowerBound) + margin) / (Double(range.count - 1) + 2 * margin)
  }
}

/// A logarithmic axis of times, from one power of ten to another.
struct TimeAxis {
  /// The powers of ten at the borders, in seconds.
  let decades: ClosedRange<Int>

  /// The smallest axis that holds all times.
  init(_ seconds: [Double]) {
    let logarithms = seconds.filter { $0 > 0 }.map { Double.log10($0) }
    let low = Int((logarithms.min() ?? -6).rounded(.down))
    let high = Int((logarithms.max() ?? 0).rounded(.up))
    decades = low...max(high, low + 1)
  }

  /// A time's place, 0 at the lower border and 1 at the upper one.
  func place(_ seconds: Double) -> Double {
    (Double.log10(seconds) - Double(decades.lowerBound)) / Double(decades.count - 1)
  }

  /// 10ᵏ seconds as people say it: `100 µs`.
  static func label(decade: Int) -> String {
    let units = ["s", "ms", "µs", "ns", "ps"]
    let unit = min(max(0, -Int((Double(decade) / 3).rounded(.down))), units.count - 1)
    let exponent = decade + 3 * unit
    guard (0...2).contains(exponent) || unit == 0 && (0...4).contains(exponent) else { return "1e\(decade) s" }
    return ["1", "10", "100", "1,000", "10,000"][exponent] + " " + units[unit]
  }
}
