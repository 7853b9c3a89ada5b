internal import Protocol

/// A job as the broker holds it: its items, what is still to do in ranges of circuits, and what is done in ranges of bytes.
struct JobRecord: Sendable {
  /// Circuits of equal needs, counted through the job.
  struct Group: Sendable {
    var requirement: Requirement
    /// Never given out, or given back.
    var fresh = RangeSet()
    /// To be given out on their own, when due.
    var retries: [Retry] = []
    /// Seconds of work a unit of estimated cost, as measured on any worker.
    var rate: Double?
    /// Circuits of the last lease, which the next may exceed fourfold.
    var lastLeaseCount = 0
    var isQueued = false

    func hasWork(at now: Duration) -> Bool { !fresh.isEmpty || retries.contains { $0.due <= now } }
    var waitingCount: Int { retries.reduce(fresh.count) { $0 + $1.circuits.count } }
  }

  /// Circuits whose execution went wrong.
  struct Retry: Sendable {
    var circuits: Range<Int>
    var attempts: Int
    var crashes: Int
    var due: Duration
  }

  /// The results of a range of circuits, as the worker encoded them.
  struct Part: Sendable {
    var circuits: Range<Int>
    var bytes: [UInt8]
  }

  let id: JobID
  /// The order of acceptance.
  let sequence: UInt64
  let tenant: String
  let idempotencyKey: String
  let requestHash: Digest
  let name: String
  let priority: Int
  let submittedUnixNanoseconds: UInt64
  let total: Int
  let byteCount: Int
  let maximumRunTime: Duration?
  let deadline: Duration?
  let accepted: Duration

  /// Dropped when the job is terminal.
  var items: [Item]
  /// The first circuit of each item, and the total.
  var itemStarts: [Int]
  var groups: [Group]

  var state: JobState = .queued
  var message = ""
  var isCancelling = false
  var leases: Set<Fence> = []
  var startedLeases = 0
  var attempts = 0
  var crashes = 0
  /// Whether a circuit reached the crash limit.
  var hasCrashed = false
  var completed = RangeSet()
  var failedCount = 0
  /// Ascending; complete when the job succeeded.
  var parts: [Part] = []
  var resultByteCount = 0
  var resultDigest: Digest?
  var isResultKept = true
  var finished: Duration?

  var events: [JobEvent] = []
  var lastProgress: Duration = .zero
  /// Whether circuits were completed since the last event.
  var hasProgress = false

  /// Circuits now with workers.
  var leasedCount = 0

  var hasWaiting: Bool { groups.contains { !$0.fresh.isEmpty || !$0.retries.isEmpty } }

  /// The item and row of a circuit.
  func place(of circuit: Int) -> (item: Int, row: Int) {
    let item = itemIndex(of: circuit)
    return (item, circuit - itemStarts[item])
  }

  /// The items of a range of circuits, the first and the last with only some of their rows.
  func items(of circuits: Range<Int>) -> [Item] {
    var result: [Item] = []
    var index = itemIndex(of: circuits.lowerBound)
    var circuit = circuits.lowerBound
    while circuit < circuits.upperBound {
      let end = min(itemStarts[index + 1], circuits.upperBound)
      result.append(items[index].slice(circuit - itemStarts[index]..<end - itemStarts[index]))
      circuit = end
      index += 1
    }
    return result
  }

  func itemIndex(of circuit: Int) -> Int {
    var (low, high) = (0, itemStarts.count - 1)
    while high - low > 1 {
      let middle = (low + high) / 2
      if itemStarts[middle] <= circuit { low = middle } else { high = middle }
    }
    return low
  }

  var status: JobStatus {
    JobStatus(
      job: id, name: name, state: state, completed: completed.count, failed: failedCount, total: total, leased: leasedCount,
      attempts: attempts, crashes: crashes, priority: priority, message: message,
      submittedUnixNanoseconds: submittedUnixNanoseconds,
      lastEvent: events.last?.sequence ?? 0, resultDigest: resultDigest, resultByteCount: state.isTerminal ? resultByteCount : 0)
  }
}
