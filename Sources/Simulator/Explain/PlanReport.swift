/// A plan in numbers, pass by pass.
package struct PlanReport: Hashable, Sendable {
  /// In the order in which they are applied.
  package var rows: [PassRow] = []
  /// Lists of operations that were planned each for itself.
  package var segmentCount = 0
  /// The circuit's qubits that stay |0⟩, which no pass visits.
  package var idleQubits: [Int] = []
  /// What measurements and resets on the way gave.
  package var outcomes: [UInt8] = []

  package init() {}

  /// Of all passes.
  package var bytesMoved: Int { rows.reduce(0) { $0 + $1.traffic.bytesMoved } }
  /// Floating-point operations of all passes.
  package var operations: Int { rows.reduce(0) { $0 + $1.work.operations } }
  /// What all passes took; nil if one has not run.
  package var seconds: Double? { rows.reduce(0.0 as Double?) { sum, row in sum.flatMap { sum in row.seconds.map { sum + $0 } } } }
}
