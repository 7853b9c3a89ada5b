import Foundation

/// What a soak came to, as docs/reliability.md keeps it.
struct SoakReport {
  /// Memory, in mebibytes, when it was looked at.
  struct Sample { var seconds, broker, workers: Double }

  var seed: UInt64
  var seconds: Double
  var faults: [SoakFault: Int]
  var ledger: SoakLedger
  var samples: [Sample]

  /// The largest of each quarter: memory that grows without end shows in the last.
  private func peaks(_ value: (Sample) -> Double) -> String {
    let size = max(1, (samples.count + 3) / 4)
    let quarters = stride(from: 0, to: samples.count, by: size).map { samples[$0..<min($0 + size, samples.count)] }
    return quarters.map { String(format: "%.0f", $0.map(value).max() ?? 0) }.joined(separator: ", ")
  }

  var text: String {
    let faultList = SoakFault.allCases.map { "\($0.rawValue) \(faults[$0] ?? 0)" }.joined(separator: ", ")
    let counts = ledger.counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    return """
      soak of \(Int(seconds)) s, seed \(seed)
      faults: \(faultList)
      counts: \(counts)
      broker's memory, MiB, peak of each quarter: \(peaks(\.broker))
      workers' memory, MiB, peak of each quarter: \(peaks(\.workers))
      problems: \(ledger.problems.isEmpty ? "none" : "\n  " + ledger.problems.joined(separator: "\n  "))

      """
  }
}
