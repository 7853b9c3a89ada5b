/// A part of a job's result: the results of circuits that one lease brought, and what its worker signed of them.
public struct ReceiptedPart: Hashable, Sendable {
  /// The circuits, counted row by row through the job's items.
  public var circuits: Range<Int>
  /// Bytes of their results; parts stand in a result in ascending order.
  public var byteCount: Int
  /// A ``SignedReceipt``, or empty where there is none: a failure that the broker itself wrote, or a worker that signs nothing.
  public var receipt: [UInt8]

  /// Makes a part.
  public init(circuits: Range<Int>, byteCount: Int, receipt: [UInt8]) {
    self.circuits = circuits
    self.byteCount = byteCount
    self.receipt = receipt
  }
}
