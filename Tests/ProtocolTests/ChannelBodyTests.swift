import Circuits
import Protocol
import TestSupport
import Testing

@Suite("encoded channels")
struct ChannelBodyTests {
  private static func circuit(_ channel: Channel) throws -> Circuit {
    var circuit = try Circuit(qubitCount: 3)
    try circuit.append(.channel(channel, qubits: Array([2, 0, 1].prefix(channel.qubitCount))))
    return circuit
  }

  @Test("mixtures and Kraus operators come back as they were, bit for bit")
  func roundTrip() throws {
    let channels: [Channel] = [
      try .depolarizing(0.1, qubitCount: 2), try .phaseDamping(0.3), try .amplitudeDamping(0.1),
      try .reset(toZero: 0.1, toOne: 0.2),
      try .thermalRelaxation(t1: 1, t2: 1.3, time: 0.1), try RandomChannel(qubitCount: 3, seed: 1).channel(operatorCount: 4),
      try .pauli([(PauliString("XYZ"), 0.1), (PauliString("III"), 0.9)]), try .overRotation(0.1, about: PauliString("ZZ")),
    ]
    for channel in channels {
      let circuit = try Self.circuit(channel)
      let bytes = CircuitBody.encode(circuit)
      let decoded = try CircuitBody.decode(bytes)
      #expect(decoded == circuit, "\(channel.name)")
      #expect(CircuitBody.encode(decoded) == bytes, "\(channel.name)")
    }
  }

  @Test("changed bytes are refused, or are another circuit that is written in the same way")
  func hostile() throws {
    let bytes = CircuitBody.encode(try Self.circuit(try .amplitudeDamping(0.25)))
    var (refused, accepted) = (0, 0)
    for place in bytes.indices {
      for bit in [0, 3, 6, 7] {
        var changed = bytes
        changed[place] ^= 1 << UInt8(bit)
        do throws(ProtocolError) {
          let circuit = try CircuitBody.decode(changed)
          accepted += 1
          #expect(CircuitBody.encode(circuit) == changed, "bit \(bit) of byte \(place)")
        } catch { refused += 1 }
      }
    }
    // Whoever changes a name, or a number by less than the tolerance, has another channel.
    #expect(refused > 100 && accepted > 100, "\(refused) refused, \(accepted) accepted")
  }
}
