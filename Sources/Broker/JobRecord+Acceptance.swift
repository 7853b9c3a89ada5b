internal import Protocol

extension JobRecord {
  /// A job as it is at its acceptance: all circuits to be given out, grouped by what they need.
  init(_ stored: StoredJob, items: [Item], now: Time) {
    id = stored.id
    sequence = stored.sequence
    tenant = stored.tenant
    idempotencyKey = stored.idempotencyKey
    requestHash = stored.requestHash
    name = stored.name
    priority = stored.priority
    submittedUnixNanoseconds = stored.submittedUnixNanoseconds
    total = stored.total
    byteCount = stored.byteCount
    maximumRunTime = stored.maximumRunTime
    deadline = stored.deadlineUnixNanoseconds.map { now.monotonic(atUnixNanoseconds: $0) }
    accepted = now.monotonic
    session = stored.session
    requeuedFrom = stored.requeuedFrom
    neededConfirmations = stored.confirmations
    self.items = items
    itemStarts = [0]
    groups = []
    lastProgress = now.monotonic
    group(items)
  }

  private mutating func group(_ items: [Item]) {
    itemStarts.reserveCapacity(items.count + 1)
    var indices: [Requirement: Int] = [:]
    for item in items {
      let start = itemStarts[itemStarts.count - 1]
      itemStarts.append(start + item.rows.count)
      let requirement = Requirement(item)
      let index = indices[requirement] ?? groups.count
      if index == groups.count {
        indices[requirement] = index
        groups.append(Group(requirement: requirement))
      }
      groups[index].fresh.insert(start..<start + item.rows.count)
    }
  }
}
