import Circuits
import OpenQASM
import Testing

/// The error that a program must give.
func failure(_ source: String, budget: Budget = Budget()) -> OpenQASMError? {
  do {
    _ = try OpenQASMParser.parse(Array(source.utf8), file: "test.qasm", budget: budget)
    return nil
  } catch {
    return error
  }
}

/// A program and the one error it must give.
struct ErrorCase: CustomTestStringConvertible {
  var source: String
  var line: Int
  var column: Int
  var code: OpenQASMError.Code
  var text: String
  var says: String
  var testDescription: String { source }

  init(_ source: String, _ line: Int, _ column: Int, _ code: OpenQASMError.Code, _ text: String, _ says: String) {
    (self.source, self.line, self.column, self.code, self.text, self.says) = (source, line, column, code, text, says)
  }
}

@Suite("errors")
struct ErrorTests {
  static let head3 = "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[2] q; bit[2] c; int n; const int k = 4; n = c[0];\n"
  static let head2 = "OPENQASM 2.0;\nqreg q[2];\ncreg d[1];\n"

  /// Bodies after three lines of declarations.
  static let cases3: [ErrorCase] = [
    ErrorCase("h q[0]", 4, 7, .syntax, "", "expected ';' after the qubits of 'h', found the end of the file"),
    ErrorCase("h q[0]\nx q[1];", 5, 1, .syntax, "x", "expected ';'"),
    ErrorCase("h q[2];", 4, 5, .indexOutOfRange, "2", "0 to 1 are accepted"),
    ErrorCase("x q[n];", 4, 5, .notConstant, "n", "known before the run"),
    ErrorCase("cx q[0], q[0];", 4, 10, .duplicateQubit, "q[0]", "one qubit twice"),
    ErrorCase("cx q[0];", 4, 1, .wrongArity, "cx", "takes 2 qubits, not 1"),
    ErrorCase("ctrl @ cx q[0], q[1];", 4, 8, .wrongArity, "cx", "2 qubits and 1 control"),
    ErrorCase("rx q[0];", 4, 1, .wrongArity, "rx", "takes 1 parameter, not 0"),
    ErrorCase("h(1) q[0];", 4, 1, .wrongArity, "h", "no parameters, not 1"),
    ErrorCase("haad q[0];", 4, 1, .unknownGate, "haad", "no gate is called 'haad'"),
    ErrorCase("swpa q[0], q[1];", 4, 1, .unknownGate, "swpa", "did you mean 'swap'"),
    ErrorCase("h r[0];", 4, 3, .unknownName, "r", "'r' is not declared"),
    ErrorCase("h c[0];", 4, 3, .wrongType, "c[0]", "a bit where gate 'h' needs a qubit"),
    ErrorCase("qubit q;", 4, 7, .duplicateName, "q", "already declared"),
    ErrorCase("qubit[0] e;", 4, 7, .sizeMismatch, "0", "at least 1"),
    ErrorCase("qubit[n] e;", 4, 7, .notConstant, "n", "known before the run"),
    ErrorCase("qubit[99999999] e;", 4, 7, .limitExceeded, "99999999", "at most 4096"),
    ErrorCase("bit[2] d = \"011\";", 4, 12, .sizeMismatch, "\"011\"", "3 bits for a register of 2"),
    ErrorCase("c = measure q[0];", 4, 5, .sizeMismatch, "measure q[0]", "1 qubits into 2 bits"),
    ErrorCase("n = measure q[0];", 4, 5, .wrongType, "measure q[0]", "into a variable of type int[64]"),
    ErrorCase("k = 3;", 4, 1, .wrongType, "k", "'k' is a constant"),
    ErrorCase("q = 3;", 4, 1, .wrongType, "q", "cannot be assigned"),
    ErrorCase("3 = n;", 4, 1, .syntax, "3", "expected a statement"),
    ErrorCase("n = 1 / 0;", 4, 5, .invalidArithmetic, "1 / 0", "by zero"),
    ErrorCase("n = ~1.5;", 4, 5, .wrongType, "~1.5", "'~' needs bits or an integer"),
    ErrorCase("n = 1.5 & 2;", 4, 5, .wrongType, "1.5 & 2", "needs bits or integers"),
    ErrorCase("rx(1e308 * 10) q[0];", 4, 4, .invalidArithmetic, "1e308 * 10", "finite"),
    ErrorCase("rx(arcsin(2)) q[0];", 4, 4, .invalidArithmetic, "arcsin(2)", "no real value"),
    ErrorCase("rx(sine(2)) q[0];", 4, 4, .unknownName, "sine(2)", "did you mean 'sin'"),
    ErrorCase("rx(sin(1, 2)) q[0];", 4, 4, .wrongArity, "sin(1, 2)", "takes 1 argument, not 2"),
    ErrorCase("rx(0.5 q[0];", 4, 8, .syntax, "q", "expected ',' or ')'"),
    ErrorCase("h q[0;", 4, 6, .syntax, ";", "expected ',' or ']'"),
    ErrorCase("if (c { x q; }", 4, 7, .syntax, "{", "expected ')'"),
    ErrorCase("{ x q[0];", 4, 1, .syntax, "{", "not closed"),
    ErrorCase("x q[0]; }", 4, 9, .syntax, "}", "without a '{'"),
    ErrorCase("break;", 4, 1, .misplaced, "break;", "outside of a loop"),
    ErrorCase("return 1;", 4, 1, .misplaced, "return 1;", "outside of a subroutine"),
    ErrorCase("defcal x q { play; }", 4, 1, .unsupported, "defcal", "'defcal' is not supported"),
    ErrorCase("cal { x; }", 4, 1, .unsupported, "cal", "'cal' is not supported"),
    ErrorCase("defcalgrammar \"openpulse\";", 4, 1, .unsupported, "defcalgrammar", "not supported"),
    ErrorCase("extern f(int) -> int;", 4, 1, .unsupported, "extern", "'extern' is not supported"),
    ErrorCase("stretch s;", 4, 1, .unsupported, "stretch", "'stretch' is not supported"),
    ErrorCase("complex[float] z;", 4, 1, .unsupported, "complex", "'complex' is not supported"),
    ErrorCase("include \"other.inc\";", 4, 1, .unsupported, "include \"other.inc\";", "only the built-in"),
    ErrorCase("float[16] f;", 4, 1, .unsupported, "float[16]", "float[32] and float[64]"),
    ErrorCase("int[65] i;", 4, 5, .limitExceeded, "65", "at most 64"),
    ErrorCase("gate g a { measure a; }", 4, 12, .misplaced, "measure a;", "body of a gate"),
    ErrorCase("gate g a { h q[0]; }", 4, 14, .unknownName, "q", "outside this gate"),
    ErrorCase("gate g a { g a; }", 4, 12, .unknownGate, "g", "no gate is called 'g'"),
    ErrorCase("gate U a { }", 4, 6, .duplicateName, "U", "built in"),
    ErrorCase("def f(int a) -> int { return f(a); } n = f(1);", 4, 30, .unsupported, "f(a)", "calls itself"),
    ErrorCase("def f(int a) -> int { return a; } n = f(1, 2);", 4, 39, .wrongArity, "f(1, 2)", "takes 1 arguments, not 2"),
    ErrorCase("def f(qubit[3] a) { } f(q);", 4, 25, .sizeMismatch, "q", "2 qubits where 3 are needed"),
    ErrorCase("for int i in [0:0:9] x q[0];", 4, 15, .invalidArithmetic, "0:0:9", "step 0"),
    ErrorCase("for i in [0:9] x q[0];", 4, 5, .syntax, "i", "the type of the loop variable"),
    ErrorCase("let a = 3;", 4, 9, .wrongType, "3", "an alias of"),
    ErrorCase("array[int, 2] a = {1, 2, 3};", 4, 19, .sizeMismatch, "{1, 2, 3}", "3 values for 2"),
    ErrorCase("switch (n) { case 1 { } case 1 { } }", 4, 30, .duplicateName, "1", "two cases of 1"),
    ErrorCase("x q[0] $;", 4, 8, .syntax, "$", "is not part of OpenQASM"),
    ErrorCase("n = 99999999999999999999;", 4, 5, .syntax, "99999999999999999999", "below 2⁶⁴"),
    ErrorCase("rx(1e999) q[0];", 4, 4, .syntax, "1e999", "too large"),
    ErrorCase("n = 3x;", 4, 5, .syntax, "3x", "neither a number nor a name"),
    ErrorCase("/* open", 4, 1, .syntax, "/* open", "'*/' is needed"),
    ErrorCase("n = \"01;\n+ 2;", 4, 5, .syntax, "\"01;", "does not end on its line"),
    ErrorCase("delay[-5ns] q[0];", 4, 7, .invalidArithmetic, "-5ns", "at least 0"),
    ErrorCase("OPENQASM 3.0;", 4, 1, .misplaced, "OPENQASM", "before everything else"),
    ErrorCase("pow(n) @ x q[0];", 4, 5, .notConstant, "n", "known before the run"),
    ErrorCase("f(1) q[0];", 4, 1, .unknownGate, "f", "no gate is called 'f'"),
    ErrorCase("f(1);", 4, 1, .unknownName, "f(1)", "no function or subroutine"),
  ]

  @Test("version 3: each error has its place, its kind, its text and what was expected", arguments: cases3)
  func version3(_ item: ErrorCase) throws {
    try check(item, failure(Self.head3 + item.source))
  }

  static let cases2: [ErrorCase] = [
    ErrorCase("h q[0];", 4, 1, .unknownGate, "h", "put 'include \"qelib1.inc\";' before it"),
    ErrorCase("u3(1,2) q[0];", 4, 1, .unknownGate, "u3", "include"),
    ErrorCase("opaque o a; o q[0];", 4, 13, .unsupported, "o", "opaque"),
    ErrorCase("qreg r;", 4, 7, .syntax, ";", "the size of the register"),
    ErrorCase("measure q;", 4, 10, .syntax, ";", "'->'"),
    ErrorCase("measure q -> d;", 4, 9, .sizeMismatch, "q -> d", "2 qubits into 1 bits"),
    ErrorCase("if (d == 1) { }", 4, 13, .syntax, "{", "expected a statement"),
    ErrorCase("if (d = 1) reset q;", 4, 7, .syntax, "=", "expected ')'"),
    ErrorCase("U(1,2,3) q[0],q[1];", 4, 1, .wrongArity, "U", "takes 1 qubit, not 2"),
    ErrorCase("CX q[0],q[7];", 4, 11, .indexOutOfRange, "7", "0 to 1"),
    ErrorCase("U(sin(),0,0) q[0];", 4, 3, .wrongArity, "sin()", "1 argument"),
    ErrorCase("U(foo,0,0) q[0];", 4, 3, .unknownName, "foo", "not declared"),
    ErrorCase("q[0] q[1];", 4, 6, .syntax, "q", "expected"),
    ErrorCase("bit x;", 4, 1, .unknownGate, "bit", "no gate is called 'bit'"),
  ]

  @Test("version 2: each error has its place, its kind, its text and what was expected", arguments: cases2)
  func version2(_ item: ErrorCase) throws { try check(item, failure(Self.head2 + item.source)) }

  private func check(_ item: ErrorCase, _ error: OpenQASMError?) throws {
    let first = try #require(error?.diagnostics.first, "no error at all")
    #expect((first.line, first.column) == (item.line, item.column), "\(first)")
    #expect(first.code == item.code, "\(first)")
    #expect(first.text == item.text)
    #expect(first.message.contains(item.says), "\(first.message)")
    #expect(error?.diagnostics.count == 1, "\(error?.description ?? "")")
  }

  @Test("all errors of a file are found, in order, and what follows from one is not repeated")
  func all() throws {
    let error = try #require(
      failure(
        """
        OPENQASM 3.0;
        include "stdgates.inc";
        qubit[2 q;
        h q[0];
        qubit[2] r;
        h r[5];
        foo r[0];
        if (true) { x r[0] y r[1]; cx r[0]; }
        gate bad a { nothing a; }
        bad r[0];
        int[8] n = 1 / 0;
        n = 3;
        rz(n) r[0];
        x s[0];
        """))
    #expect(error.diagnostics.map(\.line) == [3, 6, 7, 8, 8, 9, 11, 14])
    #expect(error.omittedCount == 0)
    #expect(
      error.description.hasPrefix("test.qasm:3:9: error: expected ']' to close the size, found 'q'\n  qubit[2 q;\n          ^\n"))
  }

  @Test("after a hundred errors the rest is counted")
  func many() throws {
    let error = try #require(failure("qubit q;\n" + String(repeating: "nope q;\n", count: 250)))
    #expect(error.diagnostics.count == 100)
    #expect(error.omittedCount == 150)
    #expect(error.description.hasSuffix("and 150 more errors"))
  }

  @Test("columns count characters, and the caret stands below the place")
  func unicode() throws {
    let error = try #require(failure("float θλ = π;\tfloat β = γ;"))
    #expect(error.diagnostics[0].column == 25)
    #expect(
      error.description == "test.qasm:1:25: error: 'γ' is not declared\n  float θλ = π; float β = γ;\n                          ^")
  }

  @Test("bytes that are no text are refused where they stand")
  func bytes() throws {
    #expect(throws: OpenQASMError.self) { try OpenQASMParser.parse([0x71, 0xFF, 0xFE, 0x00], file: "b") }
    #expect(throws: OpenQASMError.self) { try OpenQASMParser.parse([0xC3]) }
  }
}
