/// Everything that is wrong with a source, or why a circuit cannot be written in a version of the language.
///
/// Prints one diagnostic after the other, each as `file:line:column: error: message` with the line and a caret below it.
public struct OpenQASMError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A stable name of the kind of failure, used in logs and on the wire; new ones may appear.
  public struct Code: RawRepresentable, Hashable, Sendable {
    /// The name itself.
    public let rawValue: String
    /// Makes a code of a name.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// The text does not follow the grammar.
    public static let syntax = Code(rawValue: "syntax")
    /// A name that nothing declares.
    public static let unknownName = Code(rawValue: "unknown_name")
    /// A gate that neither the program nor an include defines.
    public static let unknownGate = Code(rawValue: "unknown_gate")
    /// A name declared twice in one scope.
    public static let duplicateName = Code(rawValue: "duplicate_name")
    /// An index outside its register or array.
    public static let indexOutOfRange = Code(rawValue: "index_out_of_range")
    /// One operation names a qubit twice.
    public static let duplicateQubit = Code(rawValue: "duplicate_qubit")
    /// Another number of arguments, parameters or qubits than is taken.
    public static let wrongArity = Code(rawValue: "wrong_arity")
    /// Registers or arrays whose sizes do not fit together.
    public static let sizeMismatch = Code(rawValue: "size_mismatch")
    /// A value of a kind that is not accepted here.
    public static let wrongType = Code(rawValue: "wrong_type")
    /// A value that must be known before the run, and is not.
    public static let notConstant = Code(rawValue: "not_constant")
    /// Arithmetic without a result, or one that is not finite.
    public static let invalidArithmetic = Code(rawValue: "invalid_arithmetic")
    /// A statement where it may not stand: `break` outside a loop.
    public static let misplaced = Code(rawValue: "misplaced")
    /// A part of the language that a circuit simulator cannot mean, or a circuit that the version cannot express.
    public static let unsupported = Code(rawValue: "unsupported")
    /// A size above a limit of this module.
    public static let limitExceeded = Code(rawValue: "limit_exceeded")
  }

  /// One thing that is wrong, and where.
  public struct Diagnostic: Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure.
    public var code: Code
    /// The file's name, as it was given.
    public var file: String
    /// The line, from 1; 0 if the failure has no place in a source.
    public var line: Int
    /// The column in characters (Unicode scalars), from 1; 0 if there is no place.
    public var column: Int
    /// The offending text, shortened.
    public var text: String
    /// What is wrong and what would be accepted.
    public var message: String
    /// The line of the source, shortened around the place.
    public var sourceLine: String
    /// Where the caret stands below ``sourceLine``, from 0.
    public var caretOffset: Int

    /// `file:line:column: error: message`, the line and the caret.
    public var description: String {
      guard line > 0 else { return "\(file): error: \(message)" }
      let head = "\(file):\(line):\(column): error: \(message)"
      let width = max(1, min(text.unicodeScalars.count, sourceLine.unicodeScalars.count - caretOffset))
      let underline = String(repeating: " ", count: caretOffset) + "^" + String(repeating: "~", count: width - 1)
      return "\(head)\n  \(sourceLine)\n  \(underline)"
    }
  }

  /// What is wrong, in the order of the source; never empty, at most 100.
  public var diagnostics: [Diagnostic]
  /// How many more there were.
  public var omittedCount: Int

  /// Makes an error of diagnostics.
  public init(_ diagnostics: [Diagnostic], omittedCount: Int = 0) {
    precondition(!diagnostics.isEmpty, "an OpenQASM error without a diagnostic")
    self.diagnostics = diagnostics
    self.omittedCount = omittedCount
  }

  /// Makes an error without a place in a source.
  init(_ code: Code, _ message: String, file: String) {
    self.init([
      Diagnostic(code: code, file: file, line: 0, column: 0, text: "", message: message, sourceLine: "", caretOffset: 0)
    ])
  }

  /// All diagnostics, one below the other.
  public var description: String {
    var lines = diagnostics.map(\.description)
    if omittedCount > 0 { lines.append("and \(omittedCount) more \(omittedCount == 1 ? "error" : "errors")") }
    return lines.joined(separator: "\n")
  }
}
