import Foundation
import Testing

@Suite("ketwork run")
struct RunTests {
  @Test("a Bell pair gives 00 and 11 and every documented key", .tags(.process))
  func bell() throws {
    let scratch = try Scratch(["bell.qasm": Sources.bell])
    let report = try CommandLineTool.json([
      "run", scratch.path("bell.qasm"), "--shots", "1000", "--seed", "7", "--observable", "ZZ",
    ])[0]
    #expect(report.circuit == "bell.qasm" && report.row == 0 && report.qubits == 2 && report.shots == 1000)
    #expect(Set((report.counts ?? [:]).keys) == ["00", "11"])
    #expect((report.counts ?? [:]).values.reduce(0, +) == 1000)
    #expect(abs((report.expectations?[0].value ?? 0) - 1) < 1e-6)
    #expect(report.method == "statevector" && report.device == "cpu" && report.precision == "single")
  }

  @Test(
    "a Clifford circuit of 100 qubits runs as a stabilizer state; a gate that is none is refused with its place", .tags(.process))
  func stabilizer() throws {
    let head = "OPENQASM 3.0; include \"stdgates.inc\"; qubit[100] q; h q[0]; for int i in [1:99] { cx q[i - 1], q[i]; }"
    let scratch = try Scratch(["ghz.qasm": head, "t.qasm": head + " t q[99];"])
    for method in ["auto", "stabilizer"] {
      let report = try CommandLineTool.json(["run", scratch.path("ghz.qasm"), "--shots", "100", "--seed", "7", "--method", method])[
        0]
      #expect(Set((report.counts ?? [:]).keys) == [String(repeating: "0", count: 100), String(repeating: "1", count: 100)])
      #expect(report.method == "stabilizer" && report.device == "cpu" && report.qubits == 100)
    }
    let refused = try CommandLineTool.run(["run", scratch.path("t.qasm"), "--method", "stabilizer"])
    #expect(refused.status == 65 && refused.errors.contains("instruction 100: gate t is not a Clifford gate"))
  }

  @Test("parameters come from options, tables and both", .tags(.process))
  func parameters() throws {
    let scratch = try Scratch(["a.qasm": Sources.ansatz, "rows.csv": "p0,p1,p2,p3\n0.2,0.6,0.1,0.7\n0,0,0,0\n"])
    let common = ["run", scratch.path("a.qasm"), "--precision", "double"]
    let observables = ["IIIZ", "IIZI", "IZII", "ZIII"].flatMap { ["--observable", $0] }
    let rows = try CommandLineTool.json(common + observables + ["--parameters", scratch.path("rows.csv")])
    #expect(rows.map(\.row) == [0, 1])
    let expected = [0.62809787, 0.80888385, 0.80484280, 0.61557773]
    for (found, value) in zip(rows[0].expectations ?? [], expected) { #expect(abs(found.value - value) < 1e-7) }
    let fixed = ["p0=0.2", "p1=0.6", "p2=0.1", "p3=0.7"].flatMap { ["--parameter", $0] }
    let one = try CommandLineTool.json(common + observables + fixed)
    #expect(one[0].expectations?.map(\.value) == rows[0].expectations?.map(\.value))
  }

  @Test("the same seed gives the same counts on one thread and on two, for a circuit with a loop on outcomes too", .tags(.process))
  func threads() throws {
    let scratch = try Scratch(["bell.qasm": Sources.bell, "rus.qasm": Sources.repeatUntilSuccess])
    let arguments = ["run", scratch.path("bell.qasm"), scratch.path("rus.qasm"), "--shots", "500", "--seed", "11"]
    let one = try CommandLineTool.json(arguments, environment: ["KETWORK_THREADS": "1"]).map(\.counts)
    let two = try CommandLineTool.json(arguments, environment: ["KETWORK_THREADS": "2"]).map(\.counts)
    #expect(one == two)
    let other = try CommandLineTool.json(arguments.dropLast() + ["12"]).map(\.counts)
    #expect(one != other)
  }

  @Test("a circuit's counts are the same alone, in a batch, and in a batch of another order", .tags(.process))
  func batchOrder() throws {
    let scratch = try Scratch(["bell.qasm": Sources.bell, "rus.qasm": Sources.repeatUntilSuccess])
    let (bell, rus) = (scratch.path("bell.qasm"), scratch.path("rus.qasm"))
    let options = ["--shots", "200", "--seed", "4"]
    let forward = try CommandLineTool.json(["run", bell, rus, bell] + options).map(\.counts)
    let backward = try CommandLineTool.json(["run", rus, bell, bell] + options).map(\.counts)
    #expect(forward == [backward[1], backward[0], backward[2]])
    #expect(try CommandLineTool.json(["run", rus] + options).map(\.counts) == [backward[0]])
    #expect(forward[0] != forward[2], "the second of two equal circuits draws anew")
  }

  @Test("an archive of several circuits has the arrays of each", .tags(.process))
  func archive() throws {
    let scratch = try Scratch(["bell.qasm": Sources.bell, "rus.qasm": Sources.repeatUntilSuccess])
    let path = scratch.path("out.npz")
    let outcome = try CommandLineTool.run([
      "run", scratch.path("bell.qasm"), scratch.path("rus.qasm"), "--shots", "100", "--output", path,
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let bytes = try Data(contentsOf: URL(filePath: path))
    for name in ["outcomes_0.npy", "counts_0.npy", "outcomes_1.npy", "counts_1.npy"] {
      #expect(bytes.range(of: Data(name.utf8)) != nil, "\(name)")
    }
  }

  @Test("a run is explained for people and for programs, with its results", .tags(.process))
  func explain() throws {
    let scratch = try Scratch(["wide.qasm": Sources.wide])
    let environment = ["XDG_CACHE_HOME": scratch.path("cache")]
    // With every probability asked for, nothing is left out before the plan.
    let arguments = ["run", scratch.path("wide.qasm"), "--device", "cpu", "--shots", "50", "--seed", "1", "--probabilities"]
    let plain = try CommandLineTool.json(arguments)[0]
    let outcome = try CommandLineTool.run(arguments + ["--explain"], environment: environment)
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    for part in ["plan: 1 pass\n", "idle qubits, which no pass visits: 3", "PREDICTED", "NVIDIA H200", "1 circuit"] {
      #expect(outcome.output.contains(part), "\(outcome.output)")
    }
    let explained = try CommandLineTool.json(arguments + ["--explain"], environment: environment)[0]
    #expect(explained.counts == plain.counts && plain.plan == nil)
    let plan = try #require(explained.plan)
    #expect(plan.idle_qubits == [3] && plan.passes.count == 1)
    #expect((plan.passes[0].seconds_predicted ?? 0) > 0 && plan.passes[0].seconds_measured > 0)
  }

  @Test("of the rows of a circuit the first has the plan, and each circuit has one", .tags(.process))
  func explainRows() throws {
    let scratch = try Scratch([
      "a.qasm": Sources.ansatz, "rows.csv": "p0,p1,p2,p3\n0.2,0.6,0.1,0.7\n0,0,0,0\n", "bell.qasm": Sources.bell,
    ])
    let reports = try CommandLineTool.json(
      ["run", scratch.path("a.qasm"), scratch.path("bell.qasm"), "--parameters", scratch.path("rows.csv"), "--explain"],
      environment: ["XDG_CACHE_HOME": scratch.path("cache")])
    #expect(reports.map { $0.plan != nil } == [true, false, true])
  }

  @Test("a plan is told where results go to a file, and without a place for measured figures", .tags(.process))
  func explainToFile() throws {
    let scratch = try Scratch(["wide.qasm": Sources.wide, "file": ""])
    let outcome = try CommandLineTool.run(
      ["run", scratch.path("wide.qasm"), "--device", "cpu", "--output", scratch.path("out.npz"), "--explain"],
      environment: ["XDG_CACHE_HOME": scratch.path("file")])
    #expect(outcome.status == 0 && outcome.output.contains("plan: 1 pass") && !outcome.output.contains("█"), "\(outcome.output)")
    #expect(outcome.errors.contains("cannot be kept"), "\(outcome.errors)")
  }

  @Test("forty qubits of which few matter are run, and the result says what was left out", .tags(.process))
  func pruned() throws {
    let source = """
      OPENQASM 3.0; include "stdgates.inc"; qubit[40] q; bit[2] c; h q; cx q[3], q[4]; cx q[4], q[5]; c[0] = measure q[3]; c[1] = measure q[4];
      """
    let scratch = try Scratch(["wide.qasm": source])
    let report = try CommandLineTool.json(["run", scratch.path("wide.qasm"), "--shots", "100", "--seed", "2"])[0]
    #expect(report.qubits == 40 && report.counts?.values.reduce(0, +) == 100)
    #expect(report.pruned?.qubits == Array(0..<3) + Array(5..<40) && report.pruned?.operations == 39)
    let outcome = try CommandLineTool.run(["run", scratch.path("wide.qasm")])
    #expect(outcome.output.contains("left out, because nothing above depends on them: 38 qubits, 39 gates"))
    let submitted = try CommandLineTool.json(["submit", scratch.path("wide.qasm"), "--shots", "100", "--seed", "2"])[0]
    #expect(submitted.pruned?.qubits == report.pruned?.qubits && submitted.counts == report.counts)
  }

  @Test("a table for people has bars, values and a summary", .tags(.process))
  func table() throws {
    let scratch = try Scratch(["bell.qasm": Sources.bell])
    let outcome = try CommandLineTool.run([
      "run", scratch.path("bell.qasm"), "--observable", "ZZ", "--shots", "100", "--precision", "double",
    ])
    #expect(outcome.status == 0)
    for part in ["bell.qasm", "2 qubits", "00", "11", "█", "⟨ZZ⟩ = +1.0000", "1 circuit"] {
      #expect(outcome.output.contains(part), "\(part)")
    }
    #expect(outcome.errors.isEmpty)
  }
}

@Suite("ketwork bench")
struct BenchTests {
  @Test("the peak of memory begins anew with each circuit", .tags(.process))
  func memory() throws {
    struct Report: Decodable {
      struct Device: Decodable { var circuits: [Circuit] }
      struct Circuit: Decodable {
        var state_bytes: Int
        var figures: [Figure]
      }
      struct Figure: Decodable { var peak_resident_bytes: Int? }
      var devices: [Device]
    }
    func source(_ qubitCount: Int) -> String {
      "OPENQASM 3.0; include \"stdgates.inc\"; qubit[\(qubitCount)] q; h q;"
    }
    let scratch = try Scratch(["large.qasm": source(23), "small.qasm": source(2)])
    let outcome = try CommandLineTool.run([
      "bench", "circuits", scratch.path("large.qasm"), scratch.path("small.qasm"), "--device", "cpu", "--repetitions", "1",
      "--json",
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let circuits = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8)).devices[0].circuits
    let peaks = try circuits.map { try #require($0.figures[0].peak_resident_bytes) }
    #expect(circuits.map(\.state_bytes) == [1 << 26, 32])
    // The state of the first is gone when the second begins.
    #expect(peaks[0] > 1 << 26 && peaks[1] < peaks[0] - 1 << 25)
  }

  @Test(
    "a batch is timed for each size and each number of rows, as JSON, CSV and a figure", .tags(.process),
    arguments: [("batch", "values"), ("gradient", "gradient")])
  func batch(_ command: String, _ work: String) throws {
    struct Report: Decodable {
      struct Device: Decodable {
        var name: String
        var precision: String
        var batches: [Batch]
      }
      struct Batch: Decodable {
        var ansatz: String
        var layers: Int
        var qubits: Int
        var rows: Int
        var work: String
        var seconds: [Double]
        var circuits_per_second: Double
        var bound_circuits_per_second: Double
      }
      var devices: [Device]
    }
    let scratch = try Scratch([:])
    let outcome = try CommandLineTool.run([
      "bench", command, "--ansatz", "u3-cz-rzz", "--layers", "1", "--qubits", "4", "3", "--rows", "2", "1", "--precision", "double",
      "--device", "cpu", "--repetitions", "2", "--json", "--csv", scratch.path("b.csv"), "--svg", scratch.path("b.svg"),
    ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let device = try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8)).devices[0]
    #expect(device.precision == "double" && !device.name.isEmpty)
    #expect(device.batches.map { [$0.layers, $0.qubits, $0.rows] } == [[1, 4, 2], [1, 4, 1], [1, 3, 2], [1, 3, 1]])
    #expect(device.batches.allSatisfy { $0.ansatz == "u3-cz-rzz" && $0.work == work && $0.seconds.count == 2 })
    #expect(device.batches.allSatisfy { 0 < $0.circuits_per_second && $0.circuits_per_second < $0.bound_circuits_per_second })
    #expect(try String(contentsOfFile: scratch.path("b.csv"), encoding: .utf8).split(separator: "\r\n").count == 5)
    #expect(try String(contentsOfFile: scratch.path("b.svg"), encoding: .utf8).hasPrefix("<svg"))
  }
}

extension Tag {
  /// Starts processes of the real binary.
  @Tag static var process: Self
}

@Suite("bad input gets a clear error and the right status")
struct RefusalTests {
  struct Case: CustomTestStringConvertible, Sendable {
    var arguments: [String]
    var status: Int32
    var message: String
    var testDescription: String { arguments.joined(separator: " ") }
  }

  static let files = [
    "bell.qasm": Sources.bell, "a.qasm": Sources.ansatz, "unknown.qasm": "OPENQASM 3.0;\nqubit[2] q;\nfoo q[0];\n",
    "range.qasm": "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[2];\nh q[2];\n",
    "arity.qasm": "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[2];\ncx q[0];\n",
    "open.qasm": "OPENQASM 3.0;\nqubit q;\nif (true) { x q;\n",
    "big.qasm": "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[60] q;\nh q;\nt q;\nh q;\n", "nan.csv": "p0,p1,p2,p3\nnan,0,0,0\n",
    "job.json": "{\"version\": 2}",
  ]

  static let cases: [Case] = [
    Case(arguments: ["run", "@unknown.qasm"], status: 65, message: "unknown.qasm:3:1"),
    Case(arguments: ["run", "@range.qasm"], status: 65, message: "range.qasm:4:"),
    Case(arguments: ["run", "@arity.qasm"], status: 65, message: "arity.qasm:4:"),
    Case(arguments: ["run", "@open.qasm"], status: 65, message: "open.qasm:"),
    Case(arguments: ["run", "@big.qasm"], status: 65, message: "bytes"),
    Case(arguments: ["run", "@missing.qasm"], status: 66, message: "missing.qasm: no such file"),
    Case(arguments: ["run", "@bell.qasm", "--shots", "-5"], status: 64, message: "--shots"),
    Case(arguments: ["run", "@bell.qasm", "--shots", "0"], status: 64, message: "at least 1"),
    Case(arguments: ["run", "@bell.qasm", "--shots", "many"], status: 64, message: "many"),
    Case(arguments: ["run", "@bell.qasm", "--device", "abacus"], status: 64, message: "cpu"),
    Case(arguments: ["run", "@bell.qasm", "--device", "opencl:9.9"], status: 64, message: "opencl:9.9"),
    Case(arguments: ["run", "@bell.qasm", "--precision", "half"], status: 64, message: "half"),
    Case(arguments: ["run", "@bell.qasm", "--observable", "ZQ"], status: 65, message: "Q"),
    Case(arguments: ["run", "@bell.qasm", "--observable", "ZZZ"], status: 65, message: "3 qubits"),
    Case(arguments: ["run", "@bell.qasm", "--parameter", "x=1"], status: 65, message: "no circuit has a parameter named x"),
    Case(arguments: ["run", "@a.qasm"], status: 65, message: "no value for p0"),
    Case(arguments: ["run", "@a.qasm", "--parameter", "p0=nan"], status: 64, message: "finite"),
    Case(arguments: ["run", "@a.qasm", "--parameters", "@nan.csv"], status: 65, message: "row 1, column 1"),
    Case(arguments: ["run", "@job.json"], status: 65, message: "job.json"),
    Case(arguments: ["run"], status: 64, message: "circuit"),
    Case(arguments: ["fly"], status: 64, message: "fly"),
    Case(arguments: ["submit", "@bell.qasm", "--broker", "tcp://127.0.0.1:9"], status: 69, message: "tcp://127.0.0.1:9"),
    Case(arguments: ["submit", "@bell.qasm", "--broker", "nonsense"], status: 64, message: "nonsense"),
    Case(arguments: ["worker", "--broker", "tcp://127.0.0.1:port"], status: 64, message: "tcp://127.0.0.1:port"),
    Case(arguments: ["worker", "--broker", "tcp://127.0.0.1:99999"], status: 64, message: "1 to 65535"),
    Case(arguments: ["worker", "--broker", "tcp://:7711"], status: 64, message: "HOST:PORT"),
    Case(arguments: ["worker", "--broker", "tcp://127.0.0.1:*"], status: 64, message: "HOST:PORT"),
    Case(arguments: ["broker", "--bind", "tcp://127.0.0.1:-1"], status: 64, message: "or *"),
    Case(arguments: ["bench", "batch", "--device", "opencl:99.0"], status: 64, message: "one of cpu"),
    Case(arguments: ["bench", "batch", "--ansatz", "rx-ring"], status: 64, message: "u3-cz-rzz"),
    Case(arguments: ["bench", "batch", "--qubits", "4", "2"], status: 64, message: "--qubits is 2; 3 to 48 are accepted"),
    Case(arguments: ["bench", "batch", "--qubits", "49"], status: 64, message: "--qubits is 49"),
    Case(arguments: ["bench", "batch", "--qubits", "4", "4"], status: 64, message: "--qubits has a number twice"),
    Case(arguments: ["bench", "batch", "--rows", "0"], status: 64, message: "--rows is 0; 1 to 67108864 are accepted"),
    Case(arguments: ["bench", "batch", "--layers", "0"], status: 64, message: "--layers is 0; 1 to 100 are accepted"),
    Case(arguments: ["bench", "batch", "--layers", "101"], status: 64, message: "--layers is 101"),
    Case(arguments: ["bench", "batch", "--repetitions", "0"], status: 64, message: "--repetitions is 0"),
    Case(
      arguments: ["bench", "batch", "--qubits", "10", "--layers", "100", "--rows", "1000000"], status: 64,
      message: "--rows is 1000000 for rows of 1000 numbers on 10 qubits; at most 268435 are accepted there"),
    Case(arguments: ["bench", "gradient", "--device", "gpu"], status: 64, message: "one of cpu"),
    Case(arguments: ["bench", "gradient", "--qubits", "26", "--rows", "1"], status: 65, message: "26 qubits; at most 24"),
    Case(arguments: ["bench", "batch", "--svg", "/no/such/folder/b.svg"], status: 73, message: "there is no folder"),
  ]

  @Test("each kind", .tags(.process), arguments: cases)
  func refusal(_ test: Case) throws {
    let scratch = try Scratch(Self.files)
    let arguments = test.arguments.map { $0.hasPrefix("@") ? scratch.path(String($0.dropFirst())) : $0 }
    let outcome = try CommandLineTool.run(arguments)
    #expect(outcome.status == test.status, "\(outcome.errors)")
    #expect(outcome.errors.contains(test.message), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
    #expect(!outcome.errors.contains("Fatal error"))
  }

  @Test(
    "settings in the environment that are none are refused, not ignored", .tags(.process),
    arguments: [("KETWORK_THREADS", "many"), ("KETWORK_THREADS", "0"), ("KETWORK_CPU_KERNELS", "sse9")])
  func environment(name: String, value: String) throws {
    let scratch = try Scratch(Self.files)
    for arguments in [["run", scratch.path("bell.qasm")], ["devices"]] {
      let outcome = try CommandLineTool.run(arguments, environment: [name: value])
      #expect(outcome.status == 65 && outcome.errors.contains("\(name) is \"\(value)\""), "\(outcome.errors)")
    }
  }

  @Test(
    "services whose only device fails its self-test end, and say so", .tags(.process),
    arguments: [["submit", "@bell.qasm"], ["worker"], ["up", "--bind", "tcp://127.0.0.1:*"]])
  func noDevice(_ arguments: [String]) throws {
    let scratch = try Scratch(Self.files)
    let arguments = arguments.map { $0.hasPrefix("@") ? scratch.path(String($0.dropFirst())) : $0 }
    let outcome = try CommandLineTool.run(arguments + ["--device", "cpu"], environment: ["KETWORK_THREADS": "0"])
    #expect(outcome.status == 69 && outcome.errors.contains("no device passed its self-test"), "\(outcome.errors)")
    #expect(outcome.output.isEmpty, "nothing claims to be ready")
  }

  @Test(
    "help of every command reads like a manual page", .tags(.process),
    arguments: [
      "run", "submit", "broker", "worker", "up", "status", "result", "wait", "cancel", "queue", "workers", "devices", "bench",
      "bench scaling", "bench batch", "bench gradient",
    ])
  func help(_ command: String) throws {
    let outcome = try CommandLineTool.run(command.split(separator: " ").map { String($0) } + ["--help"])
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    for part in ["OVERVIEW", "USAGE: ketwork \(command)", "OPTIONS"] { #expect(outcome.output.contains(part), "\(outcome.output)") }
  }

  @Test("completions are written for each shell", .tags(.process), arguments: ["bash", "zsh", "fish"])
  func completions(_ shell: String) throws {
    let outcome = try CommandLineTool.run(["--generate-completion-script", shell])
    #expect(outcome.status == 0 && outcome.output.contains("ketwork"))
  }

  @Test("sixty qubits are refused in under a second, with the bytes", .tags(.process))
  func sixty() throws {
    let scratch = try Scratch(Self.files)
    let outcome = try CommandLineTool.run(["run", scratch.path("big.qasm")])
    #expect(outcome.status == 65 && outcome.errors.contains("bytes"))
    #expect(outcome.seconds < 1)
  }
}
