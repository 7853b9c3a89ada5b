internal import ArgumentParser
internal import Client
internal import FoundationEssentials
internal import Protocol

/// `ketwork verify`.
struct Verify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Check that a job's results are those that workers signed for.",
    discussion: """
      Every circuit has to be covered by exactly one receipt, of this job and these results, with a valid signature (ML-DSA-65) of a key \
      that is trusted. Results and receipts come from the broker, or from a file that `ketwork result JOB --receipts FILE` wrote; a file \
      of `ketwork result JOB --json` is then compared with them.

      A receipt proves who stated a result, not that it is true: see `ketwork broker --audit`.

      EXAMPLES
        ketwork verify 06a3… --trusted trusted-keys
        ketwork verify --receipts receipts.json --trusted trusted-keys --binaries allowed-binaries
        ketwork verify result.json --receipts receipts.json --trusted trusted-keys

      EXIT STATUS
        0 everything holds; 65 something does not, and is said; 66 a file cannot be read; 69 no broker answers, or receipts are not built in.
      """)

  @Argument(help: ArgumentHelp("The job's id, or with --receipts a file of its results as JSON.", valueName: "job|result.json"))
  var subject: String?

  @Option(
    help: ArgumentHelp("Results and receipts, as ketwork result --receipts wrote them.", valueName: "file"), completion: .file())
  var receipts: String?

  @Option(help: ArgumentHelp("Fingerprints of the workers' keys to trust, one a line.", valueName: "file"), completion: .file())
  var trusted: String?

  @Flag(help: "Trust whatever key signed: this shows only that nothing was changed since.")
  var anyKey = false

  @Option(
    help: ArgumentHelp("SHA-256 of the workers' executables that are allowed, one a line. Default: any.", valueName: "file"),
    completion: .file())
  var binaries: String?

  @Option(
    help: ArgumentHelp("What the job is to have asked for. Default: what the broker, or the file, says.", valueName: "sha256"))
  var requestHash: String?

  @OptionGroup var broker: BrokerOptions
  @Flag(help: "Print JSON.") var json = false

  mutating func validate() throws {
    guard (trusted == nil) == anyKey else {
      throw ValidationError("--trusted FILE says whom to trust; or --any-key that it does not matter.")
    }
    guard receipts != nil || subject != nil else { throw ValidationError("A job's id is needed, or --receipts FILE.") }
    if receipts == nil, let subject, JobID(subject) == nil {
      throw ValidationError("'\(subject)' is no job id; 26 letters and digits are accepted, or a file of results with --receipts.")
    }
    if let requestHash, Digest(requestHash) == nil {
      throw ValidationError("--request-hash \(requestHash): 64 hexadecimal digits are accepted.")
    }
  }

  mutating func run() async throws {
    try SigningKeyFile.requireReceipts()
    let names = try trusted.map { try FingerprintFile.read($0) }
    let verifier = ReceiptVerifier(
      trustedKeys: names.map { Set($0.keys) }, allowedBinaries: try binaries.map { Set(try FingerprintFile.read($0).keys) },
      requestHash: requestHash.flatMap { Digest($0) })
    let result = try await result()
    var findings = try verifier.findings(in: result)
    if receipts != nil, let subject { findings += try ResultComparison.findings(path: subject, result) }
    let report = VerificationReport(result, findings, names: names)
    if json {
      Terminal.standardOutput.write(try ReportJSON.text(report))
    } else {
      Terminal.standardOutput.write(report.text(Style(isColored: Terminal.standardOutput.wantsColor)))
    }
    guard findings.isEmpty else { throw ExitCode(Failure.Status.invalidData.rawValue) }
  }

  private func result() async throws -> ReceiptedResult {
    if let receipts { return try ReceiptFile.read(receipts) }
    guard let job = subject.flatMap({ JobID($0) }) else { preconditionFailure("validate() has seen to the job's id") }
    let client = try await broker.connect()
    let result = try await client.receiptedResult(of: job)
    await client.close()
    return result
  }
}
