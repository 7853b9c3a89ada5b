package import Protocol

/// Templates by digest, within a number of bytes; the least recently used give way.
///
/// - Complexity: Looking up is O(1); adding is O(entries) when something has to give way.
package struct TemplateCache: Sendable {
  private struct Entry: Sendable {
    var template: Template
    var lastUse: UInt64
  }

  private let byteLimit: Int
  private var entries: [Digest: Entry] = [:]
  private var useCount: UInt64 = 0
  /// Bytes of all templates here.
  package private(set) var byteCount = 0

  package init(byteLimit: Int = Limits.templateByteCount) {
    self.byteLimit = byteLimit
  }

  /// A template, counted as used.
  package mutating func template(for digest: Digest) -> Template? {
    guard entries[digest] != nil else { return nil }
    useCount += 1
    entries[digest]!.lastUse = useCount
    return entries[digest]!.template
  }

  /// Keeps a template, unless it alone passes the limit.
  package mutating func insert(_ template: Template) {
    guard entries[template.digest] == nil, template.bytes.count <= byteLimit else { return }
    useCount += 1
    entries[template.digest] = Entry(template: template, lastUse: useCount)
    byteCount += template.bytes.count
    guard byteCount > byteLimit else { return }
    for (digest, entry) in entries.sorted(by: { $0.value.lastUse < $1.value.lastUse }) where byteCount > byteLimit {
      entries[digest] = nil
      byteCount -= entry.template.bytes.count
    }
  }
}
