import Foundation
import Testing

@Suite("ketwork transpile")
struct TranspileTests {
  private struct Report: Decodable {
    struct Figure: Decodable {
      var before: Double
      var after: Double
    }

    var circuit: String
    var qubits: Int
    var depth: Figure
    var two_qubit_gates: Figure
    var expected_fidelity: Figure?
    var duration: Double?
    var initial_layout: [Int]
    var final_layout: [Int]
  }

  /// Four qubits each of which meets each: more than manila's line couples.
  private static let phases = """
    OPENQASM 3.0; include "stdgates.inc"; qubit[4] q; bit[4] c;
    h q[0]; ry(0.4) q[1]; ry(1.1) q[2]; h q[3];
    cp(0.7) q[0], q[1]; cp(0.9) q[0], q[2]; cp(1.3) q[0], q[3]; cp(0.5) q[1], q[2]; cp(1.9) q[1], q[3]; cp(0.3) q[2], q[3];
    h q[0]; h q[1]; ry(0.8) q[2]; h q[3];
    c = measure q;
    """

  /// What it does it undoes; lagos has more than one place for it of one cost.
  private static let mirror = """
    OPENQASM 2.0; include "qelib1.inc"; qreg q[6];
    ry(1.702) q[0]; rz(1.843) q[1]; rz(0.317) q[2]; s q[3]; ry(3.013) q[4]; rx(2.331) q[5]; cx q[5],q[2]; cz q[3],q[1];
    cz q[0],q[4]; rx(-0.839) q[0]; rx(-0.930) q[1]; ry(2.625) q[2]; rx(3.120) q[3]; sdg q[4]; ry(-1.158) q[5];
    cx q[0],q[2]; cz q[5],q[4]; cz q[1],q[3]; barrier q[0],q[1],q[2],q[3],q[4],q[5]; cz q[1],q[3]; cz q[5],q[4];
    cx q[0],q[2]; ry(1.158) q[5]; s q[4]; rx(-3.120) q[3]; ry(-2.625) q[2]; rx(0.930) q[1]; rx(0.839) q[0];
    cz q[0],q[4]; cz q[3],q[1]; cx q[5],q[2]; rx(-2.331) q[5]; ry(-3.013) q[4]; sdg q[3]; rz(-0.317) q[2];
    rz(-1.843) q[1]; ry(-1.702) q[0];
    """

  private static func report(_ arguments: [String]) throws -> Report {
    let outcome = try CommandLineTool.run(["transpile"] + arguments + ["--json"])
    guard outcome.status == 0 else { throw CommandLineTool.Trouble("status \(outcome.status): \(outcome.errors)") }
    return try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
  }

  /// How often each bitstring is read, exactly as the circuit's file says: 20,000 shots.
  private static func frequencies(_ path: String) throws -> [String: Double] {
    let found = try CommandLineTool.json(["run", path, "--shots", "20000", "--seed", "3"])
    return try #require(found.first?.counts).mapValues { Double($0) / 20_000 }
  }

  private static func distance(_ first: [String: Double], _ second: [String: Double]) -> Double {
    Set(first.keys).union(second.keys).reduce(0) { $0 + abs((first[$1] ?? 0) - (second[$1] ?? 0)) } / 2
  }

  @Test("every process writes the same", .tags(.process))
  func repeated() throws {
    let scratch = try Scratch(["mirror.qasm": Self.mirror])
    let arguments = ["transpile", scratch.path("mirror.qasm"), "--device-model", "lagos"]
    let outputs = try (0..<6).map { _ in try CommandLineTool.run(arguments).output }
    #expect(outputs[0].hasPrefix("OPENQASM 3.0") && Set(outputs).count == 1)
  }

  @Test("what is written is read again, runs on the device and does what the circuit does", .tags(.process))
  func written() throws {
    let scratch = try Scratch(["phases.qasm": Self.phases])
    let (input, output) = (scratch.path("phases.qasm"), scratch.path("compiled.qasm"))
    let report = try Self.report([input, "--device-model", "manila", "--max-depth", "40", "--output", output])
    #expect(report.circuit == "phases.qasm" && report.qubits == 4)
    // A layer of gates, six gates of which five can follow one another, a layer of gates, measurements.
    #expect(report.two_qubit_gates.before == 6 && (4...8).contains(report.depth.before))
    #expect(report.two_qubit_gates.after >= 12 && report.two_qubit_gates.after <= 24 && report.depth.after > report.depth.before)
    let fidelity = try #require(report.expected_fidelity)
    #expect((0.1..<1).contains(fidelity.before) && (0.1..<1).contains(fidelity.after))
    for layout in [report.initial_layout, report.final_layout] {
      #expect(layout.count == 4 && Set(layout).count == 4 && layout.allSatisfy((0..<5).contains))
    }
    // Two samples of sixteen outcomes differ by about a hundredth.
    #expect(Self.distance(try Self.frequencies(input), try Self.frequencies(output)) < 0.03)
    // The device takes the compiled circuit, and not the one that was given.
    let noisy = ["--device-model", "manila", "--shots", "10"]
    #expect(try CommandLineTool.run(["run", output] + noisy).status == 0)
    #expect(try CommandLineTool.run(["run", input] + noisy).status == 65)
  }

  @Test("control flow is compiled and read again", .tags(.process))
  func controlFlow() throws {
    let scratch = try Scratch(["repeat.qasm": Sources.repeatUntilSuccess])
    let (input, output) = (scratch.path("repeat.qasm"), scratch.path("compiled.qasm"))
    let report = try Self.report([input, "--device-model", "manila", "--schedule", "alap", "--output", output])
    #expect(report.qubits == 2 && report.duration == nil)
    #expect(Self.distance(try Self.frequencies(input), try Self.frequencies(output)) < 0.03)
  }

  @Test(
    "a schedule writes delays and how long the circuit takes; late starts are nearer to the state without noise", .tags(.process))
  func schedule() throws {
    // Qubit 2 is flipped first and needed last.
    let source = """
      OPENQASM 3.0; include "stdgates.inc"; qubit[3] q; x q[2]; \
      \(String(repeating: "cx q[0], q[1]; ry(0.3) q[0]; ry(0.2) q[1]; ", count: 20)) cx q[1], q[2];
      """
    let scratch = try Scratch(["late.qasm": source])
    var (values, durations) = ([Double](), [Double]())
    for policy in ["asap", "alap"] {
      let output = scratch.path(policy + ".qasm")
      let report = try Self.report([
        scratch.path("late.qasm"), "--device-model", "manila", "--schedule", policy, "--output", output,
      ])
      durations.append(try #require(report.duration))
      #expect(try String(contentsOfFile: output, encoding: .utf8).contains("delay["))
      let place = report.final_layout[2]
      let label = String((0..<5).reversed().map { $0 == place ? "Z" : "I" })
      func value(_ noise: [String]) throws -> Double {
        try #require(
          CommandLineTool.json(["run", output, "--observable", label, "--precision", "double"] + noise)[0].expectations)[0].value
      }
      values.append(abs(try value(["--device-model", "manila", "--method", "density-matrix"]) - value([])))
    }
    #expect(abs(durations[0] - durations[1]) < 1e-12 && (1e-6...1e-3).contains(durations[0]))
    #expect(values[1] < values[0] - 0.005, "\(values)")
  }

  @Test(
    "what cannot be done is refused with its status and a reason", .tags(.process),
    arguments: [
      (["--device-model", "atlantis"], 64, "no device model 'atlantis'"), ([], 64, "--device-model or --coupling"),
      (["--coupling", "line:2"], 65, "a circuit of 4 qubits; the device has 2"),
      (["--coupling", "blob:2"], 64, "blob"), (["--device-model", "manila", "--max-depth", "0"], 64, "at least 1"),
      (["--coupling", "line:4", "--basis", "h,cx"], 64, "a gate on one qubit is needed"),
      (["--coupling", "line:4", "--schedule", "asap"], 64, "needs --device-model"),
      (["--device-model", "manila", "--schedule", "soon"], 64, "asap"),
      (["--device-model", "manila", "--schedule", "asap", "--openqasm", "2.0"], 64, "OpenQASM 2.0"),
      (
        ["--device-model", "manila", "--output", "/nowhere/compiled.qasm"], 73,
        "/nowhere/compiled.qasm: cannot be written: there is no folder /nowhere/"
      ),
      (["--device-model", "manila", "--output", "/tmp"], 73, "/tmp: is a folder; a file is needed"),
    ])
  func refusals(_ arguments: [String], _ status: Int32, _ words: String) throws {
    let scratch = try Scratch(["phases.qasm": Self.phases])
    let found = try CommandLineTool.run(["transpile", scratch.path("phases.qasm")] + arguments)
    #expect(found.status == status && found.errors.contains(words), "\(found.status): \(found.errors)")
  }

  @Test("a circuit that is not there, or is none, is refused", .tags(.process))
  func input() throws {
    let scratch = try Scratch(["wrong.qasm": "OPENQASM 3.0; qubit[2] q; nothing q[0];"])
    let missing = try CommandLineTool.run(["transpile", scratch.path("missing.qasm"), "--device-model", "manila"])
    #expect(missing.status == 66 && missing.errors.contains("missing.qasm"), "\(missing.status): \(missing.errors)")
    let wrong = try CommandLineTool.run(["transpile", scratch.path("wrong.qasm"), "--device-model", "manila"])
    #expect(wrong.status == 65 && wrong.errors.contains("nothing"), "\(wrong.status): \(wrong.errors)")
  }
}
