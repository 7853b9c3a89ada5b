internal import ArgumentParser
internal import FoundationEssentials
internal import Protocol

/// `ketwork keys signing`.
struct KeysSigning: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "signing",
    abstract: "Make a worker's key for signing receipts, and print its fingerprint.",
    discussion: """
      The file holds the secret and is its owner's alone (mode 600). Where it is there already, nothing is made, and the fingerprint of \
      the key in it is printed. The printed line can be appended to a file of keys to trust.

      EXAMPLES
        ketwork keys signing worker.signing >> trusted-keys
        ketwork worker --signing-key worker.signing
        ketwork broker --require-receipts --signing-keys trusted-keys
        ketwork verify JOB --trusted trusted-keys

      EXIT STATUS
        0 success; 65 the file is there and holds no key; 66 it may not be read, or others may read it; 69 receipts are not built in; \
      73 it cannot be written.
      """)

  private struct Report: Encodable {
    var file: String
    var fingerprint: String
    var made: Bool
  }

  @Argument(help: "The file of the secret key.", completion: .file())
  var file: String

  @Flag(help: "Print JSON.") var json = false

  mutating func run() throws {
    let isThere = FileManager.default.fileExists(atPath: file)
    let key = isThere ? try SigningKeyFile.read(file) : try SigningKeyFile.create(file)
    let fingerprint = "\(key.fingerprint)"
    if json { return try ResultPrinter.printJSON(Report(file: file, fingerprint: fingerprint, made: !isThere)) }
    Terminal.standardOutput.write("\(fingerprint)  \(file)\n")
  }
}
