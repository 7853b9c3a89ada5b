/// Results that a second run contradicts: one of two workers is wrong, and nothing here says which.
public struct AuditMismatch: Hashable, Sendable {
  /// A worker that ran the circuits.
  public struct Worker: Hashable, Sendable {
    /// The name it gave itself.
    public var name: String
    /// The fingerprint of the key with which it signs, if it does.
    public var signingKey: Digest?
    /// The device that it named.
    public var device: String

    /// Makes a worker.
    public init(name: String, signingKey: Digest?, device: String) {
      self.name = name
      self.signingKey = signingKey
      self.device = device
    }
  }

  /// The job.
  public var job: JobID
  /// The circuits that ran twice.
  public var circuits: Range<Int>
  /// The first that differs.
  public var circuit: Int
  /// In what.
  public var difference: String
  /// Whose results the job has.
  public var first: Worker
  /// Who ran them again.
  public var second: Worker
  /// When, in nanoseconds since 1970.
  public var unixNanoseconds: UInt64

  /// Makes a record.
  public init(
    job: JobID, circuits: Range<Int>, circuit: Int, difference: String, first: Worker, second: Worker, unixNanoseconds: UInt64
  ) {
    (self.job, self.circuits, self.circuit, self.difference) = (job, circuits, circuit, difference)
    (self.first, self.second, self.unixNanoseconds) = (first, second, unixNanoseconds)
  }
}
