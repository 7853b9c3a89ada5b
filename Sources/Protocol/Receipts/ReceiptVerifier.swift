/// Checks that the results of a job are those that workers signed for.
///
///     let verifier = ReceiptVerifier(trustedKeys: keys)
///     let findings = try verifier.findings(in: result)     // empty: every circuit is covered once, by a worker that is trusted
public struct ReceiptVerifier: Sendable {
  /// Fingerprints of the keys to trust; `nil` for any, which then proves only that nothing was changed since it was signed.
  public var trustedKeys: Set<Digest>?
  /// SHA-256 of the executables that are allowed; `nil` for any.
  public var allowedBinaries: Set<Digest>?
  /// What the job is to have asked for; `nil` for whatever all receipts say.
  public var requestHash: Digest?

  /// Makes a verifier.
  public init(trustedKeys: Set<Digest>? = nil, allowedBinaries: Set<Digest>? = nil, requestHash: Digest? = nil) {
    self.trustedKeys = trustedKeys
    self.allowedBinaries = allowedBinaries
    self.requestHash = requestHash
  }

  /// All that does not hold; empty when everything does.
  ///
  /// - Throws: ``ProtocolError`` with code `not_built_in` without the package trait `Receipts`.
  /// - Complexity: O(bytes), and one verification of a signature a part.
  public func findings(in result: ReceiptedResult) throws(ProtocolError) -> [Finding] {
    guard SigningKey.isBuiltIn else { throw ReceiptSignature.notBuiltIn }
    var findings: [Finding] = []
    var next = 0
    for part in result.parts {
      if part.circuits.lowerBound > next { findings.append(missing(next..<part.circuits.lowerBound)) }
      if part.circuits.lowerBound < next || part.circuits.upperBound > result.circuitCount {
        findings.append(
          Finding(
            code: .overlap, circuits: part.circuits, message: "circuits from \(next) to \(result.circuitCount) were to come next"))
      }
      next = max(next, part.circuits.upperBound)
      findings += try self.findings(in: part, of: result)
    }
    if next < result.circuitCount { findings.append(missing(next..<result.circuitCount)) }
    return findings + orderFindings(result)
  }

  private func missing(_ circuits: Range<Int>) -> Finding {
    Finding(code: .missing, circuits: circuits, message: "there is no result of these")
  }

  private func findings(in part: ReceiptedResult.Part, of result: ReceiptedResult) throws(ProtocolError) -> [Finding] {
    guard !part.receipt.isEmpty else {
      return [Finding(code: .noReceipt, circuits: part.circuits, message: "nobody signed for these results")]
    }
    let signed: SignedReceipt
    do throws(ProtocolError) { signed = try SignedReceipt(bytes: part.receipt) } catch {
      return [Finding(code: .malformedReceipt, circuits: part.circuits, message: error.message)]
    }
    return try findings(
      of: signed, job: result.job, circuits: part.circuits, request: requestHash ?? result.requestHash, part.bytes)
  }

  /// What is wrong with one receipt as a receipt of these results.
  ///
  /// - Throws: ``ProtocolError`` with code `not_built_in` without the package trait `Receipts`.
  package func findings(
    of signed: SignedReceipt, job: JobID, circuits: Range<Int>, request: Digest, _ bytes: [UInt8]
  ) throws(ProtocolError) -> [Finding] {
    var findings: [Finding] = []
    func find(_ code: Finding.Code, _ message: String) {
      findings.append(Finding(code: code, circuits: circuits, message: message))
    }
    let receipt = signed.receipt
    if receipt.job != job { find(.otherJob, "signed for job \(receipt.job), not \(job)") }
    if receipt.requestHash != request { find(.otherRequest, "signed for request \(receipt.requestHash), not \(request)") }
    if receipt.circuits != circuits { find(.otherCircuits, "signed for circuits \(receipt.circuits), not \(circuits)") }
    let digest = Digest(of: bytes)
    if receipt.resultDigest != digest { find(.otherResult, "signed for results \(receipt.resultDigest), but these are \(digest)") }
    if try !signed.isSignatureValid() { find(.invalidSignature, "the signature is not one of this receipt by its key") }
    if let trustedKeys, !trustedKeys.contains(signed.keyFingerprint) {
      find(.untrustedKey, "signed by \(signed.keyFingerprint), which is none of \(trustedKeys.count) trusted keys")
    }
    if let allowedBinaries, !allowedBinaries.contains(receipt.binaryHash) {
      find(.unknownBinary, "run by executable \(receipt.binaryHash), which is none of \(allowedBinaries.count) allowed ones")
    }
    return findings
  }

  /// Whether there is one result a circuit, each after the one before it.
  private func orderFindings(_ result: ReceiptedResult) -> [Finding] {
    var findings: [Finding] = []
    var last = (item: -1, row: -1)
    for part in result.parts {
      do throws(ProtocolError) {
        let entries = try ResultBody.entries(part.bytes)
        let count = entries.reduce(0) { $0 + $1.rows.count }
        var isAscending = count == part.circuits.count
        for entry in entries {
          isAscending = isAscending && (entry.item, entry.rows.lowerBound) > last
          last = (entry.item, entry.rows.upperBound - 1)
        }
        guard !isAscending else { continue }
        let message = "\(count) results, or some not in order, for \(part.circuits.count) circuits"
        findings.append(Finding(code: .malformedResult, circuits: part.circuits, message: message))
      } catch {
        findings.append(Finding(code: .malformedResult, circuits: part.circuits, message: error.message))
      }
    }
    return findings
  }
}
