/// A word, number or sign of the source.
struct Token {
  enum Kind: Hashable {
    case identifier
    case keyword(Keyword)
    case symbol(Symbol)
    case integer(UInt64)
    case real(Double)
    /// A duration in seconds.
    case duration(Double)
    case string
    case hardwareQubit(Int)
    case end
  }

  var kind: Kind
  var range: SourceRange
  /// The text of identifiers and of strings, without their quotes.
  var text = ""
}

/// The signs of the language.
enum Symbol: String, Hashable {
  case leftParenthesis = "("
  case rightParenthesis = ")"
  case leftBracket = "["
  case rightBracket = "]"
  case leftBrace = "{"
  case rightBrace = "}"
  case semicolon = ";"
  case comma = ","
  case colon = ":"
  case at = "@"
  case arrow = "->"
  case equals = "="
  case concatenate = "++"
  case plus = "+"
  case minus = "-"
  case times = "*"
  case divide = "/"
  case remainder = "%"
  case power = "**"
  case and = "&"
  case or = "|"
  case caret = "^"
  case tilde = "~"
  case not = "!"
  case shiftLeft = "<<"
  case shiftRight = ">>"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case logicalAnd = "&&"
  case logicalOr = "||"
  case plusEquals = "+="
  case minusEquals = "-="
  case timesEquals = "*="
  case divideEquals = "/="
  case remainderEquals = "%="
  case powerEquals = "**="
  case andEquals = "&="
  case orEquals = "|="
  case caretEquals = "^="
  case tildeEquals = "~="
  case shiftLeftEquals = "<<="
  case shiftRightEquals = ">>="
  case dimension = "#dim"

  /// The operator of a compound assignment.
  var compoundOperator: Symbol? {
    guard rawValue.count > 1, rawValue.hasSuffix("="), self != .equal, self != .notEqual, self != .lessOrEqual,
      self != .greaterOrEqual
    else { return nil }
    return Symbol(rawValue: String(rawValue.dropLast()))
  }
}

/// The reserved words.
enum Keyword: String, Hashable, CaseIterable {
  case openQASM = "OPENQASM"
  case include, qreg, creg, gate, opaque, barrier, measure, reset
  case `if`
  // Words of version 3 alone.
  case `else`, `for`, `in`, `while`, `break`, `continue`, `return`, end, `switch`, `case`, `default`
  case qubit, bit, bool, int, uint, float, angle, complex, array, duration, stretch, const, input, output, mutable, readonly
  case `let`, def, extern, box, delay, durationof, cal, defcal, defcalgrammar
  case inv, pow, ctrl, negctrl
  case `true`, `false`

  static let version2: [String: Keyword] = table(
    [.openQASM, .include, .qreg, .creg, .gate, .opaque, .barrier, .measure, .reset, .if])
  static let version3: [String: Keyword] = table(Keyword.allCases)

  private static func table(_ words: [Keyword]) -> [String: Keyword] {
    Dictionary(uniqueKeysWithValues: words.map { ($0.rawValue, $0) })
  }
}
