import Foundation
import Testing

@Suite("ketwork run --mitigation")
struct MitigationTests {
  private static let circuit = """
    OPENQASM 3.0; include "stdgates.inc"; input float theta; qubit[3] q;
    ry(0.7) q[0]; cx q[0], q[1]; rx(theta) q[2]; cx q[1], q[2]; ry(0.5) q[1]; cx q[0], q[1];
    """

  private func run(_ arguments: [String], rows: String = "theta\n0.4\n1.3\n") throws -> [Report] {
    let scratch = try Scratch(["c.qasm": Self.circuit, "rows.csv": rows])
    let common = ["run", scratch.path("c.qasm"), "--parameters", scratch.path("rows.csv"), "--precision", "double", "--seed", "5"]
    return try CommandLineTool.json(common + ["--observable", "ZZI", "--observable", "0.5*ZIZ + XXI"] + arguments)
  }

  @Test(
    "mitigated values stand beside those that they are made of, nearer to the values without noise, for each row", .tags(.process),
    arguments: [["zne"], ["zne", "--zne-fit", "richardson"], ["cdr"], ["pec", "--mitigation-samples", "4000"]])
  func values(_ method: [String]) throws {
    let exact = try run([]).map { $0.expectations ?? [] }
    let found = try run(["--device-model", "manila", "--mitigation"] + method).map { $0.expectations ?? [] }
    #expect(found.count == 2)
    var (plain, mitigated) = (0.0, 0.0)
    for (truth, value) in zip(exact.joined(), found.joined()) {
      let estimate = try #require(value.mitigated)
      #expect(estimate.method == method[0] && estimate.variants >= 3 && estimate.sampling_overhead >= 1)
      plain += abs(value.value - truth.value)
      mitigated += abs(estimate.value - truth.value)
    }
    #expect(mitigated < plain, "\(method): \(mitigated), \(plain)")
  }

  @Test(
    "submit gives what run gives, bit for bit", .tags(.process),
    arguments: [
      ["zne", "--zne-scales", "1,1.5,3", "--zne-folding", "local"], ["pec", "--mitigation-samples", "40"],
      ["cdr", "--mitigation-samples", "6"], ["twirling", "--mitigation-samples", "4"], ["dd", "--dd-sequence", "xx"],
      ["symmetry", "--symmetry", "-ZII"], ["readout", "--shots", "300"],
    ])
  func submit(_ method: [String]) throws {
    let scratch = try Scratch(["c.qasm": Self.circuit, "rows.csv": "theta\n0.4\n1.3\n-2.0\n"])
    let arguments =
      [
        scratch.path("c.qasm"), "--parameters", scratch.path("rows.csv"), "--seed", "5", "--observable", "ZZI", "--device", "cpu",
        "--device-model", "manila", "--mitigation",
      ] + method
    let (run, submitted) = (try CommandLineTool.json(["run"] + arguments), try CommandLineTool.json(["submit"] + arguments))
    #expect(run.count == 3 && run.map(\.row) == submitted.map(\.row))
    for (expected, found) in zip(run, submitted) {
      let (expected, found) = (try #require(expected.expectations?[0]), try #require(found.expectations?[0]))
      let (estimate, other) = (try #require(expected.mitigated), try #require(found.mitigated))
      #expect(expected.value == found.value && estimate.value == other.value && estimate.standard_error == other.standard_error)
      #expect(estimate.diagnostics == other.diagnostics && estimate.variants == other.variants && other.method == method[0])
    }
  }

  @Test("an archive has the mitigated values that JSON has", .tags(.process))
  func archive() throws {
    let found = try run(["--device-model", "manila", "--mitigation", "zne"]).flatMap { $0.expectations ?? [] }
    let scratch = try Scratch(["c.qasm": Self.circuit, "rows.csv": "theta\n0.4\n1.3\n"])
    let outcome = try CommandLineTool.run([
      "run", scratch.path("c.qasm"), "--parameters", scratch.path("rows.csv"), "--precision", "double", "--seed", "5",
      "--observable",
      "ZZI", "--observable", "0.5*ZIZ + XXI", "--device-model", "manila", "--mitigation", "zne", "--output",
      scratch.path("out.npz"),
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let arrays = try NumPyFile.arrays(scratch.path("out.npz"))
    #expect(arrays["mitigated_values"] == NumPyFile.Array(shape: [2, 2], values: found.compactMap { $0.mitigated?.value }))
    #expect(arrays["values"] == NumPyFile.Array(shape: [2, 2], values: found.map(\.value)))
    #expect(arrays["mitigated_standard_errors"]?.shape == [2, 2])
  }

  @Test("twirling and decoupling keep values without their noise, and tell what they did", .tags(.process))
  func pulses() throws {
    let exact = try run([]).map { $0.expectations ?? [] }
    for (method, diagnostic) in [("twirling", "shot_standard_error"), ("dd", "windows_filled")] {
      let found = try run(["--device-model", "manila", "--mitigation", method]).map { $0.expectations ?? [] }
      for (truth, value) in zip(exact.joined(), found.joined()) {
        let estimate = try #require(value.mitigated)
        #expect(abs(estimate.value - truth.value) < 0.06 && estimate.diagnostics[diagnostic] != nil)
      }
    }
  }

  @Test("errors of reading are undone: six standard errors", .tags(.process))
  func readout() throws {
    // Of gates that make no noise, so that reading is all there is.
    let circuit = "OPENQASM 3.0; include \"stdgates.inc\"; qubit[2] q; rz(0.1) q[0]; s q[1];"
    let scratch = try Scratch(["c.qasm": circuit])
    let arguments = [
      "run", scratch.path("c.qasm"), "--observable", "ZZ", "--observable", "IZ", "--shots", "20000", "--seed", "4",
      "--device-model", "manila", "--mitigation", "readout",
    ]
    for extra in [[], ["--readout-method", "unfolding"]] {
      for value in try CommandLineTool.json(arguments + extra)[0].expectations ?? [] {
        let estimate = try #require(value.mitigated)
        #expect(value.value < 0.99, "errors of reading are not seen")
        let bias = extra.isEmpty ? 0 : 0.05
        #expect(abs(estimate.value - 1) <= 6 * estimate.standard_error + bias, "\(value)")
      }
    }
  }

  @Test("a symmetry's share is told", .tags(.process))
  func symmetry() throws {
    let scratch = try Scratch(["bell.qasm": Sources.bell])
    let found = try CommandLineTool.json([
      "run", scratch.path("bell.qasm"), "--observable", "XX", "--device-model", "manila", "--mitigation", "symmetry", "--symmetry",
      "ZZ",
    ])
    let value = try #require(found[0].expectations?[0]), estimate = try #require(value.mitigated)
    #expect(abs(estimate.value - 1) < abs(value.value - 1))
    #expect((0.9..<1).contains(estimate.diagnostics["fraction_kept"] ?? 0))
  }

  @Test(
    "what a technique lacks is refused with what it needs", .tags(.process),
    arguments: [
      (["--mitigation", "pec"], "--noise or --device-model"), (["--mitigation", "dd"], "--device-model"),
      (["--mitigation", "symmetry"], "--symmetry is needed"), (["--mitigation", "zne", "--zne-fit", "cubic"], "polynomial:D"),
      (["--mitigation", "zne", "--zne-scales", "1,x"], "numbers of at least 1"),
      (["--mitigation", "readout", "--device-model", "manila"], "--shots are needed"),
      (["--mitigation", "zne", "--zne-scales", "1"], "different scale factors"),
      (["--mitigation", "zne", "--explain"], "cannot go with --explain"),
    ])
  func refusals(_ arguments: [String], _ words: String) throws {
    let scratch = try Scratch(["bell.qasm": Sources.bell])
    for command in ["run", "submit"] where command == "run" || !arguments.contains("--explain") {
      let found = try CommandLineTool.run([command, scratch.path("bell.qasm"), "--observable", "ZZ"] + arguments)
      #expect([64, 65].contains(found.status) && found.errors.contains(words), "\(found.errors)")
    }
  }
  @Test("a job file's mitigation goes with no gradients and no plan either", .tags(.process))
  func jobFile() throws {
    let entry = #"{"circuit": "bell.qasm", "observables": ["ZZ"], "mitigation": {"method": "zne"}}"#
    let scratch = try Scratch(["bell.qasm": Sources.bell, "job.json": #"{"version": 1, "circuits": [\#(entry)]}"#])
    for arguments in [["--explain"], ["--gradient", "adjoint", "--observable", "ZZ"]] {
      let found = try CommandLineTool.run(["run", scratch.path("job.json"), "--json"] + arguments)
      #expect(found.status == 64 && found.errors.contains("\(arguments[0]) cannot go with"), "\(found.errors)")
    }
    let report = try CommandLineTool.json(["submit", scratch.path("job.json")])[0]
    #expect(report.expectations?[0].mitigated?.method == "zne")
  }
}
