internal import FoundationEssentials
internal import Protocol

/// A job's results with what was signed of them, as a file: docs/schemas/receipts-1.schema.json.
///
/// What counts is in `result` and `receipt`; `signed` repeats for readers what the receipt says, and is not read.
struct ReceiptFile: Codable {
  struct Signed: Codable {
    var requestHash: String
    var seeds: [String]
    var resultDigest: String
    var binaryHash: String
    var key: String
    var unixNanoseconds: String

    init(_ signed: SignedReceipt) {
      let receipt = signed.receipt
      (requestHash, resultDigest) = ("\(receipt.requestHash)", "\(receipt.resultDigest)")
      (binaryHash, key) = ("\(receipt.binaryHash)", "\(signed.keyFingerprint)")
      seeds = receipt.seeds.map { "\($0)" }
      unixNanoseconds = "\(receipt.unixNanoseconds)"
    }
  }

  struct Part: Codable {
    var lower: Int
    var upper: Int
    /// The results as the worker sent them.
    var result: Data
    /// Absent where nobody signed.
    var receipt: Data?
    var signed: Signed?
  }

  var version = 1
  var job: String
  var requestHash: String
  var circuits: Int
  var parts: [Part]

  init(_ result: ReceiptedResult) {
    (job, requestHash, circuits) = ("\(result.job)", "\(result.requestHash)", result.circuitCount)
    parts = result.parts.map { part in
      // What is no receipt is found when it is verified.
      let signed = try? SignedReceipt(bytes: part.receipt)
      return Part(
        lower: part.circuits.lowerBound, upper: part.circuits.upperBound, result: Data(part.bytes),
        receipt: part.receipt.isEmpty ? nil : Data(part.receipt), signed: signed.map { Signed($0) })
    }
  }

  /// Writes the file.
  func write(to path: String) throws { try Files.write(Array(try ReportJSON.text(self).utf8), to: path) }

  /// Reads a file.
  ///
  /// - Throws: ``Failure`` for what is no such file.
  static func read(_ path: String) throws -> ReceiptedResult {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let file: ReceiptFile
    do { file = try decoder.decode(ReceiptFile.self, from: Data(try Files.read(path))) } catch is DecodingError {
      throw Failure(.invalidData, "\(path): no file of receipts, as ketwork result --receipts writes it")
    }
    guard file.version == 1 else { throw Failure(.invalidData, "\(path): version \(file.version), 1 accepted") }
    guard let job = JobID(file.job), let hash = Digest(file.requestHash), (0...Protocol.Limits.circuitCount).contains(file.circuits)
    else {
      throw Failure(.invalidData, "\(path): job, request_hash or circuits are not such")
    }
    return ReceiptedResult(
      job: job, requestHash: hash, circuitCount: file.circuits, parts: try file.parts.map { try $0.value(path) })
  }
}

extension ReceiptFile.Part {
  fileprivate func value(_ path: String) throws -> ReceiptedResult.Part {
    guard 0 <= lower, lower < upper, upper <= Protocol.Limits.circuitCount else {
      throw Failure(
        .invalidData,
        "\(path): a part of circuits \(lower) to \(upper); at least one of up to \(Protocol.Limits.circuitCount) is accepted")
    }
    return .init(circuits: lower..<upper, bytes: Array(result), receipt: receipt.map { Array($0) } ?? [])
  }
}
