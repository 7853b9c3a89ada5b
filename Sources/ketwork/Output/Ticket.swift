internal import Client

/// What `--detach` prints.
struct Ticket: Encodable {
  var job: String
  var state: String
  var duplicate: Bool

  init(_ receipt: Submitted) { (job, state, duplicate) = ("\(receipt.job)", "\(receipt.state)", receipt.isDuplicate) }

  func write(asJSON: Bool) throws {
    if asJSON { return try ResultPrinter.printJSON(self) }
    Terminal.standardOutput.write(job + "\n")
  }
}
