/// The name of a lease: the broker's epoch and the lease's number in it, so that a later lease is always greater.
package struct Fence: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// Grows by one at every start of the broker.
  package var epoch: UInt64
  /// Grows by one at every lease.
  package var sequence: UInt64

  package init(epoch: UInt64, sequence: UInt64) {
    self.epoch = epoch
    self.sequence = sequence
  }

  package var description: String { "\(epoch).\(sequence)" }

  package static func < (a: Fence, b: Fence) -> Bool { (a.epoch, a.sequence) < (b.epoch, b.sequence) }
}
