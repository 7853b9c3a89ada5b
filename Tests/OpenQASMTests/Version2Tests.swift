import Circuits
import OpenQASM
import TestSupport
import Testing

/// The unitary of gate statements on a register `q`, read as a version.
func unitary(_ body: String, qubits: Int = 2, version: OpenQASMVersion) throws -> Matrix {
  let head =
    version == .v2
    ? "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[\(qubits)];\n"
    : "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[\(qubits)] q;\n"
  return try SameBehaviour.unitary(try OpenQASMParser.parse(head + body))
}

@Suite("OpenQASM 2")
struct Version2Tests {
  @Test(
    "statements that mean the same",
    arguments: [
      ("U(0.1,0.2,0.3) q[0];", "u3(0.1,0.2,0.3) q[0];"),
      ("CX q[0],q[1];", "cx q[0],q[1];"),
      ("h q;", "h q[0]; h q[1];"),
      ("cx q,q;", nil),
      ("u2(0.3,-pi) q[1];", "u(pi/2,0.3,-pi) q[1];"),
      ("rx(1/2) q[0];", "rx(0.5) q[0];"),
      ("rx(2^3^0.5) q[0];", "rx(3.32200) q[0];"),
      ("rx(-2^2) q[0];", "rx(-4) q[0];"),
      ("rx(sin(0.3)+cos(0.4)*tan(0.2)-exp(0.1)/ln(3)+sqrt(2)) q[0];", "rx(0.89047) q[0];"),
      ("rx(asin(0.5)+acos(0.5)+atan(1)) q[0];", "rx(3*pi/4) q[0];"),
      (
        "gate g(a,b) x,y { rx(a*b) x; barrier x,y; cx x,y; ry(-(a+b)) y; } g(0.5,2) q[1],q[0];",
        "rx(1) q[1]; cx q[1],q[0]; ry(-2.5) q[0];"
      ),
      ("gate cx a,b { U(0,0,0) a; } cx q[0],q[1];", "id q[0];"),
      ("gate n a { } n q[0];", "id q[0];"),
      ("u0(1) q[0];", "id q[0];"),
      ("c3sqrtx r[0],r[1],r[2],r[3];", nil),
    ] as [(String, String?)])
  func equivalent(_ text: String, _ same: String?) throws {
    guard let same else {
      #expect(throws: OpenQASMError.self) { try unitary(text, version: .v2) }
      return
    }
    let distance = try unitary(text, version: .v2).distance(to: unitary(same, version: .v2))
    #expect(distance < 1e-4)
  }

  @Test("every name of qelib1.inc is known", arguments: qelib1)
  func library(_ name: String, _ parameters: Int, _ qubits: Int) throws {
    let angles = parameters == 0 ? "" : "(" + Array(repeating: "0.3", count: parameters).joined(separator: ",") + ")"
    let operands = (0..<qubits).map { "q[\($0)]" }.joined(separator: ",")
    let circuit = try OpenQASMParser.parse("OPENQASM 2.0; include \"qelib1.inc\"; qreg q[5]; \(name)\(angles) \(operands);")
    #expect(circuit.instructions.count == 1)
  }

  static let qelib1: [(String, Int, Int)] = [
    ("u3", 3, 1), ("u2", 2, 1), ("u1", 1, 1), ("cx", 0, 2), ("id", 0, 1), ("u0", 1, 1), ("u", 3, 1), ("p", 1, 1), ("x", 0, 1),
    ("y", 0, 1), ("z", 0, 1), ("h", 0, 1), ("s", 0, 1), ("sdg", 0, 1), ("t", 0, 1), ("tdg", 0, 1), ("rx", 1, 1), ("ry", 1, 1),
    ("rz", 1, 1), ("sx", 0, 1), ("sxdg", 0, 1), ("cz", 0, 2), ("cy", 0, 2), ("swap", 0, 2), ("ch", 0, 2), ("ccx", 0, 3),
    ("cswap", 0, 3), ("crx", 1, 2), ("cry", 1, 2), ("crz", 1, 2), ("cu1", 1, 2), ("cp", 1, 2), ("cu3", 3, 2), ("csx", 0, 2),
    ("cu", 4, 2), ("rxx", 1, 2), ("rzz", 1, 2), ("rccx", 0, 3), ("rc3x", 0, 4), ("c3x", 0, 4), ("c3sqrtx", 0, 4), ("c4x", 0, 5),
  ]

  @Test("registers are broadcast, measured, reset and compared")
  func operations() throws {
    let circuit = try OpenQASMParser.parse(
      """
      OPENQASM 2.0;
      include "qelib1.inc";
      // a comment
      qreg q[2]; qreg r[2]; creg c[2]; creg d[1];
      x q[0]; cx q, r; cx q[0], r;
      barrier q, r[0];
      measure r -> c;
      if (c == 2) x q[1];
      if(c==2) measure q[1] -> d[0];
      reset q;
      """)
    #expect(circuit.quantumRegisters.map(\.name) == ["q", "r"])
    #expect(circuit.classicalRegisters.map(\.bits) == [0..<2, 2..<3])
    // r: cx q,r gives 01, then both are flipped by q[0]: 10.
    #expect(try ReferenceInterpreter.distribution(circuit) == ["110": 1])
  }

  @Test("a register of more than 64 bits is compared whole")
  func wideComparison() throws {
    let text =
      "OPENQASM 2.0; include \"qelib1.inc\"; qreg q[2]; creg c[70]; x q[0]; measure q[0] -> c[69]; if (c==0) x q[1]; measure q[1] -> c[0];"
    let distribution = try ReferenceInterpreter.distribution(try OpenQASMParser.parse(text))
    #expect(distribution == ["1" + String(repeating: "0", count: 69): 1])
  }

  @Test("words of version 3 are plain names")
  func names() throws {
    let circuit = try OpenQASMParser.parse(
      "OPENQASM 2.0; include \"qelib1.inc\"; qreg bit[1]; creg input[1]; gate for a { x a; } for bit[0]; measure bit -> input;")
    #expect(try ReferenceInterpreter.distribution(circuit) == ["1": 1])
  }
}
