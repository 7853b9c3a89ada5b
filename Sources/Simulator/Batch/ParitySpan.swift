/// Independent parities, and others as sums of those.
struct ParitySpan {
  /// Each with a highest bit of its own, and the sum of the independent ones that it is.
  private var rows: [(vector: UInt64, mask: UInt64)] = []

  /// The sum that a parity is; it becomes one more of the independent ones if it is not in their span.
  mutating func insert(_ parity: UInt64) -> (mask: UInt64, isNew: Bool) {
    var (rest, mask) = (parity, UInt64(0))
    for row in rows where rest ^ row.vector < rest { (rest, mask) = (rest ^ row.vector, mask ^ row.mask) }
    if rest == 0 { return (mask, false) }
    let own = UInt64(1) << UInt64(rows.count)
    rows.append((rest, mask ^ own))
    return (own, true)
  }
}
