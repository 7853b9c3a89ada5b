internal import Circuits

/// Reads statements from tokens, one top-level statement at a time.
///
/// After an error it goes on behind the next semicolon or closing brace, so that all errors of a file are found.
///
/// Source: the OpenQASM 3 grammar (openqasm.com/grammar) and Cross, Bishop, Smolin and Gambetta (2017), arXiv:1707.03429, for version 2.
struct Parser {
  var lexer: Lexer
  let diagnostics: Diagnostics
  /// The language; 3.0 until a header says otherwise.
  private(set) var version = OpenQASMVersion.v3
  private var lookahead: [Token] = []
  /// Where the last token taken ends.
  private(set) var lastRange = SourceRange(0, 0)
  private var depth = 0
  /// The name that the statement being read declares.
  var declaredName: String?

  init(source: SourceText, diagnostics: Diagnostics) {
    lexer = Lexer(source: source, diagnostics: diagnostics)
    self.diagnostics = diagnostics
    readHeader()
  }

  // MARK: Tokens

  /// The token after `offset` others, not yet taken.
  mutating func peek(_ offset: Int = 0) -> Token {
    while lookahead.count <= offset { lookahead.append(lexer.next()) }
    return lookahead[offset]
  }

  /// Takes the next token.
  @discardableResult
  mutating func take() -> Token {
    let token = peek()
    lookahead.removeFirst()
    lastRange = token.range
    return token
  }

  mutating func isNext(_ symbol: Symbol) -> Bool { peek().kind == .symbol(symbol) }
  mutating func isNext(_ keyword: Keyword) -> Bool { peek().kind == .keyword(keyword) }

  /// Takes the next token if it is this sign.
  mutating func take(_ symbol: Symbol) -> Bool {
    guard isNext(symbol) else { return false }
    take()
    return true
  }

  /// Takes the next token if it is this word.
  mutating func take(_ keyword: Keyword) -> Bool {
    guard isNext(keyword) else { return false }
    take()
    return true
  }

  mutating func expect(_ symbol: Symbol, _ context: String) throws(Failure) {
    guard !take(symbol) else { return }
    throw expected("'\(symbol.rawValue)' \(context)")
  }

  mutating func expect(_ keyword: Keyword, _ context: String) throws(Failure) {
    guard !take(keyword) else { return }
    throw expected("'\(keyword.rawValue)' \(context)")
  }

  /// Takes the semicolon that ends a statement.
  ///
  /// If it is missing at the end of a line, the error is noted and the next line read as usual.
  mutating func endStatement(_ context: String) throws(Failure) {
    guard !take(.semicolon) else { return }
    let failure = expected("';' \(context)")
    guard isOnLaterLine(peek().range) else { throw failure }
    diagnostics.record(failure)
  }

  private func isOnLaterLine(_ range: SourceRange) -> Bool {
    let (start, end) = (Int(lastRange.end), min(Int(range.start), lexer.bytes.count))
    return start <= end && lexer.bytes[start..<end].contains(UInt8(ascii: "\n"))
  }

  mutating func identifier(_ context: String) throws(Failure) -> Identifier {
    guard peek().kind == .identifier else { throw expected(context) }
    let token = take()
    return Identifier(text: token.text, range: token.range)
  }

  /// The error that something else stands where the context is needed.
  mutating func expected(_ context: String) -> Failure {
    let token = peek()
    return Failure(.syntax, "expected \(context), found \(describe(token))", at: token.range)
  }

  mutating func describe(_ token: Token) -> String {
    if token.kind == .end { return "the end of the file" }
    var text = lexer.source.text(token.range)
    if text.unicodeScalars.count > Limits.quotedCharacterCount { text = text.prefix(Limits.quotedCharacterCount) + "…" }
    if case .keyword = token.kind { return "the reserved word '\(text)'" }
    return "'\(text)'"
  }

  // MARK: Depth

  /// Goes one level down; every call is followed by one of `leave`.
  mutating func enter() throws(Failure) {
    depth += 1
    guard depth <= Limits.nestingDepth else {
      depth -= 1
      throw .fatal("nested deeper than \(Limits.nestingDepth) levels", at: peek().range)
    }
  }

  mutating func leave() { depth -= 1 }
}

extension Parser {
  // MARK: The header

  private mutating func readHeader() {
    // `OPENQASM` is a reserved word in both versions, and no annotation can stand before it.
    guard isNext(.openQASM) else { return }
    take()
    let token = peek()
    let text = lexer.source.text(token.range)
    switch token.kind {
    case .real, .integer:
      lexer.version = text == "2" || text.hasPrefix("2.") ? .v2 : .v3
      version = lexer.version
      take()
      if !(text == "2.0" || text == "2" || text == "3" || text.hasPrefix("3.")) {
        diagnostics.record(
          Failure(.unsupported, "OpenQASM version '\(text)' is not supported; 2.0 and 3.x are", at: token.range))
      }
    default: diagnostics.record(expected("a version such as 2.0 or 3.0 after 'OPENQASM'"))
    }
    if !take(.semicolon) { diagnostics.record(expected("';' after the version")) }
  }

  // MARK: The top level

  /// The next statement, or nil at the end.
  ///
  /// - Throws: a fatal failure only; others are noted and reading goes on.
  mutating func next() throws(Failure) -> Statement? {
    while peek().kind != .end {
      if let statement = try attempt() { return statement }
      if isNext(.rightBrace) {
        let brace = take()
        diagnostics.record(Failure(.syntax, "'}' without a '{' before it", at: brace.range))
      }
    }
    return nil
  }

  /// One statement; if it is wrong, notes why and goes behind it.
  private mutating func attempt() throws(Failure) -> Statement? {
    let savedDepth = depth
    declaredName = nil
    do throws(Failure) {
      return isNext(.rightBrace) ? nil : try statement()
    } catch {
      guard !error.isFatal else { throw error }
      depth = savedDepth
      diagnostics.record(error)
      synchronize()
      return declaredName.map { Statement(kind: .invalid($0), range: error.range) }
    }
  }

  /// Skips to behind the statement that could not be read.
  private mutating func synchronize() {
    var open = 0
    while true {
      switch peek().kind {
      case .end: return
      case .symbol(.semicolon) where open == 0:
        take()
        return
      case .symbol(.leftBrace): open += 1
      case .symbol(.rightBrace):
        if open == 0 { return }
        open -= 1
        if open == 0 {
          take()
          _ = take(.semicolon)
          return
        }
      default: break
      }
      take()
    }
  }

  /// Statements between braces; errors inside are noted one by one.
  mutating func block(_ context: String) throws(Failure) -> [Statement] {
    try expect(.leftBrace, context)
    let opening = lastRange
    try enter()
    defer { leave() }
    let outerName = declaredName
    defer { declaredName = outerName }
    var statements = [Statement]()
    while !take(.rightBrace) {
      guard peek().kind != .end else {
        throw Failure(.syntax, "this '{' is not closed: expected '}' before the end of the file", at: opening)
      }
      if let statement = try attempt() { statements.append(statement) }
    }
    return statements
  }

  /// Items between commas, up to a closing sign that is taken too.
  mutating func list<Item>(
    until closing: Symbol, _ context: String, _ item: (inout Parser) throws(Failure) -> Item
  ) throws(Failure) -> [Item] {
    var items = [Item]()
    while !take(closing) {
      items.append(try item(&self))
      if take(closing) { break }
      guard take(.comma) else { throw expected("',' or '\(closing.rawValue)' \(context)") }
    }
    return items
  }
}
