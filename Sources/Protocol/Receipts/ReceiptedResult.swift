/// A job's results, part by part, each with the receipt of who ran it.
public struct ReceiptedResult: Hashable, Sendable {
  /// The results of circuits that one lease brought.
  public struct Part: Hashable, Sendable {
    /// The circuits.
    public var circuits: Range<Int>
    /// Their results, as the worker sent them.
    public var bytes: [UInt8]
    /// A ``SignedReceipt``, or empty.
    public var receipt: [UInt8]

    /// Makes a part.
    public init(circuits: Range<Int>, bytes: [UInt8], receipt: [UInt8]) {
      self.circuits = circuits
      self.bytes = bytes
      self.receipt = receipt
    }
  }

  /// The job.
  public var job: JobID
  /// What it asked for, by the broker's word.
  public var requestHash: Digest
  /// How many circuits it has.
  public var circuitCount: Int
  /// Ascending.
  public var parts: [Part]

  /// Makes a result.
  public init(job: JobID, requestHash: Digest, circuitCount: Int, parts: [Part]) {
    (self.job, self.requestHash, self.circuitCount, self.parts) = (job, requestHash, circuitCount, parts)
  }

  /// The results by item and row.
  ///
  /// - Throws: ``ProtocolError`` with code `malformed`, `too_large` or `invalid_value`.
  public func results() throws(ProtocolError) -> [CircuitResult] {
    var results: [CircuitResult] = []
    for part in parts { results += try ResultBody.decode(part.bytes) }
    return results
  }
}
