import Protocol

/// Parsed circuits by the digest of their template; the least recently used give way.
///
/// - Complexity: O(1), and O(entries) when one has to give way, which the parsing that goes with it dwarfs.
struct CircuitCache {
  private let countLimit: Int
  private var entries: [Digest: (circuit: ExecutableCircuit, lastUse: UInt64)] = [:]
  private var useCount: UInt64 = 0

  init(countLimit: Int) {
    self.countLimit = countLimit
  }

  subscript(digest: Digest) -> ExecutableCircuit? {
    mutating get {
      guard let entry = entries[digest] else { return nil }
      useCount += 1
      entries[digest] = (entry.circuit, useCount)
      return entry.circuit
    }
    set {
      useCount += 1
      entries[digest] = newValue.map { ($0, useCount) }
      guard entries.count > countLimit, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })?.key else { return }
      entries[oldest] = nil
    }
  }
}
