import Circuits
import TestSupport
import Testing

@testable import Simulator

/// Counts of rows, rows × outcomes, by a batch's program on chosen kernels and threads.
func batchCounts(
  _ program: BatchProgram, _ rows: [[Double]], _ shots: LaneShots, precision: Precision = .double,
  kernels: CPUKernels = .available[0], threadCount: Int = 1
) throws(SimulatorError) -> [[UInt32]] {
  let runner = LaneRunner(program, kernels: kernels, precision: precision)
  let (parameters, width) = (rows.flatMap(\.self), 1 << (program.outcomes?.bitCount ?? 0))
  var counts = Array(repeating: UInt32.max, count: rows.count * width)
  try unsafe parameters.withUnsafeBufferPointer { (parameters) throws(SimulatorError) in
    try unsafe counts.withUnsafeMutableBufferPointer { (counts) throws(SimulatorError) in
      let job = unsafe LaneJob(
        rowCount: rows.count, parameters: parameters, values: UnsafeMutableBufferPointer(start: nil, count: 0),
        output: .counts(shots, counts))
      try runner.run(job, threadCount: threadCount)
    }
  }
  return rows.indices.map { Array(counts[$0 * width..<($0 + 1) * width]) }
}

extension Sampler {
  /// Counts of rows, rows × outcomes.
  func counts(
    _ rows: [[Double]], shots: Int, seed: UInt64 = 1, circuitIndex: UInt32 = 0, firstRow: UInt32 = 0
  ) throws(SimulatorError) -> [[UInt32]] {
    let parameters = rows.flatMap(\.self)
    var counts = Array(repeating: UInt32.max, count: rows.count << bitCount)
    var places = counts.mutableSpan
    try sample(
      parameters.span, rowCount: rows.count, shots: shots, seed: seed, circuitIndex: circuitIndex, firstRow: firstRow,
      counts: &places)
    return rows.indices.map { Array(counts[$0 << bitCount..<($0 + 1) << bitCount]) }
  }
}

extension ReferenceInterpreter {
  /// The probability of each outcome, as a number, by definition.
  static func probabilities(_ circuit: Circuit, _ row: [Double], bitCount: Int) throws -> [Double] {
    let distribution = try distribution(circuit, parameters: row)
    return (0..<1 << bitCount).map { outcome in
      distribution[String((0..<bitCount).reversed().map { outcome >> $0 & 1 == 1 ? "1" : "0" }), default: 0]
    }
  }
}

extension RandomTemplate {
  /// A random circuit; of some the qubits are measured into bits in any order, some bits twice and some never.
  mutating func sampled(gateCount: Int, seed: UInt64) throws -> Circuit {
    var circuit = try circuit(gateCount: gateCount)
    var random = SplitMix(seed: seed)
    guard Bool.random(using: &random) else { return circuit }
    let bitCount = Int.random(in: 1...qubitCount + 1, using: &random)
    _ = try circuit.addClassicalRegister("c", count: bitCount)
    for _ in 0..<Int.random(in: 1...qubitCount + 2, using: &random) {
      try circuit.measure(Int.random(in: 0..<qubitCount, using: &random), into: Int.random(in: 0..<bitCount, using: &random))
    }
    return circuit
  }
}
