import Circuits
import FoundationEssentials
import OpenQASM
import TestSupport
import Testing

/// Files of a public suite, of random circuits and written by hand, with what Qiskit gives for them; `Corpus/README.md` says how they
/// were made.
@Suite("files that Qiskit wrote or reads mean here what they mean to Qiskit")
struct CorpusTests {
  struct References: Decodable {
    var circuits: [Reference]
  }

  /// A file and its results.
  struct Reference: Decodable, Sendable, CustomTestStringConvertible {
    var file: String
    /// Of each basis state, averaged over measurement histories.
    var probabilities: [Double]
    /// Of each value of the classical bits, the last one first; only of circuits that measure on their way.
    var outcomes: [String: Double]?

    var testDescription: String { file }
  }

  static let folder = "\(#filePath)".split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" } + "/Corpus"
  static let references: [Reference] = {
    let data = FileManager.default.contents(atPath: "\(folder)/references.json") ?? Data()
    do { return try JSONDecoder().decode(References.self, from: data).circuits } catch { preconditionFailure("\(error)") }
  }()

  @Test("to 1e-10 in every probability", arguments: references)
  func agreement(_ reference: Reference) throws {
    let path = "\(Self.folder)/\(reference.file)"
    let source = try #require(FileManager.default.contents(atPath: path), "\(path) cannot be read")
    let circuit = try OpenQASMParser.parse(Array(source), file: reference.file)
    let branches = try ReferenceInterpreter.run(circuit)

    // Qubits that a file does not name are left out of its circuit, and in state 0 in the reference.
    for (state, expected) in reference.probabilities.enumerated() {
      let found = state >> circuit.qubitCount == 0 ? branches.reduce(0) { $0 + $1.amplitudes[state].lengthSquared } : 0
      #expect(abs(found - expected) < 1e-10, "basis state \(state)")
    }
    guard let outcomes = reference.outcomes else { return }
    let distribution = try ReferenceInterpreter.distribution(circuit)
    for bits in Set(outcomes.keys).union(distribution.keys) {
      #expect(abs(distribution[bits, default: 0] - outcomes[bits, default: 0]) < 1e-10, "outcome \(bits)")
    }
  }
}
