/// What the memory and the arithmetic of a device give at most, for lower bounds of a plan's time.
package struct PlanCeilings: Hashable, Sendable {
  package var name: String
  package var bytesPerSecond: Double
  package var operationsPerSecond: Double

  package init(name: String, bytesPerSecond: Double, operationsPerSecond: Double) {
    (self.name, self.bytesPerSecond, self.operationsPerSecond) = (name, bytesPerSecond, operationsPerSecond)
  }

  /// An NVIDIA H200, assumed and not measured: nine tenths of the 4.8 TB/s, and of the 67 TFLOP/s in single and 34 TFLOP/s in double
  /// precision outside the tensor cores, that its data sheet (NVIDIA, 2024) gives.
  package static func h200(_ precision: Precision) -> PlanCeilings {
    PlanCeilings(name: "NVIDIA H200", bytesPerSecond: 4.3e12, operationsPerSecond: precision == .single ? 60e12 : 30e12)
  }

  /// No pass takes less than its bytes and no less than its operations.
  package func seconds(of row: PassRow) -> Double {
    max(Double(row.leastBytesMoved) / bytesPerSecond, Double(row.work.operations) / operationsPerSecond)
  }

  /// One pass after the other.
  package func seconds(of report: PlanReport) -> Double { report.rows.reduce(0) { $0 + seconds(of: $1) } }
}
