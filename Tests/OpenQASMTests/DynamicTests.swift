import Circuits
import OpenQASM
import TestSupport
import Testing

@Suite("OpenQASM 3: what is decided by measurements")
struct DynamicTests {
  /// Programs on `qubit[3] q` and their distributions, worked out by hand.
  static let programs: [(String, String, [String: Double])] = [
    (
      "if and else", "bit[2] c; h q[0]; c[0] = measure q[0]; if (c[0]) { x q[1]; } else { x q[2]; } c[1] = measure q[1];",
      ["00": 0.5, "11": 0.5]
    ),
    ("arrow", "bit[2] c; x q[1]; measure q[0:1] -> c;", ["10": 1]),
    ("declared by measuring", "x q[0]; bit c = measure q[0];", ["1": 1]),
    ("measured into a bool", "x q[0]; bool b = measure q[0]; bit c; c = b;", ["1": 1]),
    ("register comparison", "bit[3] c; bit d; x q[1]; c = measure q; if (c == 2) x q[0]; d = measure q[0];", ["1010": 1]),
    ("bit string comparison", "bit[3] c; bit d; x q[1]; c = measure q; if (c == \"010\") x q[0]; d = measure q[0];", ["1010": 1]),
    ("reset", "bit c; h q[0]; cx q[0], q[1]; reset q[0]; c = measure q[0];", ["0": 1]),
    (
      "while", "bit c = 1; bit d; int n = 0; while (c == 1 && n < 2) { h q[0]; c = measure q[0]; n += 1; } d = (n == 2);",
      ["00": 0.5, "10": 0.25, "11": 0.25]
    ),
    (
      "while that measures in its condition",
      "def flip(qubit a) -> bit { h a; return measure a; } bit c; while (flip(q[0]) == 0) { x q[1]; break; } c = measure q[1];",
      ["0": 0.5, "1": 0.5]
    ),
    (
      "break", "bit[2] c; for int i in [0:1] { h q[i]; c[i] = measure q[i]; if (c[i]) break; }",
      ["00": 0.25, "01": 0.5, "10": 0.25]
    ),
    (
      "continue",
      "bit[2] c; bit d; for int i in [0:1] { h q[i]; c[i] = measure q[i]; if (c[i]) continue; x q[2]; } d = measure q[2];",
      ["000": 0.25, "101": 0.25, "110": 0.25, "011": 0.25]
    ),
    (
      "loop to a measured end",
      "bit[2] c; bit[2] d; x q[0]; x q[1]; c[0] = measure q[0]; c[1] = measure q[1]; for int i in [1:uint[2](c)] { x q[2]; } d[0] = measure q[2];",
      ["0111": 1]
    ),
    (
      "switch",
      "bit[2] c; bit d; x q[1]; c = measure q[0:1]; switch (int(c)) { case 0 { } case 1, 2 { x q[2]; } default { } } d = measure q[2];",
      ["110": 1]
    ),
    (
      "measured index", "bit[3] c; bit[2] i; h q[0]; i[0] = measure q[0]; c[uint[2](i)] = 1; i = \"00\";",
      ["00001": 0.5, "00010": 0.5]
    ),
    ("variables", "bit c; bit d; int[4] n = 7; h q[0]; c = measure q[0]; if (c) { n += 1; } d = n < 0;", ["00": 0.5, "11": 0.5]),
    ("angles", "bit c; angle[4] a = 0; x q[0]; c = measure q[0]; a[2] = c; a <<= 1; rx(a) q[1]; bit d = measure q[1];", ["11": 1]),
    (
      "arrays",
      "array[int[8], 2, 2] m; bit c; bit d; x q[0]; c = measure q[0]; m[int(c), 0] = 5; m[0] = {1, 2}; d = m[1][0] + m[0, 1] == 7;",
      ["11": 1]
    ),
    (
      "arrays by reference",
      "array[int[8], 3] m = {1, 2, 3}; def f(mutable array[int[8], #dim = 1] a, qubit b) { a[1] = 9; if (bool(measure_it(b))) { a[2] = 8; } } def measure_it(qubit b) -> bit { return measure b; } x q[0]; f(m, q[0]); bit d; d = m[1] + m[2] == 17;",
      ["1": 1]
    ),
    (
      "return inside branches and loops",
      "def f(qubit a, qubit b) -> int { for int i in [0:3] { bit c; h a; c = measure a; if (c) { return i; } } x b; return 7; } int r = f(q[0], q[1]); bit[3] o; o = uint[3](r);",
      ["000": 0.5, "001": 0.25, "010": 0.125, "011": 0.0625, "111": 0.0625]
    ),
    ("local bits stay out of the result", "bit c; { bit[2] l; x q[0]; l[0] = measure q[0]; c = l[0]; }", ["1": 1]),
    ("explicit output", "bit[2] c; output bit d; x q[0]; c[0] = measure q[0]; d = c[0];", ["1": 1]),
    ("end", "bit c; bit d; x q[0]; h q[1]; c = measure q[1]; if (c) { end; } d = measure q[0];", ["01": 0.5, "10": 0.5]),
    ("aliases of bits", "bit[3] c; let a = c[{2, 0}]; x q[0]; a[0] = measure q[0]; a = a;", ["100": 1]),
    ("bits out of order as a value", "bit[3] c; bit[2] d; let a = c[{2, 0}]; x q[0]; c[2] = measure q[0]; d = a;", ["01100": 1]),
    (
      "rotation and popcount",
      "bit[4] c = \"0011\"; bit d; x q[0]; c[3] = measure q[0]; d = popcount(rotl(c, 1)) == 3; c = rotl(c, 1);", ["10111": 1]
    ),
    ("shadowing", "int n = 1; bit c; { int n = 2; n = 3; } c = n == 1; bit m = measure q[0];", ["01": 1]),
    (
      "values forgotten in loops", "bit c; bit d; int n = 0; x q[0]; c = measure q[0]; while (c) { n = 1; c = 0; } d = n == 1;",
      ["10": 1]
    ),
    (
      "conditional break keeps later values unknown",
      "bit c; bit d; int n = 0; x q[0]; c = measure q[0]; for int i in [1:3] { if (c) { break; } n = i; } d = n == 0;", ["11": 1]
    ),
  ]

  @Test("programs have the distributions worked out by hand", arguments: programs)
  func program(_ name: String, _ body: String, _ expected: [String: Double]) throws {
    let circuit = try OpenQASMParser.parse("OPENQASM 3.0; include \"stdgates.inc\"; qubit[3] q; \(body)")
    let found = try ReferenceInterpreter.distribution(circuit)
    #expect(SameBehaviour.distance(found, expected) < 1e-12, "\(name): \(found)")
    let again = try OpenQASMParser.parse(try OpenQASMExporter.export(circuit, version: .v3))
    #expect(
      SameBehaviour.distance(try ReferenceInterpreter.distribution(again), try ReferenceInterpreter.distribution(circuit)) < 1e-12)
  }

  @Test("teleportation moves a state")
  func teleportation() throws {
    let circuit = try OpenQASMParser.parse(
      """
      OPENQASM 3;
      include "stdgates.inc";
      qubit[3] q;
      bit c0; bit c1; bit out;
      U(0.3, 0.2, 0.1) q[0];
      h q[1]; cx q[1], q[2];
      cx q[0], q[1]; h q[0];
      c0 = measure q[0];
      c1 = measure q[1];
      if (c0 == 1) z q[2];
      if (c1 == 1) { x q[2]; }
      if (c1 == 1) { }
      inv @ U(0.3, 0.2, 0.1) q[2];
      out = measure q[2];
      """)
    let found = try ReferenceInterpreter.distribution(circuit)
    for key in ["000", "001", "010", "011"] { #expect(abs((found[key] ?? 0) - 0.25) < 1e-12) }
  }
}
