import Circuits
import FoundationEssentials
import OpenQASM
import TestSupport
import Testing

@Suite("definitions that are gates of the table")
struct TableGateTests {
  /// Sums of a few products of numbers near 1.
  static let tolerance = 1e-9

  /// One definition of a file with a call of it.
  struct Definition: Sendable, CustomTestStringConvertible {
    var name: String
    var version: OpenQASMVersion
    var parameterCount: Int
    var qubitCount: Int
    /// The file's definitions up to and with this one.
    var text: String

    var testDescription: String { "\(name), OpenQASM \(version)" }

    /// A call on qubits from a first one on, with parameters of no meaning.
    func call(_ name: String, first: Int, control: Int? = nil) -> String {
      let values = (0..<parameterCount).map { "\(0.3 + 0.7 * Double($0))" }.joined(separator: ", ")
      let operands = (control.map { [$0] } ?? []) + Array(first..<first + qubitCount)
      let qubits = operands.map { "q[\($0)]" }.joined(separator: ", ")
      return "\(name)\(parameterCount > 0 ? "(\(values))" : "") \(qubits);"
    }

    /// The definitions with names that no gate has, so that they stand for their bodies.
    var renamed: String {
      text.split(separator: "\n").map { line in
        let words = line.split(separator: " ", maxSplits: 1).map(String.init)
        guard words.count == 2 else { return String(line) }
        return line.hasPrefix("gate ") ? "gate own_\(words[1])" : String(line)
      }.joined(separator: "\n")
    }
  }

  /// The definitions of the file that Qiskit's exporter wrote.
  static func definitions(_ version: OpenQASMVersion) -> [Definition] {
    let path = "\(CorpusTests.folder)/definitions_4.qasm\(version == .v2 ? 2 : 3).qasm"
    guard let data = FileManager.default.contents(atPath: path) else { preconditionFailure("\(path) cannot be read") }
    let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    var result = [Definition]()
    for (place, line) in lines.enumerated() where line.hasPrefix("gate ") {
      let end = lines[place...].firstIndex { $0.hasSuffix("}") } ?? place
      let head = line.prefix { $0 != "{" }.dropFirst(5)
      let name = String(head.prefix { $0 != "(" && $0 != " " })
      let parameters = head.contains("(") ? head.split(separator: ")")[0].split(separator: ",").count : 0
      let operands = (head.contains(")") ? head.split(separator: ")")[1] : head.dropFirst(name.count)).split(separator: ",").count
      let start = lines.firstIndex { $0.hasPrefix("gate ") } ?? 0
      result.append(
        Definition(
          name: name, version: version, parameterCount: parameters, qubitCount: operands,
          text: lines[start...end].joined(separator: "\n")))
    }
    return result
  }

  static let all = definitions(.v2) + definitions(.v3)

  @Test("the exporter's files have the definitions that the includes lack")
  func files() {
    #expect(Self.definitions(.v2).count == 12)
    #expect(Self.definitions(.v3).count == 20)
  }

  @Test("what Qiskit writes for a gate of the table is called that gate, and nothing but a phase besides", arguments: all)
  func named(_ definition: Definition) throws {
    let circuit = try parse(definition.text + "\n" + definition.call(definition.name, first: 0), definition)
    let names = circuit.instructions.compactMap { if case .gate(let gate) = $0 { gate.name } else { nil } }
    #expect(names.filter { $0 != "gphase" } == [try #require(Gate(named: definition.name)).name])
  }

  @Test("and is what its body says, global phase included, under controls and inverted too", arguments: all)
  func meaning(_ definition: Definition) throws {
    let calls: (String) -> String = { name in
      guard definition.version == .v3 else { return definition.call(name, first: 1) }
      return "h q[0]; ctrl @ \(definition.call(name, first: 1, control: 0)) inv @ \(definition.call(name, first: 1)) "
        + "negctrl @ pow(2) @ \(definition.call(name, first: 1, control: 0)) \(definition.call(name, first: 0))"
    }
    let named = try parse(definition.text + "\n" + calls(definition.name), definition)
    var renamed = definition.renamed
    // Bodies that call definitions before them mean those.
    for other in Self.definitions(definition.version) where other.name != definition.name {
      renamed = renamed.replacingWord(other.name, by: "own_\(other.name)")
    }
    let own = try parse(renamed + "\n" + calls("own_\(definition.name)"), definition)
    let distance = try SameBehaviour.unitary(named).distance(to: try SameBehaviour.unitary(own))
    #expect(distance < Self.tolerance)
    #expect(own.instructions.count > named.instructions.count || definition.qubitCount == 1, "the reference is not expanded")
  }

  private func parse(_ body: String, _ definition: Definition) throws -> Circuit {
    let head =
      definition.version == .v2
      ? "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg q[\(definition.qubitCount + 1)];\n"
      : "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[\(definition.qubitCount + 1)] q;\n"
    return try OpenQASMParser.parse(head + body)
  }

  @Test(
    "a definition that only has a gate's name stays what it says",
    arguments: [
      // Half the angle, the other sign, the other order, a phase that is relative, agreement at some angles only, barriers.
      ("gate rzz(a) x, y { cx x, y; rz(a / 2) y; cx x, y; }", "rzz(0.4) q[0], q[1];", ["cx", "rz", "cx"]),
      ("gate rzx(a) x, y { h y; cx x, y; rz(-a) y; cx x, y; h y; }", "rzx(0.4) q[0], q[1];", ["h", "cx", "rz", "cx", "h"]),
      ("gate dcx x, y { cx y, x; cx x, y; }", "dcx q[0], q[1];", ["cx", "cx"]),
      ("gate rz(a) x { p(2 * a) x; }", "rz(0.4) q[0];", ["p"]),
      ("gate swap x, y { cx x, y; cx y, x; cx x, y; s x; }", "swap q[0], q[1];", ["cx", "cx", "cx", "s"]),
      ("gate rx(a) x { h x; rz(sin(a)) x; h x; }", "rx(0.4) q[0];", ["h", "rz", "h"]),
      ("gate rx(a) x { h x; rz(a + 1e-9) x; h x; }", "rx(0.4) q[0];", ["h", "rz", "h"]),
      ("gate p(a) x { gphase(a * a); u(0, 0, a) x; }", "p(0.4) q[0];", ["gphase", "u"]),
      ("gate h x { z x; y x; }", "h q[0];", ["z", "y"]),
      ("gate rzz x, y { cx x, y; rz(0.3) y; cx x, y; }", "rzz q[0], q[1];", ["cx", "rz", "cx"]),
      ("gate cz x, y, z { ccz x, y, z; }", "cz q[0], q[1], q[2];", ["ccz"]),
      ("gate cz x { z x; }", "cz q[0];", ["z"]),
      ("gate x(a) y { rx(a) y; }", "x(0.2) q[0];", ["rx"]),
      ("gate swap x, y { cx x, y; barrier x, y; cx y, x; cx x, y; }", "swap q[0], q[1];", ["cx", "cx", "cx"]),
      ("gate sx(k) x { pow(k) @ h x; }", "sx(0.5) q[0];", ["h"]),
    ])
  func others(_ definition: String, _ call: String, _ names: [String]) throws {
    let circuit = try OpenQASMParser.parse("OPENQASM 3.0; include \"stdgates.inc\"; \(definition) qubit[3] q; \(call)")
    #expect(circuit.gateNames == names)
  }

  @Test(
    "phases are kept, written before the gate",
    arguments: [
      ("gate sxdg x { s x; h x; s x; }", "sxdg q[0];", ["gphase", "sxdg"]),
      ("gate r(a, b) x { U(a, -pi/2 + b, pi/2 - b) x; }", "r(0.3, 0.5) q[0];", ["gphase", "r"]),
      ("gate rz(a) x { p(a) x; }", "rz(0.5) q[0];", ["gphase", "rz"]),
      ("gate rz(a) x { gphase(-a/2); p(a) x; }", "rz(0.5) q[0];", ["rz"]),
      ("gate toffoli a, b, c { ctrl(2) @ x a, b, c; }", "toffoli q[0], q[1], q[2];", ["ccx"]),
      ("gate id a { }", "id q[0];", ["id"]),
    ])
  func phases(_ definition: String, _ call: String, _ names: [String]) throws {
    let head = "OPENQASM 3.0; include \"stdgates.inc\"; qubit[4] q;"
    let circuit = try OpenQASMParser.parse("\(head) \(definition) \(call)")
    #expect(circuit.gateNames == names)
    let name = String(definition.dropFirst(5).prefix { $0 != "(" && $0 != " " })
    let own = definition.replacingWord(name, by: "own") + "ctrl @ " + call.replacingWord(name, by: "own")
    let shifted = "ctrl @ " + call
    let (a, b) = (moved(shifted), moved(own))
    let difference = try SameBehaviour.unitary(try OpenQASMParser.parse("\(head) \(definition) \(a)"))
      .distance(to: try SameBehaviour.unitary(try OpenQASMParser.parse("\(head) \(b)")))
    #expect(difference < Self.tolerance)
  }

  /// A controlled call gets the last qubit as its control.
  private func moved(_ text: String) -> String {
    guard let place = text.firstRange(of: " q[0]") else { return text }
    var result = text
    result.replaceSubrange(place, with: " q[3], q[0]")
    return result
  }

  @Test("a noise model's rule for rzz finds the gate in Qiskit's file, and not its cx")
  func noise() throws {
    let rzz = try #require(Self.definitions(.v3).first { $0.name == "rzz" })
    let circuit = try parse(rzz.text + "\n" + rzz.call("rzz", first: 1), rzz)
    var model = NoiseModel()
    try model.append(.init(gates: ["rzz"], channel: try .depolarizing(0.01, qubitCount: 2)))
    let noisy = try model.applied(to: circuit)
    #expect(noisy.instructions.count { if case .channel(_, [1, 2]) = $0 { true } else { false } } == 1)
    #expect(noisy.instructions.count == 2)
    var other = NoiseModel()
    try other.append(.init(gates: ["cx"], channel: try .depolarizing(0.01, qubitCount: 2)))
    #expect(try other.applied(to: circuit) == circuit)
  }
}

extension Circuit {
  fileprivate var gateNames: [String] { instructions.compactMap { if case .gate(let gate) = $0 { gate.name } else { nil } } }
}

extension String {
  /// The text with a word that stands alone replaced.
  fileprivate func replacingWord(_ word: String, by other: String) -> String {
    var result = ""
    var rest = self[...]
    while !rest.isEmpty {
      let run = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" }
      if run.isEmpty {
        result.append(rest.removeFirst())
      } else {
        result += run == word ? other : String(run)
        rest = rest.dropFirst(run.count)
      }
    }
    return result
  }
}
