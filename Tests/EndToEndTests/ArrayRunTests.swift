import Foundation
import Testing

@Suite("ketwork run from arrays to arrays")
struct ArrayRunTests {
  private static let observables = ["--observable", "IIIZ", "--observable", "XIZI"]
  private static let rowCount = 70_000

  /// Angles between −2 and 2 that do not repeat.
  private static let rows = (0..<4 * rowCount).map { 4 * (Double($0) * 0.618033988749895).truncatingRemainder(dividingBy: 1) - 2 }

  private func scratch(_ rowCount: Int = Self.rowCount) throws -> Scratch {
    let scratch = try Scratch(["a.qasm": Sources.ansatz])
    try NumPyFile.data(Array(Self.rows.prefix(4 * rowCount)), shape: [rowCount, 4]).write(
      to: scratch.folder.appending(path: "rows.npy"))
    return scratch
  }

  private func run(_ scratch: Scratch, _ arguments: [String]) throws -> CommandLineTool.Outcome {
    try CommandLineTool.run(
      ["run", scratch.path("a.qasm"), "--output", scratch.path("out.npz"), "--precision", "double"] + Self.observables + arguments)
  }

  private func names(_ scratch: Scratch) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path).sorted()
  }

  @Test("more rows than one window have the values that JSON has, and no file stays beside the archive", .tags(.process))
  func windows() throws {
    let scratch = try scratch()
    let outcome = try run(scratch, ["--parameters", scratch.path("rows.npy")])
    #expect(outcome.status == 0 && outcome.output.isEmpty && outcome.errors.isEmpty, "\(outcome.errors)")
    #expect(try names(scratch) == ["a.qasm", "out.npz", "rows.npy"])
    let arrays = try NumPyFile.arrays(scratch.path("out.npz"))
    #expect(Set(arrays.keys) == ["values", "standard_errors"])
    let values = try #require(arrays["values"])
    #expect(values.shape == [Self.rowCount, 2])
    #expect(arrays["standard_errors"] == NumPyFile.Array(shape: [Self.rowCount, 2], values: Array(repeating: 0, count: 140_000)))
    for row in [0, 1, 65_535, 65_536, 69_999] {
      let parameters = (0..<4).flatMap { ["--parameter", "p\($0)=\(Self.rows[4 * row + $0])"] }
      let report = try CommandLineTool.json(
        ["run", scratch.path("a.qasm"), "--precision", "double"] + Self.observables + parameters)[0]
      #expect(report.expectations?.map(\.value) == Array(values.values[2 * row..<2 * row + 2]), "row \(row)")
      #expect(report.method == "statevector-lanes")
    }
  }

  @Test("a table of the same rows, its columns in another order and one of them fixed, has the same values", .tags(.process))
  func table() throws {
    let scratch = try scratch(30)
    let lines = (0..<30).map { row in [2, 0, 1].map { "\(Self.rows[4 * row + $0])" }.joined(separator: ",") }
    try scratch.write("rows.csv", "p2,p0,p1\n" + lines.joined(separator: "\n"))
    let fixed = (0..<30).flatMap { Array(Self.rows[4 * $0..<4 * $0 + 3]) + [0.25] }
    try NumPyFile.data(fixed, shape: [30, 4]).write(to: scratch.folder.appending(path: "rows.npy"))
    #expect(try run(scratch, ["--parameters", scratch.path("rows.csv"), "--parameter", "p3=0.25"]).status == 0)
    let table = try NumPyFile.arrays(scratch.path("out.npz"))
    #expect(try run(scratch, ["--parameters", scratch.path("rows.npy")]).status == 0)
    #expect(try NumPyFile.arrays(scratch.path("out.npz")) == table)
  }

  @Test(
    "gradients are the derivatives by each parameter, in arrays and in JSON", .tags(.process),
    arguments: ["adjoint", "parameter-shift"])
  func gradients(_ method: String) throws {
    let scratch = try scratch(20)
    let outcome = try run(scratch, ["--parameters", scratch.path("rows.npy"), "--gradient", method])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let gradients = try #require(try NumPyFile.arrays(scratch.path("out.npz"))["gradients"])
    #expect(gradients.shape == [20, 2, 4])
    // Each angle turns one rotation: the derivative is half the difference of the values a quarter of a turn to both sides.
    var shifted = [Double]()
    for row in 0..<20 {
      for parameter in 0..<4 {
        for shift in [Double.pi / 2, -.pi / 2] {
          var angles = Array(Self.rows[4 * row..<4 * row + 4])
          angles[parameter] += shift
          shifted += angles
        }
      }
    }
    try NumPyFile.data(shifted, shape: [160, 4]).write(to: scratch.folder.appending(path: "shifted.npy"))
    #expect(try run(scratch, ["--parameters", scratch.path("shifted.npy")]).status == 0)
    let values = try #require(try NumPyFile.arrays(scratch.path("out.npz"))["values"]).values
    for row in 0..<20 {
      for observable in 0..<2 {
        for parameter in 0..<4 {
          let first = 16 * row + 4 * parameter + observable
          let found = gradients.values[(2 * row + observable) * 4 + parameter]
          #expect(abs(found - (values[first] - values[first + 2]) / 2) < 1e-12)
        }
      }
    }
    let reports = try CommandLineTool.json(
      ["run", scratch.path("a.qasm"), "--precision", "double", "--parameters", scratch.path("rows.npy"), "--gradient", method]
        + Self.observables)
    #expect(reports.flatMap { $0.expectations?.flatMap { $0.gradient ?? [] } ?? [] } == gradients.values)
  }

  @Test("counts of all outcomes are those that JSON has, beside values or alone", .tags(.process))
  func counts() throws {
    let scratch = try scratch(300)
    let shots = ["--parameters", scratch.path("rows.npy"), "--shots", "50", "--seed", "7", "--precision", "double"]
    let json = try CommandLineTool.json(["run", scratch.path("a.qasm")] + shots)
    let alone = try CommandLineTool.run(["run", scratch.path("a.qasm"), "--output", scratch.path("out.npz")] + shots)
    #expect(alone.status == 0 && alone.output.isEmpty && alone.errors.isEmpty, "\(alone.errors)")
    let arrays = try NumPyFile.arrays(scratch.path("out.npz"))
    #expect(Set(arrays.keys) == ["outcomes", "counts"])
    let (outcomes, counts) = (try #require(arrays["outcomes"]), try #require(arrays["counts"]))
    #expect(outcomes.shape == [16, 4] && counts.shape == [300, 16])
    let names = (0..<16).map { outcome in outcomes.values[4 * outcome..<4 * outcome + 4].map { "\(Int($0))" }.joined() }
    #expect(names[0] == "0000" && names[1] == "0001" && names[8] == "1000")
    for row in 0..<300 {
      let found = zip(names, counts.values[16 * row..<16 * row + 16].map { Int($0) }).filter { $0.1 > 0 }
      #expect(Dictionary(uniqueKeysWithValues: found) == json[row].counts, "row \(row)")
    }
    #expect(try run(scratch, shots).status == 0)
    let both = try NumPyFile.arrays(scratch.path("out.npz"))
    #expect(both["counts"] == counts && both["values"]?.shape == [300, 2])
  }

  @Test("counts of more bits than all of whose outcomes are counted are those that came", .tags(.process))
  func wideCounts() throws {
    let scratch = try scratch(3)
    try scratch.write("a.qasm", Sources.ansatz.replacingOccurrences(of: "qubit[4] q;", with: "qubit[17] q;"))
    let outcome = try CommandLineTool.run([
      "run", scratch.path("a.qasm"), "--output", scratch.path("out.npz"), "--parameters", scratch.path("rows.npy"), "--shots", "5",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let arrays = try NumPyFile.arrays(scratch.path("out.npz"))
    let (outcomes, counts) = (try #require(arrays["outcomes"]), try #require(arrays["counts"]))
    #expect(outcomes.shape[0] <= 15 && outcomes.shape[1] == 17 && counts.shape == [3, outcomes.shape[0]])
    #expect(counts.values.reduce(0, +) == 15)
  }

  @Test("reproducible runs, and circuits that cannot run together, go from arrays to arrays as well", .tags(.process))
  func otherMethods() throws {
    let scratch = try scratch(40)
    #expect(try run(scratch, ["--parameters", scratch.path("rows.npy")]).status == 0)
    let expected = try #require(try NumPyFile.arrays(scratch.path("out.npz"))["values"]).values
    #expect(try run(scratch, ["--parameters", scratch.path("rows.npy"), "--reproducible"]).status == 0)
    let reproducible = try #require(try NumPyFile.arrays(scratch.path("out.npz"))["values"]).values
    #expect(zip(expected, reproducible).allSatisfy { abs($0 - $1) < 1e-12 } && reproducible.count == 80)
    try scratch.write("a.qasm", Sources.ansatz.replacingOccurrences(of: "ry(p0) q[0];", with: "reset q[0]; ry(p0) q[0];"))
    #expect(try run(scratch, ["--parameters", scratch.path("rows.npy")]).status == 0)
    let reset = try #require(try NumPyFile.arrays(scratch.path("out.npz"))["values"]).values
    #expect(zip(expected, reset).allSatisfy { abs($0 - $1) < 1e-12 } && reset.count == 80)
    let refused = try run(scratch, ["--parameters", scratch.path("rows.npy"), "--gradient", "adjoint"])
    #expect(refused.status == 65 && refused.errors.contains("gradients need rows that run together"), "\(refused.errors)")
  }

  @Test("a run that fails on its way says where, and leaves neither an archive nor a part of one", .tags(.process))
  func failures() throws {
    let scratch = try scratch()
    let good = Array(Self.rows)
    func refused(_ data: Data, _ message: String, _ more: [String] = []) throws {
      try data.write(to: scratch.folder.appending(path: "bad.npy"))
      let outcome = try run(scratch, ["--parameters", scratch.path("bad.npy")] + more)
      #expect(outcome.status == 65 && outcome.errors.contains("bad.npy: \(message)"), "\(outcome.errors)")
      #expect(try names(scratch) == ["a.qasm", "bad.npy", "rows.npy"])
    }
    var wrong = good
    wrong[4 * 66_000 + 2] = .nan
    try refused(NumPyFile.data(wrong, shape: [Self.rowCount, 4]), "row 66001, column 3 is nan; finite numbers are accepted")
    wrong[4 * 66_000 + 2] = 1e18
    try refused(NumPyFile.data(wrong, shape: [Self.rowCount, 4]), "row 66001, parameter 2 is 1e+18")
    try refused(NumPyFile.data(wrong, shape: [Self.rowCount, 4]), "row 66001, parameter 2 is 1e+18", ["--gradient", "adjoint"])
    try refused(NumPyFile.data(good, shape: [2 * Self.rowCount, 2]), "2 columns; a.qasm has 4 parameters: p0, p1, p2, p3")
    try refused(NumPyFile.data(good, shape: [Self.rowCount + 1, 4]), "the data is cut off: shape [70001, 4]")
    try refused(NumPyFile.data([], shape: [0, 4]), "no rows")
  }

  @Test(
    "derivatives that cannot be had are refused as wrong usage", .tags(.process),
    arguments: [
      (["--json"], "an --observable is needed"), (["--observable", "IIIZ"], "with --json and written with --output"),
      (["--observable", "IIIZ", "--json", "--shots", "10"], "cannot go with --shots"),
      (["--observable", "IIIZ", "--json", "--reproducible"], "cannot go with --reproducible"),
    ])
  func usage(_ arguments: [String], _ message: String) throws {
    let scratch = try scratch(1)
    let outcome = try CommandLineTool.run(["run", scratch.path("a.qasm"), "--gradient", "adjoint"] + arguments)
    #expect(outcome.status == 64 && outcome.errors.contains(message), "\(outcome.errors)")
  }

  /// By more than 5 standard errors with a probability below 10⁻⁶ each, 1,200 times; the seed is fixed.
  @Test(
    "values and derivatives from shots are around the exact ones by their standard errors, in windows and again", .tags(.process))
  func estimatorShots() throws {
    let scratch = try scratch(100)
    let shots = [
      "--parameters", scratch.path("rows.npy"), "--gradient", "parameter-shift", "--estimator-shots", "500", "--seed", "9",
    ]
    let outcome = try run(scratch, shots)
    #expect(outcome.status == 0 && outcome.output.isEmpty, "\(outcome.errors)")
    let found = try NumPyFile.arrays(scratch.path("out.npz"))
    #expect(Set(found.keys) == ["values", "standard_errors", "gradients", "gradient_standard_errors"])
    #expect(found["standard_errors"]?.shape == [100, 2] && found["gradient_standard_errors"]?.shape == [100, 2, 4])
    #expect(try run(scratch, shots).status == 0)
    #expect(try NumPyFile.arrays(scratch.path("out.npz")) == found)
    #expect(try run(scratch, Array(shots.prefix(4))).status == 0)
    let exact = try NumPyFile.arrays(scratch.path("out.npz"))
    for (name, errors) in [("values", "standard_errors"), ("gradients", "gradient_standard_errors")] {
      let (values, exact) = (try #require(found[name]).values, try #require(exact[name]).values)
      let errors = try #require(found[errors]).values
      // Outcomes that 500 shots do not show are less probable than 3 %.
      #expect(zip(zip(values, exact), errors).allSatisfy { abs($0.0 - $0.1) < 5 * $1 + 0.06 }, "\(name)")
      #expect(values != exact && errors.contains { $0 > 0.01 } && errors.allSatisfy { $0 < 0.2 }, "\(name)")
    }
    // Values alone come from the same shots, and a row's shots are those of its place.
    #expect(try run(scratch, Array(shots.prefix(2) + shots.suffix(4))).status == 0)
    let alone = try NumPyFile.arrays(scratch.path("out.npz"))
    #expect(alone["values"] == found["values"] && alone["standard_errors"] == found["standard_errors"] && alone.count == 2)
  }

  @Test("equal rows are drawn apart, in the next window as well", .tags(.process))
  func estimatorWindows() throws {
    let (scratch, count) = (try scratch(1), 65_576)
    let rows = Array(repeating: [1.0, 1.1, 1.2, 1.3], count: count).flatMap(\.self)
    try NumPyFile.data(rows, shape: [count, 4]).write(to: scratch.folder.appending(path: "rows.npy"))
    let outcome = try run(scratch, ["--parameters", scratch.path("rows.npy"), "--estimator-shots", "50", "--seed", "9"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let values = try #require(try NumPyFile.arrays(scratch.path("out.npz"))["values"]).values
    // 80 values in each of the places where a window may begin anew.
    #expect(values.prefix(80) != values[131_072...] && values.prefix(80) != values[80..<160])
  }

  @Test(
    "values from shots that cannot be had are refused as wrong usage", .tags(.process),
    arguments: [
      (["--estimator-shots", "1"], "2 to 100000000 shots are accepted"),
      (["--estimator-shots", "9", "--gradient", "adjoint"], "cannot go with --gradient adjoint"),
      (["--estimator-shots", "9", "--json"], "cannot go with --json"),
      (["--estimator-shots", "9", "--shots", "9"], "cannot go with --shots"),
      (["--estimator-shots", "9", "--method", "stabilizer"], "cannot go with --method stabilizer"),
      (["--estimator-shots", "9"], "needs one OpenQASM file, an --observable, a file of --parameters and --output"),
    ])
  func estimatorUsage(_ arguments: [String], _ message: String) throws {
    let scratch = try scratch(1)
    let outcome = try run(scratch, arguments)
    #expect(outcome.status == 64 && outcome.errors.contains(message), "\(outcome.errors)")
    #expect(try names(scratch) == ["a.qasm", "rows.npy"])
    let missing = try run(scratch, ["--estimator-shots", "9", "--parameters", scratch.path("none.npy")])
    #expect(missing.status == 66 && missing.errors.contains("none.npy: no such file"), "\(missing.errors)")
  }

  @Test("an interrupted run leaves nothing", .tags(.process))
  func interrupted() throws {
    let scratch = try scratch()
    // Eight qubits in double precision with many observables take long enough to be interrupted.
    let count = 100_000
    let rows = (0..<10).flatMap { _ in Self.rows.prefix(4 * count / 10) }
    try NumPyFile.data(rows, shape: [count, 4]).write(to: scratch.folder.appending(path: "rows.npy"))
    let gates = (0..<40).map { "ry(p\($0 % 4)) q[\($0 % 12)]; cx q[\($0 % 12)], q[\(($0 + 1) % 12)]; rx(p1) q[\($0 % 12)];" }
    try scratch.write(
      "a.qasm",
      "OPENQASM 3.0; include \"stdgates.inc\"; input float p0; input float p1; input float p2; input float p3; qubit[12] q; "
        + gates.joined(separator: "\n"))
    let running = try CommandLineTool.start([
      "run", scratch.path("a.qasm"), "--parameters", scratch.path("rows.npy"), "--output", scratch.path("out.npz"), "--observable",
      String(repeating: "Z", count: 12),
    ])
    let deadline = Date().addingTimeInterval(CommandLineTool.timeLimitSeconds)
    while !(try names(scratch).contains { $0.hasSuffix(".partial") }), Date() < deadline {}
    running.signal(SIGINT)
    let outcome = try running.finish()
    #expect(outcome.status == 130 && outcome.errors.contains("cancelled"), "\(outcome.status) \(outcome.errors)")
    #expect(try names(scratch) == ["a.qasm", "rows.npy"])
  }
}
