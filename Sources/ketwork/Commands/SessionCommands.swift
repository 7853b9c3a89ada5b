internal import ArgumentParser
internal import Client
internal import Protocol

/// `ketwork session`.
struct Session: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Open, extend or close a session.",
    discussion: """
      Jobs submitted with --session go before the others that have the same owner and priority, to the worker that ran the session's \
      last. A session closes by itself when nothing was submitted or extended and no job of it was unfinished for its idle time.
      """,
    subcommands: [Open.self, Extend.self, Close.self])

  /// `ketwork session open`.
  struct Open: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Open a session and print its id.",
      discussion: """
        EXIT STATUS
          0 the session is open; 65 the key was used for another; 69 no broker answers; 75 too many are open.
        """)

    @OptionGroup var broker: BrokerOptions
    @Option(help: "A name for people.") var name = ""
    @Option(help: ArgumentHelp("Close after so long without use. Default: what the broker says, 60.", valueName: "seconds"))
    var idle: Double?
    @Option(help: ArgumentHelp("The same key is the same session, however often opened.", valueName: "key"))
    var idempotencyKey = ""
    @Flag(help: "Print JSON.") var json = false

    mutating func validate() throws {
      if let idle {
        guard idle > 0, idle < 1e9 else { throw ValidationError("--idle \(idle): seconds above 0 are needed.") }
      }
    }

    mutating func run() async throws {
      let client = try await broker.connect()
      let status = try await client.openSession(name: name, idleTime: idle.map { .seconds($0) }, idempotencyKey: idempotencyKey)
      await client.close()
      if json { try ResultPrinter.printJSON(SessionReport(status)) } else { Terminal.standardOutput.write("\(status.session)\n") }
    }
  }

  /// `ketwork session extend`.
  struct Extend: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Begin a session's idle time anew.",
      discussion: """
        EXIT STATUS
          0 the session is open; 65 it is closed or not known; 69 no broker answers.
        """)

    @OptionGroup var session: SessionArgument
    @OptionGroup var broker: BrokerOptions
    @Flag(help: "Print JSON.") var json = false

    mutating func run() async throws {
      let client = try await broker.connect()
      let report = SessionReport(try await client.extendSession(try session.id))
      await client.close()
      try report.write(asJSON: json)
    }
  }

  /// `ketwork session close`.
  struct Close: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Close a session; its jobs run on, unless --cancel is given.",
      discussion: """
        EXIT STATUS
          0 the session is closed; 65 it is not known; 69 no broker answers.
        """)

    @OptionGroup var session: SessionArgument
    @OptionGroup var broker: BrokerOptions
    @Flag(help: "Cancel its jobs, too.") var cancel = false
    @Flag(help: "Print JSON.") var json = false

    mutating func run() async throws {
      let client = try await broker.connect()
      let report = SessionReport(try await client.closeSession(try session.id, cancelsJobs: cancel))
      await client.close()
      try report.write(asJSON: json)
    }
  }
}

/// A session as JSON and as a line.
private struct SessionReport: Encodable {
  var session: String
  var name: String
  var open: Bool
  var idleSeconds: Double
  var remainingSeconds: Double
  var jobs: Int

  private enum CodingKeys: String, CodingKey {
    case session, name, open, jobs
    case idleSeconds = "idle_seconds"
    case remainingSeconds = "remaining_seconds"
  }

  init(_ status: SessionStatus) {
    (session, name, open, jobs) = ("\(status.session)", status.name, status.isOpen, status.jobCount)
    (idleSeconds, remainingSeconds) = (status.idleTime.inSeconds, status.remaining.inSeconds)
  }

  func write(asJSON: Bool) throws {
    if asJSON { return try ResultPrinter.printJSON(self) }
    let state = open ? "open · closes in \(Int(remainingSeconds)) s if nothing happens" : "closed"
    Terminal.standardOutput.write("\(session)  \(state) · unfinished jobs: \(Format.count(jobs))\n")
  }
}
