import Protocol
import TestSupport

/// Kinds of jobs, each of which gives the same results whenever, wherever and however often it is run.
struct SoakWork: Sendable {
  let template: Template
  let item: Item
  let circuitCount: Int

  /// A chain of rotations and CNOT gates with a parameter for each qubit.
  private static func source(_ qubitCount: Int) -> String {
    let inputs = (0..<qubitCount).map { "input float p\($0);" }.joined(separator: " ")
    let gates = (0..<qubitCount).map { "ry(p\($0)) q[\($0)]; cx q[\($0)], q[\(($0 + 1) % qubitCount)];" }.joined(separator: " ")
    return "OPENQASM 3.0; include \"stdgates.inc\"; \(inputs) qubit[\(qubitCount)] q; \(gates)"
  }

  init(qubitCount: Int, rowCount: Int, shots: Int?, seed: UInt64) throws {
    template = try Template(openQASM: Self.source(qubitCount))
    var random = SplitMix(seed: seed)
    let values = (0..<qubitCount * rowCount).map { _ in Double.random(in: -3...3, using: &random) }
    let observable = ObservableRequest(label: String(repeating: "I", count: qubitCount - 2) + "ZZ")
    item = Item(
      template: template.digest, rows: try ParameterRows(names: (0..<qubitCount).map { "p\($0)" }, values: values, count: rowCount),
      settings: ExecutionSettings(
        shots: shots, observables: shots == nil ? [observable] : [], seed: seed, precision: .double, device: "cpu",
        isReproducible: true),
      qubitCount: qubitCount, operationCount: 2 * qubitCount)
    circuitCount = rowCount
  }

  /// From lone circuits to a second of work.
  static func all() throws -> [SoakWork] {
    try [
      SoakWork(qubitCount: 4, rowCount: 1, shots: nil, seed: 1), SoakWork(qubitCount: 3, rowCount: 1, shots: 100, seed: 2),
      SoakWork(qubitCount: 4, rowCount: 64, shots: nil, seed: 3), SoakWork(qubitCount: 5, rowCount: 50, shots: 200, seed: 4),
      SoakWork(qubitCount: 6, rowCount: 2_000, shots: nil, seed: 5), SoakWork(qubitCount: 12, rowCount: 20, shots: nil, seed: 6),
      SoakWork(qubitCount: 16, rowCount: 30, shots: nil, seed: 7), SoakWork(qubitCount: 10, rowCount: 100, shots: 50, seed: 8),
    ]
  }

  /// One whose end can be seen coming.
  static func long() throws -> SoakWork { try SoakWork(qubitCount: 18, rowCount: 60, shots: nil, seed: 9) }

  func job(_ key: String, confirmations: Int = 0, deadline: Duration? = nil, session: SessionID? = nil) throws -> Job {
    try Job(items: [item], deadline: deadline, idempotencyKey: key, confirmations: confirmations, session: session)
  }
}
