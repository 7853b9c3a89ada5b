import Circuits
import OpenQASM
import TestSupport
import Testing

@Suite("OpenQASM 3: gates")
struct Version3GateTests {
  @Test(
    "statements that mean the same, global phase included",
    arguments: [
      ("U(0.1, 0.2, 0.3) q[0];", "gphase(0.05); u(0.1, 0.2, 0.3) q[0];"),
      ("u3(0.1, 0.2, 0.3) q[0];", "gphase(-0.25); u(0.1, 0.2, 0.3) q[0];"),
      ("ctrl @ u3(0.1, 0.2, 0.3) q[0], q[1];", "cu(0.1, 0.2, 0.3, -0.25) q[0], q[1];"),
      ("u2(0.2, 0.3) q[0];", "gphase(-0.25); u(pi/2, 0.2, 0.3) q[0];"),
      ("ctrl @ gphase(0.3) q[0];", "p(0.3) q[0];"),
      ("ctrl @ ctrl @ gphase(0.3) q[0], q[1];", "cp(0.3) q[0], q[1];"),
      ("negctrl @ x q[0], q[1];", "x q[0]; cx q[0], q[1]; x q[0];"),
      ("ctrl(2) @ x q[0], q[1], q[2];", "ccx q[0], q[1], q[2];"),
      ("negctrl @ ctrl @ z q[0], q[1], q[2];", "x q[0]; ccz q[0], q[1], q[2]; x q[0];"),
      ("inv @ s q[0];", "sdg q[0];"),
      ("pow(0.5) @ x q[0];", "sx q[0];"),
      ("inv @ pow(0.5) @ x q[0];", "sxdg q[0];"),
      ("pow(-0.5) @ x q[0];", "sxdg q[0];"),
      ("pow(0.5) @ inv @ x q[0];", "sx q[0];"),
      ("pow(2) @ s q[0];", "z q[0];"),
      ("pow(0.5) @ pow(2) @ x q[0];", "id q[0];"),
      ("pow(0) @ h q[0];", "id q[0];"),
      ("ctrl @ pow(0.5) @ x q[0], q[1];", "csx q[0], q[1];"),
      ("pow(0.5) @ ctrl @ x q[0], q[1];", "csx q[0], q[1];"),
      ("gate g a { h a; t a; } inv @ g q[0];", "tdg q[0]; h q[0];"),
      ("gate g a { h a; t a; } pow(-2) @ g q[0];", "tdg q[0]; h q[0]; tdg q[0]; h q[0];"),
      ("gate g a { h a; gphase(0.3); } ctrl @ g q[0], q[1];", "ch q[0], q[1]; p(0.3) q[0];"),
      ("gate g a, b { cx a, b; } negctrl @ inv @ g q[2], q[1], q[0];", "x q[2]; ccx q[2], q[1], q[0]; x q[2];"),
      ("gate g a { rx(0.3) a; rx(0.5) a; } pow(0.5) @ g q[1];", "rx(0.4) q[1];"),
      ("gate g(k) a { pow(k) @ x a; } g(0.5) q[0];", "sx q[0];"),
      ("gate g a { for int i in [1:3] { rx(0.1 * i) a; } } g q[0];", "rx(0.6) q[0];"),
      (
        "gate g(a) x { rx(a) x; } gate f(b, c) x, y { g(b + c) y; g(-b) x; } f(0.1, 0.2) q[0], q[1];",
        "rx(0.3) q[1]; rx(-0.1) q[0];"
      ),
      ("const float a = 0.3; gate g x { rx(a) x; } g q[0];", "rx(0.3) q[0];"),
      ("h q;", "h q[0]; h q[1]; h q[2];"),
      ("cx q[0], q[1:2];", "cx q[0], q[1]; cx q[0], q[2];"),
      ("x q[-1];", "x q[2];"),
      ("x q[{0, 2}];", "x q[0]; x q[2];"),
      ("x q[0:2:2];", "x q[0]; x q[2];"),
      ("x q[2:-1:0];", "x q;"),
      ("let a = q[1:2]; x a[0];", "x q[1];"),
      ("let a = q[{2, 0}] ++ q[1]; x a[2]; h a[0];", "x q[1]; h q[2];"),
      ("x q[0]; end; x q[1];", nil),
      ("int n = 2; for int i in [0:n] { rx(i) q[0]; }", "rx(3) q[0];"),
      ("for uint i in {2, 0} x q[i];", "x q[0]; x q[2];"),
      ("for int i in [5:-2:1] rx(i) q[0];", "rx(9) q[0];"),
      ("for int i in [0:9] { if (i == 1) continue; if (i > 3) break; rx(i) q[0]; }", "rx(5) q[0];"),
      ("for int i in [3:1] x q[0];", "id q[0];"),
      ("for float f in {0.1, 0.2} rx(f) q[0];", "rx(0.3) q[0];"),
      ("switch (2) { case 1 { x q[0]; } case 2, 3 { x q[1]; } default { x q[2]; } }", "x q[1];"),
      ("switch (5) { case 1 { x q[0]; } default { x q[2]; } }", "x q[2];"),
      ("if (1 > 2) x q[0]; else if (true) { x q[1]; } else x q[2];", "x q[1];"),
      ("rx(7 / 2) q[0];", "rx(3) q[0];"),
      ("rx(7 / 2.0) q[0];", "rx(3.5) q[0];"),
      ("rx(2 ** 3 ** 0.5) q[0];", "rx(3.321997085) q[0];"),
      ("rx(-2 ** 2) q[0];", "rx(-4) q[0];"),
      ("rx(7 % 4 + (1 << 3) - (5 & 3 | 8 ^ 1)) q[0];", "rx(2) q[0];"),
      ("rx(π + τ - ℇ + tau - euler) q[0];", "rx(5*pi - 2*2.718281828459045) q[0];"),
      ("rx(sin(0.3) + arcsin(0.2) + ceiling(0.2) + mod(7, 4) + pow(2, 3) + sqrt(2.0) + popcount(7)) q[0];", "rx(16.9110916) q[0];"),
      ("rx(0x1F + 0b101 + 0o17 + 1_000) q[0];", "rx(1051) q[0];"),
      ("const uint[8] a = 250; const uint[8] b = uint[8](a + 10); rx(b) q[0];", "rx(4) q[0];"),
      ("rx(float(bit[4](\"1010\"))) q[0];", "rx(10) q[0];"),
      ("int x = 5; x += 2; x *= 3; x -= 1; x /= 2; x **= 2; x %= 33; x <<= 1; x ^= 3; rx(x) q[0];", "rx(1) q[0];"),
      ("int[8] x = 6; if (x[1]) x q[0]; if (x[0]) x q[1]; if (bool(x[1:2])) x q[2];", "x q[0]; x q[2];"),
      ("array[float, 2, 2] a = {{0.1, 0.2}, {0.3, 0.4}}; rx(sizeof(a) + sizeof(a, 1)) q[0];", "rx(4) q[0];"),
      ("def f(qubit a, qubit[2] b, float t) { rx(t) a; cx b[0], b[1]; } f(q[2], q[0:1], 0.3);", "rx(0.3) q[2]; cx q[0], q[1];"),
      ("def f(int n) -> int { if (n > 2) { return n; } return 2 * n; } rx(f(3) + f(1)) q[0];", "rx(5) q[0];"),
      ("def f(int n) -> int { for int i in [0:9] { if (i * i > n) { return i; } } return -1; } rx(f(10)) q[0];", "rx(4) q[0];"),
      ("box { x q[0]; } box [100ns] { x q[1]; }", "x q[0]; x q[1];"),
      ("@note this\nx q[0];\npragma whatever $#!\n#pragma more\nx q[1];", "x q[0]; x q[1];"),
      ("duration d = 2 * 100ns; delay[d] q[0]; delay[1us] q; x q[0];", "x q[0];"),
    ] as [(String, String?)])
  func equivalent(_ text: String, _ same: String?) throws {
    guard let same else { return }
    let distance = try unitary(text, qubits: 3, version: .v3).distance(to: unitary(same, qubits: 3, version: .v3))
    #expect(distance < 1e-7)
  }

  @Test("hardware qubits are a register of their own")
  func hardwareQubits() throws {
    let circuit = try OpenQASMParser.parse(
      "OPENQASM 3.0; // costs $9\n include \"stdgates.inc\"; x $2; cx $2, $0; bit b; b = measure $0;")
    #expect(circuit.qubitCount == 3)
    #expect(try ReferenceInterpreter.distribution(circuit) == ["1": 1])
  }

  @Test("what is known before the run leaves no classical memory behind")
  func staticProgram() throws {
    let circuit = try OpenQASMParser.parse(
      "include \"stdgates.inc\"; qubit[4] q; int n = 3; bit[2] c = \"00\"; for int i in [0:n] { int k = i * 2; n = 3; rz(k) q[i]; } c[0] = measure q[0];"
    )
    #expect(!circuit.isDynamic)
    #expect(circuit.instructions.count == 5)
  }

  @Test("inputs are parameters, in order; arrays of them one by one")
  func inputs() throws {
    let circuit = try OpenQASMParser.parse(
      "include \"stdgates.inc\"; input angle[8] a; input array[float, 2] w; input int[8] n; qubit q; rx(2 * a) q; rz(w[1] + n) q; if (n > 1) { x q; }"
    )
    #expect(circuit.parameters.map(\.name) == ["a", "w[0]", "w[1]", "n"])
    let other = try unitary("rx(0.6) q[0]; rz(2.7) q[0]; x q[0];", qubits: 1, version: .v3)
    let memory = try circuit.initialMemory([0.3, 0.1, 0.7, 2])
    guard case .gate(let first) = circuit.instructions[0], case .gate(let second) = circuit.instructions[1] else {
      Issue.record("two gates and a branch are expected")
      return
    }
    #expect(first.parameters[0].parameters.map(\.name) == ["a"])
    #expect(try second.parameters[0].finiteDouble(in: memory) == 2.7)
    #expect(other.dimension == 2)
  }
}
