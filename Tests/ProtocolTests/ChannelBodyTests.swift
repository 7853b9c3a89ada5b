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

  @Test("a channel that is used often is written once")
  func once() throws {
    let channel = try Channel.depolarizing(0.01, qubitCount: 2)
    var circuit = try Circuit(qubitCount: 2)
    try circuit.append(channel, on: 0, 1)
    let once = CircuitBody.encode(circuit).count
    for _ in 0..<100 { try circuit.append(channel, on: 1, 0) }
    try circuit.append(try .depolarizing(0.02, qubitCount: 2), on: 0, 1)
    let bytes = CircuitBody.encode(circuit)
    #expect(bytes.count < 2 * once + 600, "\(bytes.count) bytes, \(once) for one")
    #expect(try CircuitBody.decode(bytes) == circuit)
  }

  @Test("errors of reading come back, and bytes that change them are refused or are another circuit")
  func readout() throws {
    var circuit = try Circuit(qubitCount: 3)
    try circuit.append(.h, on: 0)
    let plain = CircuitBody.encode(circuit)
    try circuit.misread(try ReadoutError(zeroAsOne: 0.25, oneAsZero: 0.125), on: [2])
    let rows = [[0.75, 0.25, 0, 0], [0, 1, 0, 0], [0, 0, 0.5, 0.5], [0, 0, 0, 1]]
    try circuit.misread(try ReadoutError(rows), on: [1, 0])
    let bytes = CircuitBody.encode(circuit)
    #expect(bytes.starts(with: plain), "a circuit without errors is written as before")
    #expect(try CircuitBody.decode(bytes) == circuit)
    // Whoever changes a number by less than the tolerance has another error of reading.
    let (refused, accepted) = Self.decoded(changing: bytes, plain.count..<bytes.count)
    #expect(refused > 10 && accepted > 10, "\(refused) refused, \(accepted) accepted")
    #expect(throws: ProtocolError.self) { try CircuitBody.decode(plain + [0]) }
  }

  @Test("changed bytes are refused, or are another circuit that is written in the same way")
  func hostile() throws {
    let bytes = CircuitBody.encode(try Self.circuit(try .amplitudeDamping(0.25)))
    let (refused, accepted) = Self.decoded(changing: bytes, bytes.indices)
    // Whoever changes a name, or a number by less than the tolerance, has another channel.
    #expect(refused > 100 && accepted > 100, "\(refused) refused, \(accepted) accepted")
  }

  /// How many encodings with one bit changed are refused, and how many are other circuits, whose one encoding each is.
  private static func decoded(changing bytes: [UInt8], _ places: Range<Int>) -> (refused: Int, accepted: Int) {
    var (refused, accepted) = (0, 0)
    for place in places {
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
    return (refused, accepted)
  }
}
