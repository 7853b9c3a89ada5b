import Circuits
import Foundation
import TestSupport
import Testing

@testable import Simulator

@Suite("stabilizer states against the state vector")
struct StabilizerTests {
  static let cases = (1...6).flatMap { n in (0..<5).map { (n, UInt64(7_000 + 100 * n + $0)) } }

  /// χ² as a normal number (Wilson and Hilferty 1931); it exceeds 5.5 with probability 2·10⁻⁸ in each of 60 circuits.
  @Test("outcomes come as often as they are probable, and never if they are not", arguments: cases)
  func frequencies(_ qubitCount: Int, _ seed: UInt64) throws {
    var random = RandomClifford(qubitCount: qubitCount, seed: seed)
    for circuit in [try random.circuit(stepCount: 40), try random.dynamicCircuit(stepCount: 14)] {
      let shots = 4_000
      let result = try run(SimulationRequest(circuit: circuit, shots: shots, seed: seed))
      let counts = try #require(result.counts).dictionary
      #expect(result.method == "stabilizer" && counts.values.reduce(0, +) == shots)
      let expected = try ReferenceInterpreter.distribution(circuit)
      #expect(counts.keys.allSatisfy { (expected[$0] ?? 0) > 1e-12 }, "seed \(seed)")
      #expect(deviation(counts, expected, shots: shots) < 5.5, "seed \(seed)")
    }
  }

  @Test("a circuit that measures nothing is sampled on all its qubits", arguments: 1...6)
  func unmeasured(_ qubitCount: Int) throws {
    var random = RandomClifford(qubitCount: qubitCount, seed: UInt64(qubitCount))
    var circuit = try Circuit(qubitCount: qubitCount)
    for instruction in try random.circuit(stepCount: 40).instructions {
      if case .gate = instruction { try circuit.append(instruction) }
    }
    let counts = try #require(run(SimulationRequest(circuit: circuit, shots: 4_000, seed: 3)).counts).dictionary
    let expected = try ReferenceInterpreter.distribution(circuit)
    #expect(counts.keys.allSatisfy { (expected[$0] ?? 0) > 1e-12 })
    #expect(deviation(counts, expected, shots: 4_000) < 5.5)
  }

  @Test("expectation values are those of the mean over all histories", arguments: cases)
  func expectations(_ qubitCount: Int, _ seed: UInt64) throws {
    var random = RandomClifford(qubitCount: qubitCount, seed: seed)
    let observables = try (0..<70).map { _ in try random.observable() }
    for circuit in [try random.circuit(stepCount: 40), try random.dynamicCircuit(stepCount: 14)] {
      var request = SimulationRequest(circuit: circuit, observables: observables, precision: .double)
      let found = try run(request)
      request.method = .statevector
      let expected = try CircuitSimulator(device: "cpu").run(request)[0]
      #expect(expected.method == "statevector")
      for (a, b) in zip(found.expectations, expected.expectations) {
        #expect(abs(a.value - b.value) < 1e-9 && a.standardError == 0, "seed \(seed)")
      }
      #expect(found.expectations.count == 70)
    }
  }

  @Test("with shots, values that depend on outcomes alone are exact, those of branches have a standard error")
  func standardErrors() throws {
    var fixed = try Circuit(qubitCount: 2, classicalBitCount: 1)
    try fixed.append(.h, on: 0)
    try fixed.measure(0, into: 0)
    try fixed.append(.cx, on: 0, 1)
    var branching = fixed
    try branching.append(.ifElse(.bit(0), then: [.gate(GateOperation(.standard(.x), qubits: [1]))], otherwise: []))
    let observables = [try Observable("ZZ"), try Observable("ZI"), try Observable("IZ")]
    let first = try run(SimulationRequest(circuit: fixed, shots: 1_000, observables: observables))
    #expect(first.expectations.map(\.value) == [1, 0, 0] && first.expectations.allSatisfy { $0.standardError == 0 })
    let second = try run(SimulationRequest(circuit: branching, shots: 1_000, observables: observables))
    #expect(second.expectations[1].value == 1 && second.expectations[1].standardError == 0)
    // The mean of 1,000 fair signs: six standard errors are exceeded in 2·10⁻⁹ of all seeds.
    #expect(abs(second.expectations[2].value) < 6 / 1000.0.squareRoot())
    #expect(abs(second.expectations[2].standardError - 1 / 1000.0.squareRoot()) < 1e-3)
    let exact = try run(SimulationRequest(circuit: branching, observables: observables))
    #expect(exact.expectations.map(\.value) == [0, 1, 0])
  }

  /// How many standard deviations χ² is above what is expected.
  private func deviation(_ counts: [String: Int], _ probabilities: [String: Double], shots: Int) -> Double {
    var (cells, rest) = ([(Double, Double)](), (0.0, 0.0))
    for (outcome, probability) in probabilities {
      let (count, expected) = (Double(counts[outcome] ?? 0), probability * Double(shots))
      if expected >= 10 { cells.append((count, expected)) } else { rest = (rest.0 + count, rest.1 + expected) }
    }
    if rest.1 >= 10 { cells.append(rest) }
    guard cells.count > 1 else { return 0 }
    let square = cells.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) / $1.1 }
    let part = 2 / (9 * Double(cells.count - 1))
    return (pow(square / Double(cells.count - 1), 1.0 / 3) - (1 - part)) / part.squareRoot()
  }
}

/// Runs one row as a stabilizer state.
func run(_ request: SimulationRequest) throws -> SimulationResult {
  var request = request
  request.method = .stabilizer
  return try CircuitSimulator(device: "cpu").run(request)[0]
}
