internal import Protocol

/// How many jobs need a template, counted from the lists of digests that rows have.
struct TemplateUses {
  private(set) var counts: [Digest: Int] = [:]
  private var last: (bytes: [UInt8], digests: Set<Digest>) = ([], [])

  /// Counts a job's templates.
  mutating func add(_ bytes: [UInt8]) {
    // Jobs of one template come one after the other.
    if bytes != last.bytes { last = (bytes, Self.digests(bytes)) }
    for digest in last.digests { counts[digest, default: 0] += 1 }
  }

  /// Digests that stand one after the other.
  static func digests(_ bytes: [UInt8]) -> Set<Digest> {
    Set(
      stride(from: 0, to: bytes.count, by: Digest.byteCount).compactMap { start in
        Digest(bytes: bytes[start..<min(start + Digest.byteCount, bytes.count)])
      })
  }
}
