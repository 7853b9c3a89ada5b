internal import RealModule

/// A logarithmic axis from one power of ten to another.
struct LogarithmicAxis {
  /// The powers of ten at the borders.
  let decades: ClosedRange<Int>

  /// The smallest axis that holds all numbers above 0; between 1 µ and 1 if there are none.
  init(_ numbers: [Double]) {
    let logarithms = numbers.filter { $0 > 0 }.map { Double.log10($0) }
    let low = Int((logarithms.min() ?? -6).rounded(.down))
    let high = Int((logarithms.max() ?? 0).rounded(.up))
    decades = low...max(high, low + 1)
  }

  /// A number's place, 0 at the lower border and 1 at the upper one.
  func place(_ number: Double) -> Double {
    (Double.log10(number) - Double(decades.lowerBound)) / Double(decades.count - 1)
  }

  /// The multiples of a power of ten between it and the next that get a fine line on an axis of so many pixels; none where they would run
  /// together.
  func minorDigits(pixels: Double) -> [Int] {
    switch pixels / Double(decades.count - 1) {
    case 50...: Array(2...9)
    case 22...: [2, 5]
    default: []
    }
  }

  /// digit · 10^decade.
  static func number(_ digit: Int, _ decade: Int) -> Double {
    let power = (0..<abs(decade)).reduce(1.0) { product, _ in product * 10 }
    return decade < 0 ? Double(digit) / power : Double(digit) * power
  }

  /// 10ᵏ seconds as people say it: `100 µs`.
  static func timeLabel(decade: Int) -> String {
    let units = ["s", "ms", "µs", "ns", "ps"]
    let unit = min(max(0, -Int((Double(decade) / 3).rounded(.down))), units.count - 1)
    let exponent = decade + 3 * unit
    guard (0...2).contains(exponent) || unit == 0 && (0...4).contains(exponent) else { return "1e\(decade) s" }
    return ["1", "10", "100", "1,000", "10,000"][exponent] + " " + units[unit]
  }

  /// 10ᵏ of what is counted: `10`, `100 k`, `1 M`.
  static func countLabel(decade: Int) -> String {
    let prefixes = ["", " k", " M", " G", " T"]
    guard (0..<3 * prefixes.count).contains(decade) else { return "1e\(decade)" }
    return ["1", "10", "100"][decade % 3] + prefixes[decade / 3]
  }
}
