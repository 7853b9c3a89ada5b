import Circuits
import Protocol
import Testing

@testable import ketwork

@Suite("jobs declare what they need")
struct CircuitBatchTests {
  @Test("the qubits on which depends what is wanted, and all of them where everything is")
  func qubits() throws {
    var circuit = try Circuit(qubitCount: 40, classicalBitCount: 1)
    for qubit in 0..<40 { try circuit.append(.h, on: qubit) }
    try circuit.append(.cx, on: 6, 5)
    try circuit.measure(5, into: 0)
    let observable = ObservableRequest(label: String(repeating: "I", count: 38) + "ZI")
    func count(_ settings: ExecutionSettings) throws -> Int { try CircuitBatch.simulatedQubitCount(circuit, settings) }
    #expect(try count(ExecutionSettings(shots: 10)) == 2)
    #expect(try count(ExecutionSettings(observables: [observable])) == 1)
    #expect(try count(ExecutionSettings(shots: 10, observables: [observable])) == 3)
    #expect(try count(ExecutionSettings(shots: 10, wantsProbabilities: true)) == 40)
    #expect(try count(ExecutionSettings(wantsStatevector: true)) == 40)
  }
}
