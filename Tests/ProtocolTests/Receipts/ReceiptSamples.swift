import Protocol

/// Keys and receipts that the tests of receipts share.
enum ReceiptSamples {
  static func key(_ number: UInt8 = 7) throws -> SigningKey { try SigningKey(seed: [UInt8](repeating: number, count: 32)) }

  static let request = Digest(of: Array("request".utf8))
  static let binary = Digest(of: Array("binary".utf8))

  static func receipt(of bytes: [UInt8], circuits: Range<Int> = 3..<9, job: JobID = Samples.job, request: Digest = request)
    -> Receipt
  {
    Receipt(
      job: job, requestHash: request, circuits: circuits, seeds: [42, 5, 42, .max], resultDigest: Digest(of: bytes),
      binaryHash: binary,
      unixNanoseconds: 1_700_000_000_123_456_789)
  }

  /// Results of one item's rows.
  static func results(_ circuits: Range<Int>) -> [UInt8] {
    ResultBody.encode(circuits.map { CircuitResult(item: 0, row: $0, outcome: .values(CircuitValues(qubitCount: $0 + 1))) })
  }

  /// A job of nine circuits in three parts, signed by two workers.
  static func result() throws -> ReceiptedResult {
    var parts: [ReceiptedResult.Part] = []
    for (number, circuits) in [0..<3, 3..<4, 4..<9].enumerated() {
      let bytes = results(circuits)
      let signed = try key(UInt8(number % 2)).sign(receipt(of: bytes, circuits: circuits))
      parts.append(.init(circuits: circuits, bytes: bytes, receipt: signed.bytes))
    }
    return ReceiptedResult(job: Samples.job, requestHash: request, circuitCount: 9, parts: parts)
  }

  static func trusted() throws -> Set<Digest> { [try key(0).fingerprint, try key(1).fingerprint] }
}
