extension Lexer {
  /// The units of durations, in seconds. A `dt` is a device's own step; an ideal simulator has none, and takes one nanosecond.
  private static let units: [(name: String, seconds: Double)] = [
    ("dt", 1e-9), ("ns", 1e-9), ("us", 1e-6), ("µs", 1e-6), ("μs", 1e-6), ("ms", 1e-3), ("s", 1),
  ]

  /// Reads an integer, a real number or a duration.
  mutating func number() -> Token? {
    let start = position
    if byte() == UInt8(ascii: "0"), let radix = radix(byte(1)), version == .v3 { return prefixed(radix, from: start) }
    var isReal = false
    skipDigits()
    if byte() == UInt8(ascii: "."), !isRangeDot() {
      isReal = true
      position += 1
      skipDigits()
    }
    if skipExponent() { isReal = true }
    let text = source.text(SourceRange(start, position)).filter { $0 != "_" }
    return version == .v3 ? suffixed(text, isReal: isReal, from: start) : literal(text, isReal: isReal, from: start)
  }

  private func isRangeDot() -> Bool { byte(1) == UInt8(ascii: ".") }

  private func radix(_ letter: UInt8) -> Int? {
    switch letter {
    case UInt8(ascii: "x"), UInt8(ascii: "X"): 16
    case UInt8(ascii: "o"): 8
    case UInt8(ascii: "b"), UInt8(ascii: "B"): 2
    default: nil
    }
  }

  private mutating func skipDigits() {
    while byte().isDigit || (byte() == UInt8(ascii: "_") && byte(1).isDigit) { position += 1 }
  }

  private mutating func skipExponent() -> Bool {
    guard byte() | 0x20 == UInt8(ascii: "e") else { return false }
    let sign = byte(1) == UInt8(ascii: "+") || byte(1) == UInt8(ascii: "-") ? 1 : 0
    guard byte(1 + sign).isDigit else { return false }
    position += 1 + sign
    skipDigits()
    return true
  }

  private mutating func prefixed(_ radix: Int, from start: Int) -> Token? {
    position += 2
    while byte().isIdentifierTail { position += 1 }
    let digits = source.text(SourceRange(start + 2, position)).filter { $0 != "_" }
    guard let value = UInt64(digits, radix: radix) else {
      fail("'\(quoted(start))' is not an integer of base \(radix) below 2⁶⁴", from: start)
      return nil
    }
    return Token(kind: .integer(value), range: SourceRange(start, position))
  }

  private mutating func suffixed(_ text: String, isReal: Bool, from start: Int) -> Token? {
    let end = position
    while byte() == UInt8(ascii: " ") || byte() == UInt8(ascii: "\t") { position += 1 }
    let unitStart = position
    while byte().isASCIILetter || byte() >= 0x80 { position += 1 }
    let word = source.text(SourceRange(unitStart, position))
    if !byte().isIdentifierTail, let unit = Lexer.units.first(where: { $0.name == word }), let value = Double(text) {
      return Token(kind: .duration(value * unit.seconds), range: SourceRange(start, position))
    }
    if word == "im" {
      fail("imaginary numbers are not supported: a circuit's angles are real", from: start)
      return Token(kind: .real(0), range: SourceRange(start, position))
    }
    position = end
    return literal(text, isReal: isReal, from: start)
  }

  private mutating func literal(_ text: String, isReal: Bool, from start: Int) -> Token? {
    if byte().isIdentifierHead {
      while byte().isIdentifierTail || byte() >= 0x80 { position += 1 }
      fail("'\(quoted(start))' is neither a number nor a name", from: start)
      return Token(kind: .real(0), range: SourceRange(start, position))
    }
    let range = SourceRange(start, position)
    if !isReal, let value = UInt64(text) { return Token(kind: .integer(value), range: range) }
    if !isReal, version == .v3 || text.utf8.count > 400 {
      fail("'\(quoted(start))' is not an integer below 2⁶⁴", from: start)
      return Token(kind: .integer(0), range: range)
    }
    guard let value = Double(text), value.isFinite else {
      fail("'\(quoted(start))' is too large for a number in double precision", from: start)
      return Token(kind: .real(0), range: range)
    }
    return Token(kind: .real(value), range: range)
  }

  private func quoted(_ start: Int) -> String {
    source.text(SourceRange(start, min(position, start + Limits.quotedCharacterCount)))
  }
}
