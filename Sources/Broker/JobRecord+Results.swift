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
    receiptByteCount += part.receipt.count
    unreported.insert(part.circuits)
    for group in groups.indices { groups[group].remove(part.circuits) }
  }

  /// The records of a lease's results, or `nil` unless they are of exactly its circuits, in order.
  func entries(_ payload: [UInt8], of circuits: Range<Int>) -> [ResultBody.Entry]? {
    guard circuits.upperBound <= total else { return nil }
    let entries: [ResultBody.Entry]
    do {
      entries = try ResultBody.entries(payload)
    } catch {
      // Why they do not parse is the worker's affair; what matters here is that they are no results.
      return nil
    }
    guard entries.reduce(0, { $0 + $1.rows.count }) == circuits.count else { return nil }
    var (item, row) = place(of: circuits.lowerBound)
    for entry in entries {
      let rowCount = itemStarts[item + 1] - itemStarts[item]
      guard entry.item == item, entry.rows.lowerBound == row, entry.rows.upperBound <= rowCount else { return nil }
      row = entry.rows.upperBound
      if row == rowCount { (item, row) = (item + 1, 0) }
    }
    return entries
  }
}

extension JobRecord {
  /// The code of the failure that is the result of a circuit that took down as many workers as it may.
  static let workerLost = "worker_lost"

  /// Whether a circuit reached the crash limit.
  var isPoisoned: Bool { failuresInResults().contains { $0.code == JobRecord.workerLost } }

  /// Some of the circuits whose results are failures, those that took down workers first.
  ///
  /// - Complexity: O(circuits), with only so many failures decoded.
  func failuresInResults() -> [FailedCircuit] {
    var failures: [FailedCircuit] = []
    var examinedCount = 0
    for part in parts where examinedCount < Limits.examinedFailureCount {
      do {
        for entry in try ResultBody.entries(part.bytes) where entry.isFailure && examinedCount < Limits.examinedFailureCount {
          examinedCount += 1
          for result in try ResultBody.decode(Array(part.bytes[entry.bytes])) {
            guard case .failure(let failure) = result.outcome else { continue }
            failures.append(FailedCircuit(item: result.item, row: result.row, code: failure.code, message: failure.message))
          }
        }
      } catch {
        // Parts were read when they came; what of them cannot be decoded further is not told of.
        continue
      }
    }
    let lost = failures.filter { $0.code == JobRecord.workerLost }
    return Array((lost + failures.filter { $0.code != JobRecord.workerLost }).prefix(Protocol.Limits.failedCircuitCount))
  }
}

extension JobRecord.Group {
  /// Takes circuits out of what is to be given out.
  mutating func remove(_ circuits: Range<Int>) {
    fresh.remove(circuits)
    guard retries.contains(where: { $0.circuits.overlaps(circuits) }) else { return }
    retries = retries.flatMap { retry in
      guard retry.circuits.overlaps(circuits) else { return [retry] }
      var rest = RangeSet(retry.circuits)
      rest.remove(circuits)
      return rest.ranges.map { range in
        JobRecord.Retry(circuits: range, attempts: retry.attempts, crashes: retry.crashes, due: retry.due)
      }
    }
  }
}
