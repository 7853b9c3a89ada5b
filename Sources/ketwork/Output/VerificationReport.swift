internal import Protocol

/// What `ketwork verify` found: docs/schemas/verification-1.schema.json.
struct VerificationReport: Encodable {
  struct Signer: Encodable {
    /// SHA-256 of the key.
    var key: String
    /// What the file of trusted keys calls it.
    var name: String?
    var binaryHash: String
    var receipts: Int
    var circuits: Int
  }

  struct Finding: Encodable {
    var code: String
    var lower: Int
    var upper: Int
    var message: String
  }

  var version = 1
  var job: String
  var requestHash: String
  var circuits: Int
  var valid: Bool
  /// Whether only listed keys were taken, or any.
  var trust: String
  var signers: [Signer]
  var seeds: [String]
  var findings: [Finding]

  init(_ result: ReceiptedResult, _ found: [ReceiptVerifier.Finding], names: [Digest: String]?) {
    (job, requestHash, circuits) = ("\(result.job)", "\(result.requestHash)", result.circuitCount)
    valid = found.isEmpty
    trust = names == nil ? "any" : "listed"
    findings = found.map {
      Finding(code: $0.code.rawValue, lower: $0.circuits.lowerBound, upper: $0.circuits.upperBound, message: $0.message)
    }
    var signers: [[Digest]: Signer] = [:]
    var seeds: Set<UInt64> = []
    for part in result.parts {
      // What is no receipt is among the findings.
      guard let signed = try? SignedReceipt(bytes: part.receipt) else { continue }
      let (key, binary) = (signed.keyFingerprint, signed.receipt.binaryHash)
      var signer =
        signers[[key, binary]] ?? Signer(key: "\(key)", name: names?[key], binaryHash: "\(binary)", receipts: 0, circuits: 0)
      signer.receipts += 1
      signer.circuits += part.circuits.count
      signers[[key, binary]] = signer
      seeds.formUnion(signed.receipt.seeds)
    }
    self.signers = signers.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
    self.seeds = seeds.sorted().map { "\($0)" }
  }

  /// For people.
  func text(_ style: Style) -> String {
    let rows = signers.map { [$0.key, $0.name ?? "-", $0.binaryHash, Format.count($0.receipts), Format.count($0.circuits)] }
    let table = TextTable(header: ["KEY", "NAME", "EXECUTABLE", "RECEIPTS", "CIRCUITS"], rows: rows, numeric: [3, 4])
    let lines = findings.map { "circuits \($0.lower)..<\($0.upper): \($0.message) [\($0.code)]\n" }.joined()
    let shown = seeds.count > 8 ? seeds.prefix(8).joined(separator: ", ") + ", … (\(seeds.count))" : seeds.joined(separator: ", ")
    let verdict =
      valid
      ? "valid: every one of \(Format.count(circuits)) circuits is signed for once"
        + (trust == "any" ? ", by keys that nobody vouched for" : "")
      : "NOT VALID: \(Format.count(findings.count)) \(findings.count == 1 ? "finding" : "findings")"
    return (rows.isEmpty ? "" : table.text(style)) + lines + "job \(job), request \(requestHash), seeds \(shown)\n" + verdict + "\n"
  }
}
