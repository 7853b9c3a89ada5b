/// Cuts the source into tokens, one at a time.
///
/// What is no token is reported and skipped, so that the rest is still read.
struct Lexer {
  let source: SourceText
  let diagnostics: Diagnostics
  /// The language of the words; known once the header is read.
  var version = OpenQASMVersion.v3
  var position = 0
  /// Whether a statement may begin here: then `@word` is an annotation and `pragma` a pragma, both to the end of the line.
  private var isStatementStart = true

  init(source: SourceText, diagnostics: Diagnostics) {
    self.source = source
    self.diagnostics = diagnostics
  }

  var bytes: [UInt8] { source.bytes }

  /// The byte at a distance from the position; 0 beyond the end.
  func byte(_ offset: Int = 0) -> UInt8 { position + offset < source.bytes.count ? source.bytes[position + offset] : 0 }

  /// The next token; `end` again and again after the last.
  mutating func next() -> Token {
    while true {
      skipBlanks()
      let start = position
      guard position < source.bytes.count else { return Token(kind: .end, range: SourceRange(start, start)) }
      if isStatementStart, skipLineStatement() { continue }
      guard let token = scan() else { continue }
      switch token.kind {
      case .symbol(.semicolon), .symbol(.leftBrace), .symbol(.rightBrace): isStatementStart = true
      default: isStatementStart = false
      }
      return token
    }
  }

  private mutating func scan() -> Token? {
    let first = byte()
    if first.isDigit || (first == UInt8(ascii: ".") && byte(1).isDigit) { return number() }
    if first.isIdentifierHead { return word() }
    if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") { return string() }
    if first == UInt8(ascii: "$"), byte(1).isDigit { return hardwareQubit() }
    if let symbol = symbol() { return symbol }
    skipGarbage()
    return nil
  }

  // MARK: Words

  private mutating func word() -> Token? {
    let start = position
    while position < source.bytes.count {
      if byte().isIdentifierTail {
        position += 1
      } else if byte() >= 0x80, let length = letterLength() {
        position += length
      } else {
        break
      }
    }
    guard position > start else {
      skipGarbage()
      return nil
    }
    let range = SourceRange(start, position)
    let text = source.text(range)
    let keyword = (version == .v2 ? Keyword.version2 : Keyword.version3)[text]
    return Token(kind: keyword.map(Token.Kind.keyword) ?? .identifier, range: range, text: text)
  }

  /// The number of bytes of the letter beyond ASCII here, or nil if there is none.
  func letterLength() -> Int? {
    let rest = source.bytes[position..<min(position + 4, source.bytes.count)]
    var decoder = UTF8()
    var iterator = rest.makeIterator()
    guard case .scalarValue(let scalar) = decoder.decode(&iterator), scalar.properties.isAlphabetic else { return nil }
    return UTF8.width(scalar)
  }

  private mutating func hardwareQubit() -> Token {
    let start = position
    position += 1
    var index = 0
    while byte().isDigit {
      index = min(index * 10 + Int(byte() - UInt8(ascii: "0")), 1 << 40)
      position += 1
    }
    return Token(kind: .hardwareQubit(index), range: SourceRange(start, position), text: source.text(SourceRange(start, position)))
  }

  private mutating func string() -> Token? {
    let start = position
    let quote = byte()
    position += 1
    while position < source.bytes.count, byte() != quote, byte() != UInt8(ascii: "\n") { position += 1 }
    let text = source.text(SourceRange(start + 1, position))
    guard byte() == quote else {
      fail("a string that does not end on its line; a closing \(quote == UInt8(ascii: "'") ? "'" : "\"") is needed", from: start)
      return Token(kind: .string, range: SourceRange(start, position), text: text)
    }
    position += 1
    return Token(kind: .string, range: SourceRange(start, position), text: text)
  }

  // MARK: Signs

  private mutating func symbol() -> Token? {
    for length in [3, 2, 1] where position + length <= source.bytes.count {
      let range = SourceRange(position, position + length)
      guard let symbol = Lexer.symbols[key(length)] else { continue }
      position += length
      return Token(kind: .symbol(symbol), range: range)
    }
    if source.text(SourceRange(position, min(position + 4, source.bytes.count))) == "#dim" {
      position += 4
      return Token(kind: .symbol(.dimension), range: SourceRange(position - 4, position))
    }
    return nil
  }

  private func key(_ length: Int) -> UInt32 { (0..<length).reduce(0) { $0 << 8 | UInt32(byte($1)) } }

  private static let symbols: [UInt32: Symbol] = {
    var result = [UInt32: Symbol]()
    for symbol in Symbol.signs { result[symbol.rawValue.utf8.reduce(0) { $0 << 8 | UInt32($1) }] = symbol }
    return result
  }()
}

extension Lexer {
  // MARK: What is skipped

  private mutating func skipBlanks() {
    while position < source.bytes.count {
      switch byte() {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"), 0x0B, 0x0C: position += 1
      case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "/"): skipLine()
      case UInt8(ascii: "/") where byte(1) == UInt8(ascii: "*"): skipComment()
      case 0xEF where position == 0 && byte(1) == 0xBB && byte(2) == 0xBF: position += 3  // A byte order mark.
      default: return
      }
    }
  }

  private mutating func skipLine() {
    while position < source.bytes.count, byte() != UInt8(ascii: "\n") { position += 1 }
  }

  private mutating func skipComment() {
    let start = position
    position += 2
    while position < source.bytes.count {
      if byte() == UInt8(ascii: "*"), byte(1) == UInt8(ascii: "/") {
        position += 2
        return
      }
      position += 1
    }
    fail("a comment that does not end; '*/' is needed", from: start)
  }

  /// Skips `@annotation …`, `#pragma …` and `pragma …`, which mean nothing to a simulator.
  private mutating func skipLineStatement() -> Bool {
    let isAnnotation = byte() == UInt8(ascii: "@") && (byte(1).isIdentifierHead)
    guard isAnnotation || starts(with: "#pragma") || (version == .v3 && starts(with: "pragma")) else { return false }
    skipLine()
    return true
  }

  private func starts(with word: String) -> Bool {
    let length = word.utf8.count
    guard byte() == word.utf8.first, position + length <= source.bytes.count else { return false }
    return source.bytes[position..<position + length].elementsEqual(word.utf8) && !byte(length).isIdentifierTail
  }

  /// Skips a run of bytes that begin no token and reports it once.
  private mutating func skipGarbage() {
    let start = position
    repeat { position += 1 } while position < source.bytes.count && !Lexer.canBegin(byte())
    while position < source.bytes.count, byte() & 0xC0 == 0x80 { position += 1 }
    let text = source.text(SourceRange(start, min(position, start + Limits.quotedCharacterCount)))
    fail("'\(text)' is not part of OpenQASM", from: start)
  }

  private static func canBegin(_ byte: UInt8) -> Bool {
    byte < 0x80 && (byte.isIdentifierTail || " \t\r\n\"'$()[]{};,:@-=+*/%&|^~!<>.".utf8.contains(byte))
  }

  func fail(_ message: String, from start: Int) {
    diagnostics.record(Failure(.syntax, message, at: SourceRange(start, position)))
  }
}

extension Symbol {
  /// Every sign but `#dim`, which is a word.
  static let signs: [Symbol] = [
    .leftParenthesis, .rightParenthesis, .leftBracket, .rightBracket, .leftBrace, .rightBrace, .semicolon, .comma, .colon, .at,
    .arrow, .equals, .concatenate, .plus, .minus, .times, .divide, .remainder, .power, .and, .or, .caret, .tilde, .not, .shiftLeft,
    .shiftRight, .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .logicalAnd, .logicalOr, .plusEquals,
    .minusEquals, .timesEquals, .divideEquals, .remainderEquals, .powerEquals, .andEquals, .orEquals, .caretEquals, .tildeEquals,
    .shiftLeftEquals, .shiftRightEquals,
  ]
}

extension UInt8 {
  var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }
  var isASCIILetter: Bool { (self | 0x20) >= UInt8(ascii: "a") && (self | 0x20) <= UInt8(ascii: "z") }
  /// Whether an identifier may begin with this byte; bytes beyond ASCII are looked at as characters.
  var isIdentifierHead: Bool { isASCIILetter || self == UInt8(ascii: "_") || self >= 0x80 }
  var isIdentifierTail: Bool { isASCIILetter || self == UInt8(ascii: "_") || isDigit }
}
