import Circuits
import Testing

@testable import ketwork

@Suite("noise that the command line names")
struct CircuitNoiseTests {
  @Test("a device's noise is that of its gates, of qubits that wait, and of its readout")
  func device() throws {
    let noise = try #require(try CircuitNoise(path: nil, deviceName: "manila"))
    var circuit = try Circuit(qubitCount: 2, classicalBitCount: 2)
    try circuit.append(.x, on: 0)
    try circuit.append(.x, on: 0)
    try circuit.append(.x, on: 1)
    try circuit.append(.cx, on: 0, 1)
    for qubit in 0..<2 { try circuit.measure(qubit, into: qubit) }
    let noisy = try noise.applied(to: circuit, name: "c.qasm")
    // Qubit 1 waits for the second x of qubit 0.
    #expect(noisy.instructions.contains { if case .delay = $0 { true } else { false } })
    let channelCount = noisy.instructions.count { if case .channel = $0 { true } else { false } }
    #expect(channelCount >= 5 && noisy.readout.map(\.qubits) == [[0], [1]])
    #expect(noisy.readout[0].error != noisy.readout[1].error)
  }

  @Test("what a device cannot run, and devices that are not there, are refused by name")
  func refused() throws {
    let noise = try #require(try CircuitNoise(path: nil, deviceName: "manila"))
    var circuit = try Circuit(qubitCount: 5)
    try circuit.append(.cx, on: 0, 4)
    let failure = #expect(throws: Failure.self) { try noise.applied(to: circuit, name: "c.qasm") }
    #expect(failure?.status == .invalidData && failure?.description.contains("c.qasm: cx on qubits 0, 4") == true)
    let unknown = #expect(throws: CircuitError.self) { try CircuitNoise(path: nil, deviceName: "nowhere") }
    #expect(unknown?.message.contains("manila") == true)
    let none = try CircuitNoise(path: nil, deviceName: nil)
    #expect(none.map { _ in true } == nil)
  }
}
