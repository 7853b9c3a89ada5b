/// What a worker states of the results of one lease, and signs: which circuits of which request it ran, with which seeds, by which program,
/// and what came of them.
///
/// It says who said so, not that it is true: a worker that lies signs what it likes. See docs/receipts.md.
public struct Receipt: Hashable, Sendable {
  /// The job.
  public var job: JobID
  /// What the whole job asks for, as one digest; see ``JobBody``.
  public var requestHash: Digest
  /// The circuits of the lease, counted row by row through the job's items.
  public var circuits: Range<Int>
  /// The distinct seeds of these circuits' settings, ascending; the request hash covers which circuit has which.
  public var seeds: [UInt64]
  /// SHA-256 of the results as the worker sent them.
  public var resultDigest: Digest
  /// SHA-256 of the worker's executable file.
  public var binaryHash: Digest
  /// When it was signed by the worker's clock, in nanoseconds since 1970.
  public var unixNanoseconds: UInt64

  /// Makes a receipt; the seeds are sorted and each is kept once.
  public init(
    job: JobID, requestHash: Digest, circuits: Range<Int>, seeds: some Sequence<UInt64>, resultDigest: Digest, binaryHash: Digest,
    unixNanoseconds: UInt64
  ) {
    self.job = job
    self.requestHash = requestHash
    self.circuits = circuits
    self.seeds = Set(seeds).sorted()
    self.resultDigest = resultDigest
    self.binaryHash = binaryHash
    self.unixNanoseconds = unixNanoseconds
  }
}
