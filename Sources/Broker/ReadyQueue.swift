internal import Protocol

/// Jobs with circuits to give out: by what they need, then priority, then order of acceptance.
///
/// Jobs of open sessions wait in lines of their own. When it is their tenant's turn they go before its other jobs, and change places
/// with the one whose turn they take, so that other tenants' turns come when they would.
struct ReadyQueue: Sendable {
  struct Entry: Sendable, Hashable {
    var sequence: UInt64
    var job: JobID
    var group: Int
    var tenant: String
  }

  /// What the entries of one line have in common.
  struct Key: Hashable, Sendable {
    var requirement: Requirement
    var priority: Int
    var session: SessionID?
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

  private var lines: [Key: Line] = [:]

  var isEmpty: Bool { lines.isEmpty }

  mutating func insert(_ entry: Entry, _ key: Key) {
    lines[key, default: Line()].insert(entry)
  }

  /// An entry at the head of a line.
  typealias Place = (entry: Entry, key: Key)

  /// What comes first among what can be taken, and whose turn that was.
  func first(where canTake: (Key, Entry) -> Bool) -> (place: Place, turn: Place)? {
    guard let turn = earliest(where: canTake) else { return nil }
    guard turn.key.session == nil else { return (turn, turn) }
    let before = earliest { key, entry in
      key.session != nil && key.priority == turn.key.priority && entry.tenant == turn.entry.tenant && canTake(key, entry)
    }
    return (before ?? turn, turn)
  }

  /// Lets the heads of two lines change places in the order of acceptance.
  mutating func exchange(_ place: Place, _ turn: Place) {
    guard place.entry != turn.entry else { return }
    removeFirst(place.key)
    removeFirst(turn.key)
    var (earlier, later) = (place.entry, turn.entry)
    (earlier.sequence, later.sequence) = (later.sequence, earlier.sequence)
    insert(earlier, place.key)
    insert(later, turn.key)
  }

  /// By priority and order of acceptance alone.
  private func earliest(where canTake: (Key, Entry) -> Bool) -> Place? {
    var best: Place?
    for (key, line) in lines {
      guard let entry = line.first, canTake(key, entry) else { continue }
      if let best, (-best.key.priority, best.entry.sequence, best.entry.group) <= (-key.priority, entry.sequence, entry.group) {
        continue
      }
      best = (entry, key)
    }
    return best
  }

  mutating func removeFirst(_ key: Key) {
    lines[key]?.removeFirst()
    if lines[key]?.first == nil { lines[key] = nil }
  }

  /// The entries of a line that come next.
  func next(_ count: Int, _ key: Key) -> ArraySlice<Entry> {
    guard let line = lines[key] else { return [] }
    return line.entries[line.head...].prefix(count)
  }

  /// A session is no more: its jobs wait among the others.
  mutating func dissolve(_ session: SessionID) {
    for key in lines.keys.filter({ $0.session == session }) {
      guard let line = lines.removeValue(forKey: key) else { continue }
      for entry in line.entries[line.head...] { insert(entry, Key(requirement: key.requirement, priority: key.priority)) }
    }
  }

  /// How many entries come before one.
  func position(of entry: Entry, _ key: Key) -> Int {
    lines.reduce(0) { count, line in
      let (other, line) = line
      guard other.priority >= key.priority else { return count }
      let entries = line.entries[line.head...]
      guard other.priority == key.priority else { return count + entries.count }
      let earlier = line.place(of: entry.sequence) - line.head
      // Between a tenant's own jobs it matters which are a session's.
      switch (key.session == nil, other.session == nil) {
      case (true, false): return count + (entries.first?.tenant == entry.tenant ? entries.count : earlier)
      case (false, true): return count + entries.prefix(earlier).count { $0.tenant != entry.tenant }
      default: return count + earlier
      }
    }
  }
}
