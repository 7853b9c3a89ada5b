/// The name of a session: 128 bits that sort by the time of opening, written as a job's name is.
public struct SessionID: Hashable, Sendable, Comparable, CustomStringConvertible {
  private let name: JobID

  package init(high: UInt64, low: UInt64) { name = JobID(high: high, low: low) }

  /// Makes a name for a session opened at a time, with 80 random bits.
  package init(unixMilliseconds: UInt64, using generator: inout some RandomNumberGenerator) {
    name = JobID(unixMilliseconds: unixMilliseconds, using: &generator)
  }

  /// Reads the 26 characters that ``description`` writes, in either case.
  public init?(_ text: String) {
    guard let name = JobID(text) else { return nil }
    self.name = name
  }

  package init?(bytes: some Collection<UInt8>) {
    guard let name = JobID(bytes: bytes) else { return nil }
    self.name = name
  }

  /// The 26 characters.
  public var description: String { name.description }

  /// The 16 bytes, big-endian: byte order is time order.
  package var bytes: [UInt8] { name.bytes }

  /// The order of opening, to the millisecond.
  public static func < (a: SessionID, b: SessionID) -> Bool { a.name < b.name }
}
