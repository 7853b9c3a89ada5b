internal import SwiftProtobuf

/// Parses and writes Protocol Buffers messages with this module's errors.
enum Wire {
  static func parse<M: SwiftProtobuf.Message>(_ type: M.Type, _ bytes: [UInt8], _ what: String) throws(ProtocolError) -> M {
    do {
      return try M(serializedBytes: bytes)
    } catch {
      throw ProtocolError(.malformed, "\(what): \(bytes.count) bytes that do not parse")
    }
  }

  static func bytes(_ message: some SwiftProtobuf.Message) -> [UInt8] {
    do {
      return try message.serializedBytes()
    } catch {
      // Only required fields, which proto3 lacks, and messages of 2 GiB, which Limits exclude, can fail.
      preconditionFailure("a message that cannot be serialized: \(error)")
    }
  }

  static func digest(_ bytes: some Collection<UInt8>, _ what: String) throws(ProtocolError) -> Digest {
    guard let digest = Digest(bytes: bytes) else {
      throw ProtocolError(.malformed, "\(what): \(bytes.count) bytes, \(Digest.byteCount) accepted")
    }
    return digest
  }

  static func job(_ bytes: some Collection<UInt8>) throws(ProtocolError) -> JobID {
    guard let job = JobID(bytes: bytes) else { throw ProtocolError(.malformed, "job: \(bytes.count) bytes, 16 accepted") }
    return job
  }

  static func state(_ value: UInt32) throws(ProtocolError) -> JobState {
    guard let state = UInt8(exactly: value).flatMap(JobState.init(rawValue:)) else {
      throw ProtocolError(.malformed, "job state: \(value), 1 to 11 accepted")
    }
    return state
  }

  /// A count that fits the signed word, and its limit.
  static func count(_ value: UInt64, _ what: String, limit: Int = Int.max) throws(ProtocolError) -> Int {
    guard let count = Int(exactly: value), count <= limit else { throw .tooLarge(what, value, limit: limit) }
    return count
  }

  /// A range of at least one circuit.
  static func circuits(_ lower: UInt64, _ upper: UInt64) throws(ProtocolError) -> Range<Int> {
    let lower = try count(lower, "first circuit", limit: Limits.circuitCount)
    let upper = try count(upper, "circuits", limit: Limits.circuitCount)
    guard lower < upper else { throw ProtocolError(.invalidValue, "circuits \(lower)..<\(upper): none, 1 or more accepted") }
    return lower..<upper
  }

  /// Nanoseconds as a duration; what does not fit 63 bits is 292 years and cut there.
  static func duration(_ nanoseconds: UInt64) -> Duration {
    .nanoseconds(Int64(min(nanoseconds, UInt64(Int64.max))))
  }

  /// A duration in whole nanoseconds, cut to what fits.
  static func nanoseconds(_ duration: Duration) -> UInt64 {
    let (seconds, attoseconds) = duration.components
    guard seconds >= 0, attoseconds >= 0 else { return 0 }
    guard seconds < 9_223_372_036 else { return UInt64(Int64.max) }
    return UInt64(seconds) * 1_000_000_000 + UInt64(attoseconds / 1_000_000_000)
  }
}
