internal import Protocol

extension JobRecord {
  /// Adds the results of circuits that had none.
  ///
  /// - Complexity: O(log parts) and what moves: parts come nearly in order.
  mutating func insert(_ part: Part, failedCount: Int) {
    var (low, high) = (0, parts.count)
    while low < high {
      let middle = (low + high) / 2
      if parts[middle].circuits.lowerBound < part.circuits.lowerBound { low = middle + 1 } else { high = middle }
    }
    parts.insert(part, at: low)
    completed.insert(part.circuits)
    self.failedCount += failedCount
    resultByteCount += part.bytes.count
    hasProgress = true
    for group in groups.indices { groups[group].remove(part.circuits) }
  }

  /// Where the records of a lease's results stand, or `nil` unless there is exactly one for each circuit, in order.
  func entries(_ payload: [UInt8], of circuits: Range<Int>) -> [ResultBody.Entry]? {
    guard circuits.upperBound <= total else { return nil }
    let entries: [ResultBody.Entry]
    do {
      entries = try ResultBody.entries(payload)
    } catch {
      // Why they do not parse is the worker's affair; what matters here is that they are no results.
      return nil
    }
    guard entries.count == circuits.count else { return nil }
    var (item, row) = place(of: circuits.lowerBound)
    for entry in entries {
      guard entry.item == item, entry.row == row else { return nil }
      row += 1
      if itemStarts[item] + row == itemStarts[item + 1] { (item, row) = (item + 1, 0) }
    }
    return entries
  }
}

extension JobRecord.Group {
  /// Takes circuits out of what is to be given out.
  mutating func remove(_ circuits: Range<Int>) {
    fresh.remove(circuits)
    guard retries.contains(where: { $0.circuits.overlaps(circuits) }) else { return }
    retries = retries.flatMap { retry in
      var rest = RangeSet(retry.circuits)
      rest.remove(circuits)
      return rest.ranges.map { range in
        JobRecord.Retry(circuits: range, attempts: retry.attempts, crashes: retry.crashes, due: retry.due)
      }
    }
  }
}
