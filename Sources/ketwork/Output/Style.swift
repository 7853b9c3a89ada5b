/// Colours of the terminal, or none.
struct Style {
  var isColored: Bool

  func bold(_ text: String) -> String { wrap(text, "1") }
  func dim(_ text: String) -> String { wrap(text, "2") }
  func accent(_ text: String) -> String { wrap(text, "36") }
  func warning(_ text: String) -> String { wrap(text, "31") }

  private func wrap(_ text: String, _ code: String) -> String { isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
}

/// Numbers as people read them.
enum Format {
  /// `10240` as `10,240`.
  static func count(_ number: Int) -> String {
    var digits = Array(String(number.magnitude))
    var position = digits.count - 3
    while position > 0 {
      digits.insert(",", at: position)
      position -= 3
    }
    return (number < 0 ? "-" : "") + String(digits)
  }

  /// A time with three significant digits: `812 µs`, `3.41 s`.
  static func seconds(_ value: Double) -> String {
    let units: [(Double, String)] = [(1, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns")]
    let (scale, unit) = units.first { value >= $0.0 } ?? units[3]
    return significant(value / scale, digits: 3) + " " + unit
  }

  /// A share in whole percent; what would round to nothing shows that it is not.
  static func percent(_ share: Double) -> String { share > 0 && share < 0.005 ? "<1 %" : fixed(100 * share, places: 0) + " %" }

  /// A quantity with a decimal prefix: `27.4 GB/s`, `812 k`.
  static func decimal(_ value: Double, unit: String) -> String {
    let prefixes = ["", "k", "M", "G", "T", "P", "E"]
    var (number, prefix) = (value, 0)
    while number >= 999.5, prefix < prefixes.count - 1 {
      number /= 1000
      prefix += 1
    }
    let symbol = prefixes[prefix] + unit
    return significant(number, digits: 3) + (symbol.isEmpty ? "" : " " + symbol)
  }

  /// A size in binary units: `128 MiB`.
  static func bytes(_ value: Double) -> String {
    let units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"]
    var (number, unit) = (value, 0)
    while number >= 1024, unit < units.count - 1 {
      number /= 1024
      unit += 1
    }
    return significant(number, digits: 3) + " " + units[unit]
  }

  /// A number with so many significant digits, without an exponent.
  static func significant(_ value: Double, digits: Int) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    var places = digits - 1
    var magnitude = value.magnitude
    while magnitude >= 10 {
      magnitude /= 10
      places -= 1
    }
    while magnitude < 1, places < 12 {
      magnitude *= 10
      places += 1
    }
    return fixed(value, places: max(places, 0))
  }

  /// A number with so many decimal places.
  static func fixed(_ value: Double, places: Int) -> String {
    let scale = (0..<places).reduce(1.0) { product, _ in product * 10 }
    let scaled = (value.magnitude * scale).rounded()
    guard scaled < 0x1p62 else { return "\(value)" }
    let digits = String(Int(scaled))
    let padded = String(repeating: "0", count: max(places + 1 - digits.count, 0)) + digits
    let sign = value < 0 && scaled != 0 ? "-" : ""
    if places == 0 { return sign + padded }
    return sign + padded.dropLast(places) + "." + padded.suffix(places)
  }
}

extension String {
  /// The text with blanks before it, up to a width in characters.
  func leftPadded(to width: Int) -> String { String(repeating: " ", count: max(width - count, 0)) + self }
  /// The text with blanks after it, up to a width in characters.
  func rightPadded(to width: Int) -> String { self + String(repeating: " ", count: max(width - count, 0)) }
}

extension Duration {
  /// The duration in seconds.
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
