/// A real sum of Pauli strings: what is measured in expectation.
///
///     let energy = try Observable("0.5*ZZ - 1.2*XI + II")
public struct Observable: Hashable, Sendable {
  /// One Pauli string with its coefficient.
  public struct Term: Hashable, Sendable {
    /// The real factor.
    public var coefficient: Double
    /// The Pauli string.
    public var pauli: PauliString
    /// Makes a term.
    public init(_ coefficient: Double, _ pauli: PauliString) {
      self.coefficient = coefficient
      self.pauli = pauli
    }
  }

  /// The terms, all on the same number of qubits.
  public private(set) var terms: [Term]

  /// Makes a sum.
  ///
  /// - Throws: ``CircuitError``: `invalid_pauli` if there is no term or the strings differ in length, `not_finite` for a coefficient.
  public init(_ terms: [Term]) throws(CircuitError) {
    guard let first = terms.first else { throw CircuitError(.invalidPauli, "an observable needs at least one Pauli string") }
    for term in terms {
      guard term.pauli.qubitCount == first.pauli.qubitCount else {
        throw CircuitError(.invalidPauli, "Pauli strings '\(first.pauli)' and '\(term.pauli)' of one observable differ in length")
      }
      guard term.coefficient.isFinite else { throw CircuitError(.notFinite, "coefficient \(term.coefficient) of '\(term.pauli)'") }
    }
    self.terms = terms
  }

  /// The number of qubits of every string.
  public var qubitCount: Int { terms[0].pauli.qubitCount }

  /// Reads a label (`ZZ`) or a sum (`0.5*ZZ - 1.2 XI`); `*` may be left out.
  ///
  /// - Throws: ``CircuitError`` with code `invalid_pauli`, naming the part that cannot be read.
  public init(_ text: some StringProtocol) throws(CircuitError) {
    var reader = TermReader(text: Array(text.utf8))
    var terms = [Term]()
    while let term = try reader.next() { terms.append(term) }
    try self.init(terms)
  }
}

extension Observable: CustomStringConvertible {
  /// The sum as text that reads back.
  public var description: String {
    if terms.count == 1, terms[0].coefficient == 1 { return terms[0].pauli.label }
    return terms.enumerated().map { index, term in
      let sign = term.coefficient < 0 ? (index == 0 ? "-" : " - ") : (index == 0 ? "" : " + ")
      return "\(sign)\(term.coefficient.magnitude)*\(term.pauli)"
    }.joined()
  }
}

/// Reads `± number * LABEL` again and again.
private struct TermReader {
  let text: [UInt8]
  var position = 0

  mutating func next() throws(CircuitError) -> Observable.Term? {
    skipBlanks()
    let isFirst = position == 0 || text[..<position].allSatisfy { $0 == UInt8(ascii: " ") }
    guard position < text.count else { return nil }
    var sign = 1.0
    if take("+") { sign = 1 } else if take("-") { sign = -1 } else if !isFirst { throw failure("'+' or '-'") }
    skipBlanks()
    let coefficient = try number() ?? 1
    skipBlanks()
    _ = take("*")
    skipBlanks()
    let start = position
    while position < text.count, isLetter(text[position]) { position += 1 }
    guard position > start else { throw failure("a Pauli label such as ZZ") }
    return Observable.Term(sign * coefficient, try PauliString(string(start..<position)))
  }

  private mutating func number() throws(CircuitError) -> Double? {
    let start = position
    while position < text.count, isNumeric(position, start) { position += 1 }
    guard position > start else { return nil }
    guard let value = Double(string(start..<position)) else { throw failure("a number, not '\(string(start..<position))'") }
    return value
  }

  private func isNumeric(_ index: Int, _ start: Int) -> Bool {
    let byte = text[index]
    if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: ".") { return true }
    if index > start, byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E") { return true }
    let isSign = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
    return isSign && index > start && (text[index - 1] | 0x20) == UInt8(ascii: "e")
  }

  private func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }
  private mutating func take(_ symbol: Unicode.Scalar) -> Bool {
    guard position < text.count, text[position] == UInt8(ascii: symbol) else { return false }
    position += 1
    return true
  }
  private mutating func skipBlanks() { while position < text.count, text[position] == UInt8(ascii: " ") { position += 1 } }
  private func string(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
  private func failure(_ expected: String) -> CircuitError {
    CircuitError(.invalidPauli, "observable '\(string(0..<text.count))', column \(position + 1): expected \(expected)")
  }
}
