internal import Protocol

/// Jobs with circuits to give out.
///
/// Tenants take turns, by ``TenantShares``. In a tenant's turn the highest priority goes first, of equals the jobs of its open sessions, of those
/// the jobs whose clients wait for their end, and of those the job accepted first. Priority rises with the time that a job has waited, so nothing
/// waits for ever below what keeps coming above it. What has different needs waits in different lines, so that nothing blocks what other workers
/// can take.
struct ReadyQueue: Sendable {
  struct Entry: Sendable, Hashable {
    var sequence: UInt64
    var job: JobID
    var group: Int
    /// Since when it waits; it decides nothing else.
    var since = Duration.zero
  }

  /// What the entries of one line have in common.
  struct Key: Hashable, Sendable {
    var tenant: String
    var requirement: Requirement
    var priority: Int
    var session: SessionID?
    /// Whether a client waits for its end, since its submission.
    var isAwaited = false
  }

  /// Ascending by sequence, from `head` on; what is before it was taken.
  private struct Line: Sendable {
    var entries: [Entry] = []
    var head = 0

    var first: Entry? { head < entries.count ? entries[head] : nil }

    /// Where an entry of a sequence stands, or would.
    func place(of sequence: UInt64) -> Int {
      // Most come last.
      if entries.last.map({ $0.sequence < sequence }) ?? true { return entries.count }
      var (low, high) = (head, entries.count)
      while low < high {
        let middle = (low + high) / 2
        if entries[middle].sequence < sequence { low = middle + 1 } else { high = middle }
      }
      return low
    }

    mutating func insert(_ entry: Entry) {
      let low = place(of: entry.sequence)
      if low == head && head > 0 {
        head -= 1
        entries[head] = entry
      } else {
        entries.insert(entry, at: low)
      }
    }

    mutating func removeFirst() {
      head += 1
      if head > 64 && head * 2 > entries.count {
        entries.removeFirst(head)
        head = 0
      }
    }
  }

  private var lines: [String: [Key: Line]] = [:]
  /// Whose turn it is, among those with entries here.
  private(set) var shares: TenantShares
  /// After how long a wait a priority is one higher; `nil` for never.
  private let ageingInterval: Duration?

  init(policies: TenantPolicies = TenantPolicies(), ageingInterval: Duration? = nil) {
    shares = TenantShares()
    shares.policies = policies
    self.ageingInterval = ageingInterval
  }

  /// Grants tenants something else from now on.
  mutating func set(_ policies: TenantPolicies) { shares.policies = policies }

  var isEmpty: Bool { lines.isEmpty }

  /// How many lines there are.
  var lineCount: Int { lines.values.reduce(0) { $0 + $1.count } }

  mutating func insert(_ entry: Entry, _ key: Key) {
    lines[key.tenant, default: [:]][key, default: Line()].insert(entry)
    shares.wait(key.tenant)
  }

  /// An entry at the head of a line.
  typealias Place = (entry: Entry, key: Key)

  /// What comes first among what can be taken.
  func first(at now: Duration, where canTake: (Key, Entry) -> Bool) -> Place? {
    for turn in shares.turns {
      if let place = first(of: turn.tenant, at: now, where: canTake) { return place }
    }
    return nil
  }

  private func first(of tenant: String, at now: Duration, where canTake: (Key, Entry) -> Bool) -> Place? {
    var best: (place: Place, rank: Rank)?
    for (key, line) in lines[tenant] ?? [:] {
      guard let entry = line.first, canTake(key, entry) else { continue }
      let rank = rank((entry, key), at: now)
      if let best, best.rank <= rank { continue }
      best = ((entry, key), rank)
    }
    return best?.place
  }

  private typealias Rank = (priority: Int, session: Int, awaited: Int, sequence: UInt64, group: Int)

  private func rank(_ place: Place, at now: Duration) -> Rank {
    let band = -place.key.priority - age(place.entry, at: now)
    return (band, place.key.session == nil ? 1 : 0, place.key.isAwaited ? 0 : 1, place.entry.sequence, place.entry.group)
  }

  /// By how much an entry's priority has risen.
  private func age(_ entry: Entry, at now: Duration) -> Int {
    guard let ageingInterval, now > entry.since else { return 0 }
    return Int(min((now - entry.since) / ageingInterval, Double(Limits.ageCount)))
  }

  mutating func removeFirst(_ key: Key) {
    lines[key.tenant]?[key]?.removeFirst()
    if lines[key.tenant]?[key]?.first == nil { lines[key.tenant]?[key] = nil }
    leaveIfEmpty(key.tenant)
  }

  private mutating func leaveIfEmpty(_ tenant: String) {
    guard lines[tenant]?.isEmpty ?? true else { return }
    lines[tenant] = nil
    shares.leave(tenant)
  }

  /// A lease that is expected to take so many seconds goes to a tenant: another's turn comes.
  mutating func give(_ seconds: Double, to tenant: String) { shares.give(seconds, to: tenant) }

  /// A lease has ended that was expected to take so many seconds, and took others.
  mutating func end(expected: Double, actual: Double, of tenant: String) {
    shares.end(expected: expected, actual: actual, of: tenant)
  }

  /// The entries of a line that come next.
  func next(_ count: Int, _ key: Key) -> ArraySlice<Entry> {
    guard let line = lines[key.tenant]?[key] else { return [] }
    return line.entries[line.head...].prefix(count)
  }

  /// A session is no more: its jobs wait among the others.
  mutating func dissolve(_ session: SessionID, of tenant: String) {
    for key in (lines[tenant] ?? [:]).keys.filter({ $0.session == session }) {
      guard let line = lines[tenant]?.removeValue(forKey: key) else { continue }
      var open = key
      open.session = nil
      for entry in line.entries[line.head...] { insert(entry, open) }
    }
  }

  /// How many entries are likely to come before one: its tenant's that do, and as many of every other tenant, if it has so many.
  ///
  /// Tenants' turns are by seconds of work, and entries differ in that: it is no promise.
  func position(of entry: Entry, _ key: Key, at now: Duration) -> Int {
    let own = (lines[key.tenant] ?? [:]).reduce(0) { $0 + countBefore(entry, key, in: $1.value, $1.key, at: now) }
    var position = own
    var isBefore = true
    for turn in shares.turns {
      guard turn.tenant != key.tenant else {
        isBefore = false
        continue
      }
      let count = (lines[turn.tenant] ?? [:]).values.reduce(0) { $0 + $1.entries.count - $1.head }
      position += min(count, isBefore ? own + 1 : own)
    }
    return position
  }

  /// How many entries of a tenant's line come before one of its entries.
  private func countBefore(_ entry: Entry, _ key: Key, in line: Line, _ other: Key, at now: Duration) -> Int {
    guard let first = line.first else { return 0 }
    let count = line.entries.count - line.head
    let (own, others) = (rank((entry, key), at: now), rank((first, other), at: now))
    let (class1, class2) = ((own.priority, own.session, own.awaited), (others.priority, others.session, others.awaited))
    guard class1 == class2 else { return class2 < class1 ? count : 0 }
    return line.place(of: entry.sequence) - line.head
  }
}
