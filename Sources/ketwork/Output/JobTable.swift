internal import Protocol

/// A job's state as JSON and as a line.
struct JobReport: Encodable {
  var job: String
  var name: String
  var state: String
  var completed: Int
  var failed: Int
  var total: Int
  var leased: Int
  var attempts: Int
  var crashes: Int
  var priority: Int
  var message: String?
  var queuePosition: Int?
  /// Why it was retracted; empty for no reason given.
  var retracted: String?
  var requeuedFrom: String?
  var session: String?
  var confirmations: Int?
  var neededConfirmations: Int?

  private enum CodingKeys: String, CodingKey {
    case job, name, state, completed, failed, total, leased, attempts, crashes, priority, message
    case retracted, session, confirmations
    case queuePosition = "queue_position"
    case requeuedFrom = "requeued_from"
    case neededConfirmations = "needed_confirmations"
  }

  init(_ status: JobStatus) {
    job = "\(status.job)"
    name = status.name
    state = "\(status.state)"
    (completed, failed, total, leased) = (status.completed, status.failed, status.total, status.leased)
    (attempts, crashes, priority) = (status.attempts, status.crashes, status.priority)
    message = status.message.isEmpty ? nil : status.message
    queuePosition = status.queuePosition
    retracted = status.retraction
    requeuedFrom = status.requeuedFrom.map { "\($0)" }
    session = status.session.map { "\($0)" }
    if status.neededConfirmations > 0 {
      (confirmations, neededConfirmations) = (status.confirmations, status.neededConfirmations)
    }
  }

  /// Writes it to the standard output.
  func write(asJSON: Bool) throws {
    if asJSON { try ResultPrinter.printJSON(self) } else { Terminal.standardOutput.write(line) }
  }

  /// One line for people.
  var line: String {
    var parts = ["\(job)  \(state)", "\(Format.count(completed))/\(Format.count(total)) circuits"]
    if failed > 0 { parts.append("\(Format.count(failed)) failed") }
    if leased > 0 { parts.append("\(Format.count(leased)) running") }
    if let queuePosition { parts.append("position \(queuePosition)") }
    if let requeuedFrom { parts.append("again from \(requeuedFrom)") }
    if let message { parts.append(message) }
    return parts.joined(separator: " · ") + "\n"
  }
}

/// Columns of text, each as wide as its widest cell.
struct TextTable {
  var header: [String]
  var rows: [[String]]
  /// Columns whose cells stand to the right.
  var numeric: Set<Int> = []

  func text(_ style: Style) -> String {
    let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
    func line(_ cells: [String]) -> String {
      let padded = cells.enumerated().map { numeric.contains($0) ? $1.leftPadded(to: widths[$0]) : $1.rightPadded(to: widths[$0]) }
      var text = padded.joined(separator: "  ")
      while text.last == " " { text.removeLast() }
      return text + "\n"
    }
    return style.bold(line(header)) + rows.map(line).joined()
  }
}
