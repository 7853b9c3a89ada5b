internal import Protocol

/// Jobs with circuits to give out: by what they need, then priority, then order of acceptance.
struct ReadyQueue: Sendable {
  struct Entry: Sendable, Hashable {
    var sequence: UInt64
    var job: JobID
    var group: Int
  }

  /// Ascending by sequence, from `head` on; what is before it was taken.
  private struct Line: Sendable {
    var entries: [Entry] = []
    var head = 0

    var first: Entry? { head < entries.count ? entries[head] : nil }

    mutating func insert(_ entry: Entry) {
      var (low, high) = (head, entries.count)
      while low < high {
        let middle = (low + high) / 2
        if entries[middle].sequence < entry.sequence { low = middle + 1 } else { high = middle }
      }
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

  private struct Key: Hashable, Sendable {
    var requirement: Requirement
    var priority: Int
  }

  private var lines: [Key: Line] = [:]

  var isEmpty: Bool { lines.isEmpty }

  mutating func insert(_ entry: Entry, requirement: Requirement, priority: Int) {
    lines[Key(requirement: requirement, priority: priority), default: Line()].insert(entry)
  }

  /// What comes first among the lines whose requirement is met.
  func first(where isMet: (Requirement, Entry) -> Bool) -> (entry: Entry, requirement: Requirement, priority: Int)? {
    var best: (entry: Entry, requirement: Requirement, priority: Int)?
    for (key, line) in lines {
      guard let entry = line.first, isMet(key.requirement, entry) else { continue }
      if let best, (-best.priority, best.entry.sequence, best.entry.group) <= (-key.priority, entry.sequence, entry.group) {
        continue
      }
      best = (entry, key.requirement, key.priority)
    }
    return best
  }

  mutating func removeFirst(requirement: Requirement, priority: Int) {
    let key = Key(requirement: requirement, priority: priority)
    lines[key]?.removeFirst()
    if lines[key]?.first == nil { lines[key] = nil }
  }

  /// How many entries come before one of this priority and sequence.
  func position(priority: Int, sequence: UInt64) -> Int {
    lines.reduce(0) { count, line in
      let (key, line) = line
      guard key.priority >= priority else { return count }
      let entries = line.entries[line.head...]
      guard key.priority == priority else { return count + entries.count }
      return count + (entries.firstIndex { $0.sequence >= sequence } ?? entries.endIndex) - entries.startIndex
    }
  }
}
