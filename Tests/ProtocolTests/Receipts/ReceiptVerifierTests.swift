import Protocol
import Testing

@Suite(
  "Verification of receipts", .enabled(if: SigningKey.isBuiltIn, "receipts are not built in: the package trait Receipts is off"))
struct ReceiptVerifierTests {
  private func codes(_ result: ReceiptedResult, _ verifier: ReceiptVerifier? = nil) throws -> [ReceiptVerifier.Finding.Code] {
    try (verifier ?? ReceiptVerifier(trustedKeys: try ReceiptSamples.trusted())).findings(in: result).map(\.code)
  }

  @Test("results that are signed for, each circuit once, by trusted keys, give no finding")
  func valid() throws {
    let result = try ReceiptSamples.result()
    #expect(try codes(result).isEmpty)
    let strict = ReceiptVerifier(
      trustedKeys: try ReceiptSamples.trusted(), allowedBinaries: [ReceiptSamples.binary], requestHash: ReceiptSamples.request)
    #expect(try codes(result, strict).isEmpty)
    #expect(try result.results().map(\.row) == Array(0..<9))
  }

  @Test("circuits without a result, with two, or beyond the last are found")
  func coverage() throws {
    let whole = try ReceiptSamples.result()
    for (index, gap) in [0..<3, 3..<4, 4..<9].enumerated() {
      var result = whole
      result.parts.remove(at: index)
      let findings = try ReceiptVerifier().findings(in: result)
      #expect(findings.map(\.code) == [.missing] && findings[0].circuits == gap)
    }
    var twice = whole
    twice.parts.insert(twice.parts[1], at: 2)
    #expect(try codes(twice) == [.overlap, .malformedResult])
    var swapped = whole
    swapped.parts.swapAt(0, 2)
    #expect(try codes(swapped).contains(.overlap))
    var short = whole
    short.circuitCount = 8
    #expect(try codes(short) == [.overlap])
  }

  @Test("a receipt of another job, request, range or result is refused, and so is none")
  func misplaced() throws {
    let whole = try ReceiptSamples.result()
    func replacing(_ change: (inout ReceiptedResult.Part) throws -> Void) rethrows -> ReceiptedResult {
      var result = whole
      try change(&result.parts[1])
      return result
    }
    let key = try ReceiptSamples.key(0)
    let bytes = whole.parts[1].bytes
    let otherJob = JobID(high: 1, low: 2)
    let cases: [(ReceiptVerifier.Finding.Code, Receipt)] = [
      (.otherJob, ReceiptSamples.receipt(of: bytes, circuits: 3..<4, job: otherJob)),
      (.otherRequest, ReceiptSamples.receipt(of: bytes, circuits: 3..<4, request: Samples.digest)),
      (.otherCircuits, ReceiptSamples.receipt(of: bytes, circuits: 4..<5)),
      (.otherResult, ReceiptSamples.receipt(of: bytes + [0], circuits: 3..<4)),
    ]
    for (code, receipt) in cases {
      #expect(try codes(try replacing { $0.receipt = try key.sign(receipt).bytes }) == [code])
    }
    #expect(try codes(replacing { $0.receipt = [] }) == [.noReceipt])
    #expect(try codes(replacing { $0.receipt.removeLast() }) == [.malformedReceipt])
    #expect(try codes(replacing { $0.receipt[$0.receipt.count - 1] ^= 1 }) == [.invalidSignature])
    // One value changed by the broker on the way.
    #expect(try codes(replacing { $0.bytes[$0.bytes.count - 1] ^= 1 }).contains(.otherResult))
    // Another request altogether, said by broker and receipts alike, is found by who knows what was asked.
    #expect(try codes(whole, ReceiptVerifier(requestHash: Samples.digest)) == [.otherRequest, .otherRequest, .otherRequest])
  }

  @Test("a key that is not trusted and an executable that is not allowed are found")
  func trust() throws {
    let whole = try ReceiptSamples.result()
    let one = ReceiptVerifier(trustedKeys: [try ReceiptSamples.key(0).fingerprint])
    #expect(try codes(whole, one) == [.untrustedKey])
    #expect(try codes(whole, ReceiptVerifier(trustedKeys: [])) == [.untrustedKey, .untrustedKey, .untrustedKey])
    #expect(try codes(whole, ReceiptVerifier(allowedBinaries: [Samples.digest])).count == 3)
  }

  @Test("a signed part whose records are not one a circuit, in order, is found")
  func records() throws {
    for rows in [[0, 1], [0, 1, 1], [2, 1, 0], [0, 1, 2, 3]] {
      let bytes = ResultBody.encode(rows.map { CircuitResult(item: 0, row: $0, outcome: .values(CircuitValues(qubitCount: 1))) })
      let signed = try ReceiptSamples.key(0).sign(ReceiptSamples.receipt(of: bytes, circuits: 0..<3))
      let result = ReceiptedResult(
        job: Samples.job, requestHash: ReceiptSamples.request, circuitCount: 3,
        parts: [.init(circuits: 0..<3, bytes: bytes, receipt: signed.bytes)])
      #expect(try codes(result) == [.malformedResult], "\(rows)")
    }
  }

  @Test("lists of receipts and of audits are written and read again")
  func lists() throws {
    #expect(try ReceiptBody.decode(ReceiptBody.encode(Samples.parts)) == Samples.parts)
    let bytes = ListingBody.encode(audits: Samples.audits, auditCounts: Samples.auditCounts)
    #expect(try ListingBody.decodeAudits(bytes) == AuditReport(counts: Samples.auditCounts, mismatches: Samples.audits))
  }
}
