public import Circuits

/// Reads OpenQASM 2 and 3 into circuits.
///
///     let circuit = try OpenQASMParser.parse("OPENQASM 3.0; include \"stdgates.inc\"; qubit q; h q;")
///
/// The header names the version; a program without one is read as OpenQASM 3, which makes the header optional. `qelib1.inc` and
/// `stdgates.inc` are built in, and either gives all gates of the gate table; no file is opened.
///
/// What is known before the run is computed while reading: constants, loops over known ranges, gate definitions and subroutines. Inputs
/// become parameters of the circuit, real and angle ones without rounding. If a program declares bits as `output`, only those are part of
/// results; outputs of other types are computed and not reported. One `dt` counts as a nanosecond.
public enum OpenQASMParser {
  /// Reads a program.
  ///
  /// - Parameters:
  ///   - source: The program.
  ///   - file: Its name in messages.
  /// - Throws: ``OpenQASMError`` with everything that is wrong, up to a hundred places.
  /// - Complexity: O(length of the source + length of the expanded circuit), both bounded.
  public static func parse(_ source: String, file: String = "<input>") throws(OpenQASMError) -> Circuit {
    try parse(Array(source.utf8), file: file, budget: Budget())
  }

  /// Reads a program from bytes, which should be UTF-8; others are refused where they stand.
  public static func parse(_ source: [UInt8], file: String = "<input>") throws(OpenQASMError) -> Circuit {
    try parse(source, file: file, budget: Budget())
  }

  /// Reads a program that may spend less, or more, than the limits of this module on expansion.
  package static func parse(_ source: [UInt8], file: String, budget: Budget) throws(OpenQASMError) -> Circuit {
    guard source.count <= Limits.sourceByteCount else {
      throw OpenQASMError(
        .limitExceeded, "a source of \(source.count) bytes; at most \(Limits.sourceByteCount) are read", file: file)
    }
    let text = SourceText(file: file, bytes: source)
    let diagnostics = Diagnostics()
    let elaborator = elaborate(text, diagnostics, budget)
    if let error = diagnostics.error(in: text) { throw error }
    guard let elaborator else { preconditionFailure("reading ended early without a reason") }
    do throws(CircuitError) {
      return try elaborator.circuit()
    } catch {
      throw OpenQASMError(.unsupported, error.message, file: file)
    }
  }

  /// Reads all statements; nil after a fatal failure.
  private static func elaborate(_ text: SourceText, _ diagnostics: Diagnostics, _ budget: Budget) -> Elaborator? {
    do throws(Failure) {
      var parser = Parser(source: text, diagnostics: diagnostics)
      let elaborator = try Elaborator(
        version: parser.version, diagnostics: diagnostics, budget: budget,
        hardwareQubitCount: hardwareQubitCount(text, parser.version))
      while let statement = try parser.next() { try elaborator.add(statement) }
      return elaborator
    } catch {
      diagnostics.record(error)
      return nil
    }
  }

  /// One more than the highest `$n`; 0 if there is none. They are declared by being used, before everything else.
  private static func hardwareQubitCount(_ text: SourceText, _ version: OpenQASMVersion) -> Int {
    guard text.bytes.contains(UInt8(ascii: "$")) else { return 0 }
    var lexer = Lexer(source: text, diagnostics: Diagnostics())
    lexer.version = version
    var count = 0
    while true {
      switch lexer.next().kind {
      case .hardwareQubit(let index): count = max(count, index + 1)
      case .end: return count
      default: continue
      }
    }
  }
}
