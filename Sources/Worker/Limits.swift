/// The bounds of this module, each with its reason.
package enum Limits {
  /// Bytes of templates kept for later leases; the least recently used give way.
  package static let templateByteCount = 256 << 20
  /// Bytes of results kept until the broker has them for good; above it no more leases are taken.
  package static let retainedByteCount = 512 << 20
  /// Parsed circuits kept on each slot.
  static let circuitCount = 256
  /// Values of variants that are held at once, of all observables and some rows: about a gigabyte. Rows beyond go next.
  static let variantValueCount = 1 << 24
  /// Leases held a device slot: one that runs and one that waits, so that the device never does.
  package static let leasesPerSlot = 2
  /// How soon a result is sent again to a broker that says nothing about it; that is nearly always a lost connection instead.
  package static let resendInterval = Duration.seconds(10)
  /// How soon templates are asked for again.
  package static let templateInterval = Duration.seconds(5)
  /// How long a worker that stops waits for its last results to be committed, after its work has ended.
  package static let farewellTime = Duration.seconds(2)
  /// Messages handed to libzmq at a time; the rest waits where control messages can pass it.
  package static let sendHighWaterMark = 8
}
