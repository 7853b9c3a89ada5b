import Circuits
import Foundation
import TestSupport
import Testing

@testable import Simulator

@Suite("shots of a batch")
struct SamplerTests {
  static let cases = (1...6).flatMap { n in (0..<8).map { (n, UInt64(5_000 + 100 * n + $0)) } }

  /// χ² of outcomes that are expected at least ten times each, the others taken together, as a number that is normal but for the tails (Wilson
  /// and Hilferty 1931). It exceeds 5.5 with probability 2·10⁻⁸ in each of 480 rows.
  @Test(
    "outcomes of random templates and measurements come as often as they are probable, and never if they are not", arguments: cases)
  func frequencies(_ qubitCount: Int, _ seed: UInt64) throws {
    var template = RandomTemplate(qubitCount: qubitCount, seed: seed)
    let circuit = try template.sampled(gateCount: 20, seed: seed)
    let rows = (0..<5).map { _ in template.row(largest: 20) }
    let shots = 20_000
    for precision in Precision.allCases {
      let sampler = try Sampler(circuit, precision: precision)
      #expect(sampler.method == .lanes)
      let counts = try sampler.counts(rows, shots: shots, seed: seed)
      for (row, counts) in zip(rows, counts) {
        #expect(counts.reduce(0, +) == UInt32(shots))
        let probabilities = try ReferenceInterpreter.probabilities(circuit, row, bitCount: sampler.bitCount)
        #expect(zip(counts, probabilities).allSatisfy { $0 == 0 || $1 > 1e-12 }, "seed \(seed), row \(row)")
        let deviation = Self.deviation(counts, probabilities.map { $0 * Double(shots) })
        #expect(deviation < 5.5, "seed \(seed), \(precision), row \(row)")
      }
    }
  }

  /// How many standard deviations χ² is above what is expected.
  private static func deviation(_ counts: [UInt32], _ expected: [Double]) -> Double {
    var (cells, rest) = ([(Double, Double)](), (0.0, 0.0))
    for (count, expected) in zip(counts, expected) {
      if expected >= 10 { cells.append((Double(count), expected)) } else { rest = (rest.0 + Double(count), rest.1 + expected) }
    }
    if rest.1 >= 10 { cells.append(rest) }
    guard cells.count > 1 else { return 0 }
    let square = cells.reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) / $1.1 }
    let part = 2 / (9 * Double(cells.count - 1))
    return (pow(square / Double(cells.count - 1), 1.0 / 3) - (1 - part)) / part.squareRoot()
  }

  @Test("the same counts row by row, in parts, on several threads and on every instruction set", arguments: 1...4)
  func split(_ seed: UInt64) throws {
    var template = RandomTemplate(qubitCount: 5, seed: seed)
    let program = try BatchProgram(sampling: template.sampled(gateCount: 30, seed: seed))
    let rows = (0..<37).map { _ in template.row() }
    let shots = LaneShots(count: 1_003, seed: seed, circuitIndex: 3, firstRow: 9)
    for precision in Precision.allCases {
      let whole = try batchCounts(program, rows, shots, precision: precision)
      for (index, row) in rows.enumerated() {
        let one = LaneShots(count: 1_003, seed: seed, circuitIndex: 3, firstRow: 9 + UInt32(index))
        #expect(try batchCounts(program, [row], one, precision: precision)[0] == whole[index])
      }
      let many = Array(repeating: rows, count: 60).flatMap(\.self)
      #expect(try batchCounts(program, many, shots, precision: precision, threadCount: 3).prefix(37) == whole[...])
      for kernels in CPUKernels.available {
        #expect(try batchCounts(program, rows, shots, precision: precision, kernels: kernels) == whole, "\(kernels.name)")
      }
    }
  }

  @Test("another seed, circuit or row draws others; equal rows are drawn apart")
  func keys() throws {
    let sampler = try Sampler(Self.rotated(4))
    let rows = Array(repeating: [1.0, 1.1, 1.2, 1.3], count: 3)
    let counts = try sampler.counts(rows, shots: 1000)
    #expect(Set(counts).count == 3)
    #expect(try sampler.counts(rows, shots: 1000, firstRow: 1).prefix(2) == counts[1...])
    #expect(try sampler.counts(rows, shots: 1000, seed: 2) != counts)
    #expect(try sampler.counts(rows, shots: 1000, seed: 1 << 32 + 1) != counts)
    #expect(try sampler.counts(rows, shots: 1000, circuitIndex: 1) != counts)
  }

  /// ry(θⱼ) on each qubit.
  static func rotated(_ qubitCount: Int) throws -> Circuit {
    var circuit = try Circuit(qubitCount: qubitCount)
    for qubit in 0..<qubitCount {
      circuit.declare(Parameter("t\(qubit)"))
      try circuit.append(.ry, .parameter(Parameter("t\(qubit)")), on: qubit)
    }
    return circuit
  }
}

@Suite("circuits with one outcome")
struct CertainOutcomeTests {
  @Test("Clifford gates that are taken into the measurements", arguments: 1...8)
  func hiddenString(_ qubitCount: Int) throws {
    // Bernstein and Vazirani (1997): the phases of a parity, and Hadamard gates on both sides.
    let hidden = 0b1011_0101 & (1 << qubitCount - 1)
    var circuit = try Circuit(qubitCount: qubitCount)
    for qubit in 0..<qubitCount { try circuit.append(.h, on: qubit) }
    for qubit in 0..<qubitCount where hidden >> qubit & 1 == 1 { try circuit.append(.z, on: qubit) }
    for qubit in 0..<qubitCount { try circuit.append(.h, on: qubit) }
    let counts = try Sampler(circuit).counts([[]], shots: 77)[0]
    #expect(counts.enumerated().allSatisfy { $0.element == ($0.offset == hidden ? 77 : 0) })
  }

  @Test("whole half turns by parameters, in any number, and one shot", arguments: -3...3)
  func halfTurns(_ turns: Int) throws {
    let rows = (0..<20).map { row in [0, turns, row, turns + row].map { Double($0) * .pi } }
    let counts = try Sampler(SamplerTests.rotated(4)).counts(rows, shots: 1)
    for (row, counts) in counts.enumerated() {
      let outcome = [0, turns, row, turns + row].enumerated().reduce(0) { $0 | ($1.element & 1) << $1.offset }
      #expect(counts.enumerated().allSatisfy { $0.element == ($0.offset == outcome ? 1 : 0) })
    }
  }

  @Test("correlations of a GHZ state, whose measurements have X: only equal bits come, both about equally often")
  func correlations() throws {
    var circuit = try Circuit(qubitCount: 6)
    try circuit.append(.h, on: 0)
    for qubit in 1..<6 { try circuit.append(.cx, on: qubit - 1, qubit) }
    let counts = try Sampler(circuit).counts([[]], shots: 10_000)[0]
    #expect(counts[0] + counts[63] == 10_000)
    // 5σ.
    #expect(abs(Double(counts[0]) - 5_000) < 250)
  }

  @Test("no shots, no rows, and bits that nothing is measured into")
  func edges() throws {
    var circuit = try Circuit(qubitCount: 2, classicalBitCount: 3)
    try circuit.append(.x, on: 1)
    try circuit.measure(1, into: 2)
    let sampler = try Sampler(circuit)
    #expect(sampler.bitCount == 3)
    #expect(try sampler.counts([[], []], shots: 5) == [[0, 0, 0, 0, 5, 0, 0, 0], [0, 0, 0, 0, 5, 0, 0, 0]])
    #expect(try sampler.counts([[]], shots: 0) == [Array(repeating: 0, count: 8)])
    #expect(try sampler.counts([], shots: 5).isEmpty)
  }
}

@Suite("templates that lanes do not take, and bad input of a sampler")
struct SamplerFallbackTests {
  @Test("a reset on the way is run row by row, with the counts of the simulator")
  func rows() throws {
    let angle = Parameter("a")
    var circuit = try Circuit(qubitCount: 9, classicalBitCount: 9)
    circuit.declare(angle)
    try circuit.append(.ry, .parameter(angle), on: 0)
    try circuit.reset(1)
    try circuit.append(.cx, on: 0, 8)
    for qubit in 0..<9 { try circuit.measure(qubit, into: qubit) }
    let sampler = try Sampler(circuit)
    #expect(sampler.method == .rows)
    let counts = try sampler.counts([[0.5], [2]], shots: 1000, seed: 4, circuitIndex: 5, firstRow: 6)
    let request = SimulationRequest(
      circuit: circuit, rows: [[0.5], [2]], shots: 1000, seed: 4, circuitIndex: 5, firstRow: 6)
    for (counts, result) in zip(counts, try CircuitSimulator().run(request)) {
      let expected = try #require(result.counts)
      #expect(UInt64(counts[0]) == expected["000000000"] && UInt64(counts[257]) == expected["100000001"])
      #expect(counts.reduce(0, +) == 1000)
    }
  }

  @Test("a gate after a qubit's measurement is run row by row")
  func gateAfterMeasurement() throws {
    var circuit = try Circuit(qubitCount: 1, classicalBitCount: 1)
    try circuit.append(.x, on: 0)
    try circuit.measure(0, into: 0)
    try circuit.append(.x, on: 0)
    let sampler = try Sampler(circuit)
    #expect(sampler.method == .rows)
    #expect(try sampler.counts([[]], shots: 9) == [[0, 9]])
  }

  @Test("states that would be spread over the lanes are run row by row")
  func large() throws {
    let qubitCount = Limits.leastSpreadQubitCount
    #expect(try Sampler(SamplerTests.rotated(qubitCount)).method == .rows)
    let sampler = try Sampler(SamplerTests.rotated(qubitCount - 1))
    #expect(sampler.method == .lanes)
    #expect(try sampler.counts([Array(repeating: 1, count: qubitCount - 1)], shots: 50)[0].reduce(0, +) == 50)
  }

  @Test("what is wrong is said, with what would be accepted")
  func refusals() throws {
    let sampler = try Sampler(SamplerTests.rotated(2))
    func message(_ body: () throws(SimulatorError) -> Void) -> String {
      do throws(SimulatorError) { try body() } catch { return error.description }
      return "nothing was thrown"
    }
    #expect(message { () throws(SimulatorError) in _ = try sampler.counts([[1]], shots: 1) }.contains("1 rows of 2 parameters"))
    #expect(message { () throws(SimulatorError) in _ = try sampler.counts([[1, 2]], shots: -1) }.contains("0 to 100000000"))
    #expect(
      message { () throws(SimulatorError) in _ = try sampler.counts([[1, 2], [1, .nan]], shots: 1) }.contains("row 1, parameter 1"))
    #expect(
      message { () throws(SimulatorError) in _ = try sampler.counts([[1, 2], [1, 2]], shots: 1, firstRow: .max) }.contains(
        "2³² − 1"))
    let wide = try Circuit(qubitCount: Limits.sampledBitCount + 1)
    #expect(message { () throws(SimulatorError) in _ = try Sampler(wide) }.contains("at most 16 bits"))
  }
}
