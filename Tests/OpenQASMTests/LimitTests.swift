import Circuits
import Testing

@testable import OpenQASM

@Suite("limits: no input hangs, crashes or eats memory")
struct LimitTests {
  /// Sources that would take forever or more memory than there is, and what is said of them.
  static let bombs: [(String, String, String)] = [
    ("parentheses", "float x = " + String(repeating: "(", count: 100_000) + "1", "nested deeper"),
    (
      "closed parentheses", "float x = " + String(repeating: "(", count: 5000) + "1" + String(repeating: ")", count: 5000) + ";",
      "nested deeper"
    ),
    ("signs", "float x = " + String(repeating: "-", count: 100_000) + "1;", "nested deeper"),
    ("sum", "float x = 1" + String(repeating: "+1", count: 100_000) + ";", "an expression deeper"),
    ("powers", "float x = 1" + String(repeating: "**1", count: 100_000) + ";", "nested deeper"),
    ("indices", "int x = a" + String(repeating: "[0]", count: 100_000) + ";", "deeper"),
    ("lists", "int x = 1; for int i in " + String(repeating: "{", count: 100_000), "nested deeper"),
    ("blocks", String(repeating: "{", count: 100_000), "nested deeper"),
    ("ifs", "bit c;" + String(repeating: "if (c) ", count: 100_000), "nested deeper"),
    ("else ifs", "bit c;" + String(repeating: "if (c) { } else ", count: 100) + "{ }", "control flow nested deeper"),
    (
      "whiles", "bit c;" + String(repeating: "while (c) {", count: 100) + String(repeating: "}", count: 100),
      "control flow nested deeper"
    ),
    ("modifiers", "qubit q; " + String(repeating: "inv @ ", count: 100_000) + "U(0,0,0) q;", "modifiers"),
    ("loop", "for int i in [0:1000000000000] { }", "a loop of"),
    ("endless range", "for int i in [-9223372036854775807:9223372036854775807] { }", "a loop of"),
    ("loops in loops", "for int i in [0:999999] { for int j in [0:999999] { } }", "steps"),
    ("gates in loops", "qubit q; for int i in [0:9999] { for int j in [0:9999] { gphase(1); } }", "more than"),
    (
      "doubling gates",
      "qubit q; gate g0 a { U(0,0,1) a; } " + (1...60).map { "gate g\($0) a { g\($0 - 1) a; g\($0 - 1) a; } " }.joined() + "g60 q;",
      "expands the circuit"
    ),
    (
      "doubling empty gates",
      "qubit q; gate g0 a { } " + (1...60).map { "gate g\($0) a { g\($0 - 1) a; g\($0 - 1) a; } " }.joined() + "g60 q;",
      "expands the circuit"
    ),
    (
      "deep gates", "qubit q; gate g0 a { } " + (1...5000).map { "gate g\($0) a { g\($0 - 1) a; } " }.joined() + "g5000 q;",
      "levels deep"
    ),
    ("powers of gates", "qubit q; gate g a { U(0,0,1) a; U(0,0,1) a; } pow(1000000000) @ g q;", "expands the circuit"),
    (
      "powers of powers", "qubit q; gate g a { U(0,0,1) a; U(0,0,1) a; } " + String(repeating: "pow(9) @ ", count: 40) + "g q;",
      "expands the circuit"
    ),
    (
      "powers by parameter", "qubit q; gate h2 a { U(0,0,1) a; U(1,0,1) a; } gate f(k) a { pow(k) @ h2 a; } f(1e12) q;",
      "expands the circuit"
    ),
    (
      "doubling angles",
      "input float t; qubit q; gate g0(x) a { U(x, 0, 0) a; } "
        + (1...60).map { "gate g\($0)(x) a { g\($0 - 1)(x + x) a; } " }.joined() + "g60(t) q;", "an angle of more than"
    ),
    (
      "doubling arguments",
      "input float t; def f0(float x) -> float { return x + x; } "
        + (1...60).map { "def f\($0)(float x) -> float { return f\($0 - 1)(x + x); } " }.joined() + "float y = f60(t);", "more than"
    ),
    (
      "doubling calls", "def f0() { } " + (1...60).map { "def f\($0)() { f\($0 - 1)(); f\($0 - 1)(); } " }.joined() + "f60();",
      "steps"
    ),
    ("deep calls", "def f0() { } " + (1...5000).map { "def f\($0)() { f\($0 - 1)(); } " }.joined() + "f5000();", "nested deeper"),
    (
      "wide aliases", "qubit[4000] q; let a0 = q; " + (1...60).map { "let a\($0) = a\($0 - 1) ++ a\($0 - 1); " }.joined(),
      "an alias of"
    ),
    ("arrays", "array[int, 1000000, 1000000] a;", "an array of"),
    ("many arrays", (0..<100).map { "array[int, 1000000] a\($0);" }.joined(), "array elements"),
    ("many variables", (0..<20_000).map { "int a\($0);" }.joined(), "variables"),
    ("many inputs", (0..<20_000).map { "input float a\($0);" }.joined(), "parameters"),
    ("input array", "input array[float, 1000000] a;", "parameters"),
    ("many registers", (0..<20_000).map { "bit a\($0);" }.joined(), "classical registers"),
    ("bits", "bit[1000000000] a;", "at most"),
    ("hardware qubits", "reset $99999999999999999999;", "a circuit has at most"),
    ("long barrier", "qubit[4096] q; for int i in [0:999999] { barrier q; }", "more than"),
  ]

  @Test("bombs are refused in seconds", .timeLimit(.minutes(5)), arguments: bombs.map(\.0))
  func bomb(_ name: String) throws {
    let (_, source, says) = try #require(Self.bombs.first { $0.0 == name })
    // A small budget ends the same way as the whole one, sooner.
    let error = try #require(failure(source, budget: Budget(instructionCount: 20_000, stepCount: 40_000)), "\(name) is accepted")
    #expect(error.description.contains(says), "\(name): \(error.description.prefix(400))")
    #expect(error.diagnostics.allSatisfy { $0.line >= 1 && $0.column >= 1 })
  }

  @Test("a source above the limit is refused before it is read")
  func size() {
    let error = #expect(throws: OpenQASMError.self) {
      try OpenQASMParser.parse(Array(repeating: UInt8(ascii: " "), count: OpenQASM.Limits.sourceByteCount + 1))
    }
    #expect(error?.diagnostics[0].code == .limitExceeded)
  }

  @Test("what is just within the limits is accepted")
  func within() throws {
    let deep = String(repeating: "(", count: 200) + "1" + String(repeating: ")", count: 200)
    _ = try OpenQASMParser.parse("float x = \(deep);")
    _ = try OpenQASMParser.parse("bit c;" + String(repeating: "while (c) {", count: 50) + String(repeating: "}", count: 50))
    let gates = (1...100).map { "gate g\($0) a { g\($0 - 1) a; } " }.joined()
    let circuit = try OpenQASMParser.parse("qubit q; gate g0 a { U(0,0,1) a; } \(gates) g100 q;")
    #expect(circuit.instructions.count == 1)
    let long = try OpenQASMParser.parse("qubit[4] q; for int i in [0:9999] { U(0, 0, i) q; }")
    #expect(long.instructions.count == 40_000)
  }

  @Test("locals of loops and calls share their storage")
  func storage() throws {
    let circuit = try OpenQASMParser.parse(
      "qubit q; bit c; def f(qubit a) -> bit { bit b; b = measure a; return b; } for int i in [0:20000] { int n = i; n += 1; c = f(q); }"
    )
    #expect(circuit.variables.count <= 4)
    #expect(circuit.classicalRegisters.count <= 4)
  }
}
