internal import ArgumentParser
internal import Client
internal import Protocol

/// `ketwork audits`.
struct Audits: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what came of running results a second time, and which did not agree.",
    discussion: """
      A broker with --audit P has the results of each lease run again with probability P, by another worker where there is one, once \
      their job has its result. Counted since the broker's start; its log has every result that was contradicted, too. One of the two \
      workers is wrong then, and nothing here says which.

      EXIT STATUS
        0 nothing was contradicted; 65 something was; 69 no broker answers.
      """)

  @OptionGroup var broker: BrokerOptions
  @Flag(help: "Print JSON.") var json = false

  mutating func run() async throws {
    let client = try await broker.connect()
    let report = try await client.audits()
    await client.close()
    if json { Terminal.standardOutput.write(try ReportJSON.text(AuditsJSON(report))) } else { print(report) }
    guard report.mismatches.isEmpty else { throw ExitCode(Failure.Status.invalidData.rawValue) }
  }

  private func print(_ report: AuditReport) {
    let counts = report.counts
    let rows = report.mismatches.map { found in
      [
        "\(found.job)", "\(found.circuit)", "\(found.circuits.lowerBound)..<\(found.circuits.upperBound)", found.first.name,
        found.second.name, found.difference,
      ]
    }
    let header = ["JOB", "CIRCUIT", "OF", "RESULT BY", "CONTRADICTED BY", "DIFFERENCE"]
    let style = Style(isColored: Terminal.standardOutput.wantsColor)
    if !rows.isEmpty { Terminal.standardOutput.write(TextTable(header: header, rows: rows, numeric: [1]).text(style)) }
    Terminal.standardOutput.write(
      """
      audits: \(Format.count(counts.matching)) the same, \(Format.count(counts.close)) the same up to rounding, \
      \(Format.count(counts.mismatching)) contradicted, \(Format.count(counts.incomparable)) not comparable, \
      \(Format.count(counts.abandoned)) given up, \(Format.count(counts.waiting)) waiting; receipts refused: \
      \(Format.count(counts.refusedReceipts))

      """)
  }
}
