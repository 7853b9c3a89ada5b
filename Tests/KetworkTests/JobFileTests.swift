import ArgumentParser
import Circuits
import Protocol
import Testing

@testable import ketwork

@Suite("job files say what is done about noise")
struct JobFileTests {
  private static let circuit = """
    OPENQASM 3.0; include "stdgates.inc"; qubit[2] q; x q[0]; cx q[0], q[1];
    """

  /// The batch of one circuit with an entry's mitigation, read as the command line reads it.
  private func batch(_ mitigation: String, _ arguments: [String] = [], options: MitigationSettings? = nil) throws -> CircuitBatch {
    let folder = try Folder()
    _ = try folder.write("c.qasm", Array(Self.circuit.utf8))
    let entry = #"{"circuit": "c.qasm", "observables": ["ZZ"], "shots": 10\#(mitigation)}"#
    _ = try folder.write("job.json", Array(#"{"version": 1, "circuits": [\#(entry)]}"#.utf8))
    return try CircuitBatch(try CircuitOptions.parse([folder.path("job.json"), "--seed", "1"] + arguments), mitigation: options)
  }

  private static let everything = """
    {"method": "pec", "samples": 7, "scales": [1, 2.5], "fit": "exponential:0.5", "folding": "multi-qubit", "symmetries": ["-ZZ"],
    "pec_twirled": true, "cdr_angles": "nearest", "cdr_kept": 3, "dd_sequence": "cpmg", "readout_method": "unfolding"}
    """

  @Test("every option of an entry is read, and the schema knows each")
  func options() throws {
    let found = try batch(#", "mitigation": \#(Self.everything)"#).items[0].settings.mitigation
    #expect(
      found
        == MitigationSettings(
          .pec, samples: 7, scales: [1, 2.5], fit: .exponential(asymptote: 0.5), folding: .multiQubit, symmetries: ["-ZZ"],
          pecTwirled: true, cdrAngles: .nearest, cdrKept: 3, ddSequence: .cpmg, readoutMethod: .unfolding))
    try SchemaKeys.check(Self.everything, against: "job-1.schema.json", definition: "mitigation")
    #expect(try batch(#", "mitigation": {"method": "zne"}"#).items[0].settings.mitigation == MitigationSettings(.zne))
  }

  @Test("what an entry leaves out is what the command line says")
  func defaults() throws {
    let options = MitigationSettings(.twirling, samples: 3)
    #expect(try batch("", options: options).items[0].settings.mitigation == options)
    #expect(try batch(#", "mitigation": {"method": "zne"}"#, options: options).items[0].settings.mitigation?.method == .zne)
    #expect(try batch("").items[0].settings.mitigation == nil)
  }

  @Test(
    "what is no option is refused with its place and what is accepted",
    arguments: [
      (#"{"method": "magic"}"#, "circuits[0].mitigation.method 'magic': one of zne, readout"),
      (#"{"method": "zne", "scale": [1]}"#, "'scale' is not known in 'circuits[0].mitigation'; method, samples"),
      (#"{"method": "zne", "fit": "cubic"}"#, "circuits[0].mitigation.fit 'cubic': linear"),
      (#"{"method": "zne", "folding": "x"}"#, "circuits[0].mitigation.folding 'x': one of global, local, multi-qubit"),
      (#"{"method": "zne", "scales": [0]}"#, "circuits[0]: mitigation by zne: a scale factor of 0.0, 1 to 1000.0"),
      (#"{"samples": 3}"#, "'method' is missing in 'circuits[0].mitigation'"),
      (#"{"method": "pec", "samples": "x"}"#, "'circuits[0].mitigation.samples' is not a value of type Int"),
      (#"{"method": "pec", "samples": 0}"#, "circuits[0]: mitigation by pec: 0 samples"),
    ])
  func refused(_ mitigation: String, _ words: String) throws {
    let failure = #expect(throws: Failure.self) { try batch(#", "mitigation": \#(mitigation)"#) }
    #expect(failure?.status == .invalidData && failure?.description.contains("job.json: ") == true)
    #expect(failure?.description.contains(words) == true, "\(failure?.description ?? "")")
  }

  @Test("with mitigation the circuit and its noise travel apart, draws are keyed as without it, and all its circuits are declared")
  func templates() throws {
    let arguments = ["--device-model", "manila"]
    let plain = try batch("", arguments)
    let mitigated = try batch(#", "mitigation": {"method": "zne"}"#, arguments)
    #expect(plain.templates.map(\.format) == [.circuit] && mitigated.templates.map(\.format) == [.noisyCircuit])
    #expect(plain.items[0].circuit == mitigated.items[0].circuit)
    #expect(mitigated.items[0].operationCount == 7 * plain.items[0].operationCount && plain.items[0].operationCount > 2)
    let (circuit, noise) = try NoisyCircuitBody.decode(mitigated.templates[0].bytes)
    #expect(circuit.instructions.count == 2 && noise.device?.name == "manila")
    #expect(try batch(#", "mitigation": {"method": "zne"}"#).templates.map(\.format) == [.openQASM])
  }
}
