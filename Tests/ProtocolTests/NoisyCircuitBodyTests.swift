import Circuits
import Protocol
import TestSupport
import Testing

@Suite("Circuits encoded with their noise")
struct NoisyCircuitBodyTests {
  static let model =
    #"{"version": 1, "gates": [{"gates": ["cx"], "channels": [{"type": "depolarizing", "strength": 0.01, "qubit_count": 2}]}]}"#

  static func noises() throws -> [CircuitNoise] {
    [try CircuitNoise(.model, json: Array(model.utf8)), try CircuitNoise(deviceNamed: "manila")]
  }

  static func bell() throws -> Circuit {
    var circuit = try Circuit(qubitCount: 2)
    try circuit.append(.x, on: 0)
    try circuit.append(.cx, on: 0, 1)
    return circuit
  }

  @Test("circuit and noise come back as they were, and add up to the same noisy circuit")
  func roundTrip() throws {
    let circuit = try Self.bell()
    for noise in try Self.noises() {
      let (found, read) = try NoisyCircuitBody.decode(NoisyCircuitBody.encode(circuit, noise))
      #expect(found == circuit && read == noise)
      let noisy = try read.applied(to: found)
      #expect(noisy == (try noise.applied(to: circuit)) && noisy != circuit)
    }
  }

  @Test("a template's digest is of the circuit and of the noise")
  func digests() throws {
    let circuit = try Self.bell()
    var other = circuit
    try other.append(.x, on: 1)
    var templates = [try Template(circuit)]
    for noise in try Self.noises() { templates += [try Template(circuit, noise: noise), try Template(other, noise: noise)] }
    #expect(Set(templates.map(\.digest)).count == 5)
    #expect(try TemplateBundle.decode(TemplateBundle.encode(templates)) == templates)
  }

  @Test(
    "what is no circuit with noise is refused with what is accepted",
    arguments: [
      ([], "ends too early"), ([2, 1], "version 2, 1 accepted"), ([1, 3, 0], "1 (a model) or 2 (a device's calibration)"),
      ([1, 1, 0xff, 0xff, 0xff, 0xff, 0x0f], "at most"), ([1, 1, 5, 1], "5 bytes, 1 are left"), ([1, 1, 0], "ends too early"),
    ] as [([UInt8], String)])
  func refused(_ bytes: [UInt8], _ words: String) throws {
    let error = #expect(throws: ProtocolError.self) { try NoisyCircuitBody.decode(bytes) }
    #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
  }

  @Test("noise that is none is refused with its own error")
  func refusedNoise() throws {
    let noise = try Self.noises()[0]
    let bytes = NoisyCircuitBody.encode(try Self.bell(), noise)
    let head = bytes.dropLast(noise.json.count)
    for (json, words) in [("", "not JSON"), ("{}", "version"), (#"{"version": 2}"#, "version 1 is accepted")] {
      let error = #expect(throws: ProtocolError.self) { try NoisyCircuitBody.decode(Array(head) + Array(json.utf8)) }
      #expect(error?.code == .invalidValue && error?.message.contains(words) == true, "\(error?.message ?? "")")
    }
  }

  @Test("mutated bytes are read or refused, never trapped on", arguments: 0..<4)
  func mutations(seed: UInt64) throws {
    var generator = SplitMix(seed: seed)
    let samples = try Self.noises().map { NoisyCircuitBody.encode(try CircuitBodyTests.everything(), $0) }
    var refused = 0
    for round in 0..<400 {
      do { _ = try NoisyCircuitBody.decode(generator.mutated(samples[round % samples.count])) } catch { refused += 1 }
    }
    #expect(refused > 40, "seed \(seed)")
  }
}
