internal import Protocol

/// Templates by digest, within a bound: those that no job needs give way, the longest unused first.
struct TemplateStore: Sendable {
  private struct Entry: Sendable {
    var template: Template
    var useCount: Int
    /// Its latest place in the order of giving way.
    var turn: UInt64
    var pace: Pace?
  }

  /// How fast a template's circuits were executed.
  struct Pace: Sendable {
    /// Seconds of work a unit of estimated cost.
    var rate: Double
    /// Circuits of the largest lease measured lately.
    var leaseCount: Int

    /// Takes in a lease: what was measured last counts for half.
    mutating func measure(rate: Double, leaseCount: Int) {
      self = Pace(rate: (self.rate + rate) / 2, leaseCount: max(leaseCount, self.leaseCount / 2))
    }
  }

  private var entries: [Digest: Entry] = [:]
  private var order: [(digest: Digest, turn: UInt64)] = []
  private var head = 0
  private var nextTurn: UInt64 = 0
  private(set) var byteCount = 0

  subscript(digest: Digest) -> Template? { entries[digest]?.template }

  /// How fast its circuits were executed, in whatever job, if any were since it came.
  func pace(of digest: Digest) -> Pace? { entries[digest]?.pace }

  /// Notes how long a lease of a template's circuits took.
  mutating func measure(_ digest: Digest, rate: Double, leaseCount: Int) {
    entries[digest]?.pace?.measure(rate: rate, leaseCount: leaseCount)
    if entries[digest]?.pace == nil { entries[digest]?.pace = Pace(rate: rate, leaseCount: leaseCount) }
  }

  func contains(_ digest: Digest) -> Bool { entries[digest] != nil }

  /// Adds a template.
  ///
  /// - Returns: Templates that gave way, or `nil`, with nothing changed, when those in use leave no room.
  mutating func insert(_ template: Template, byteLimit: Int) -> [Digest]? {
    guard entries[template.digest] == nil else {
      touch(template.digest)
      return []
    }
    var removed: [Digest] = []
    while byteCount + template.bytes.count > byteLimit {
      guard let oldest = popUnused() else { return removed.isEmpty ? nil : removed }
      removed.append(oldest)
    }
    entries[template.digest] = Entry(template: template, useCount: 0, turn: 0)
    byteCount += template.bytes.count
    touch(template.digest)
    return removed
  }

  /// Holds a template for so many jobs.
  mutating func retain(_ digest: Digest, count: Int) { entries[digest]?.useCount += count }

  /// Holds templates for a job.
  mutating func retain(_ digests: some Sequence<Digest>) {
    for digest in digests { entries[digest]?.useCount += 1 }
  }

  /// Lets a job's templates go.
  mutating func release(_ digests: some Sequence<Digest>) {
    for digest in digests {
      entries[digest]?.useCount -= 1
      touch(digest)
    }
  }

  private mutating func touch(_ digest: Digest) {
    guard entries[digest] != nil else { return }
    nextTurn += 1
    entries[digest]?.turn = nextTurn
    order.append((digest, nextTurn))
  }

  private mutating func popUnused() -> Digest? {
    while head < order.count {
      let (digest, turn) = order[head]
      head += 1
      if head > 1_024 && head * 2 > order.count {
        order.removeFirst(head)
        head = 0
      }
      // Entries in use come back into the order when they are released.
      guard let entry = entries[digest], entry.turn == turn, entry.useCount == 0 else { continue }
      entries[digest] = nil
      byteCount -= entry.template.bytes.count
      return digest
    }
    return nil
  }
}
