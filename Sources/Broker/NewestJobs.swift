internal import Protocol

/// The last few accepted of many jobs, which come in any order.
///
/// - Complexity: O(1) for most jobs, and O(limit) memory.
struct NewestJobs {
  private let limit: Int
  private var chosen: [(sequence: UInt64, job: JobID)] = []
  /// Jobs accepted before this one are none of the newest.
  private var least: UInt64 = 0

  init(limit: Int) { self.limit = max(limit, 0) }

  mutating func add(_ job: JobID, sequence: UInt64) {
    guard sequence >= least else { return }
    chosen.append((sequence, job))
    if chosen.count > 2 * limit { shrink() }
  }

  private mutating func shrink() {
    chosen.sort { $0.sequence > $1.sequence }
    chosen.removeLast(max(0, chosen.count - limit))
    least = chosen.last?.sequence ?? .max
  }

  /// The newest first.
  var jobs: [JobID] {
    var copy = self
    copy.shrink()
    return copy.chosen.map(\.job)
  }
}
