internal import ArgumentParser
internal import Broker
internal import Protocol

/// What a broker asks of results: receipts, and a second run now and then.
struct ReceiptOptions: ParsableArguments {
  @Flag(help: "Refuse results without a valid receipt of their worker; they are run again.")
  var requireReceipts = false

  @Option(
    help: ArgumentHelp(
      "The workers' keys whose receipts count: a file of fingerprints, one a line. Default: any.", valueName: "file"),
    completion: .file())
  var signingKeys: String?

  @Option(
    help: ArgumentHelp(
      "How likely the results of a lease are to be run a second time and compared, 0 to 1, once their job has its result.",
      valueName: "probability"))
  var audit = 0.0

  mutating func validate() throws {
    guard (0...1).contains(audit) else { throw ValidationError("--audit \(audit): 0 to 1 is accepted.") }
  }

  /// A broker's configuration with these.
  ///
  /// - Throws: ``Failure`` where the file does not read, or receipts are demanded of a build without them.
  func configuration() throws -> BrokerConfiguration {
    if requireReceipts || signingKeys != nil { try SigningKeyFile.requireReceipts() }
    var configuration = BrokerConfiguration()
    configuration.receipts = ReceiptPolicy(
      areRequired: requireReceipts, trustedKeys: try signingKeys.map { Set(try FingerprintFile.read($0).keys) })
    configuration.auditProbability = audit
    return configuration
  }
}

/// With which key a worker signs.
struct SigningOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Sign a receipt of all results with this key; ketwork keys signing FILE makes one.", valueName: "file"),
    completion: .file())
  var signingKey: String?

  /// The key, if there is one to sign with.
  func key() throws -> SigningKey? { try signingKey.map { try SigningKeyFile.read($0) } }
}
