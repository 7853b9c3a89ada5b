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
    /// As measured on any worker; the next lease may have four times the circuits of the last.
    var pace: TemplateStore.Pace?
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
    /// Under which the store keeps it; `nil` until it does.
    var fence: Fence?
  }

  /// The results of a range of circuits, as the worker encoded them.
  struct Part: Sendable {
    var circuits: Range<Int>
    var bytes: [UInt8]
    /// A `SignedReceipt` of the bytes, or empty.
    var receipt: [UInt8] = []
    /// Who brought them; `nil` for what the broker wrote itself, and after a restart.
    var worker: PartWorker?
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
  let session: SessionID?
  let requeuedFrom: JobID?
  let neededConfirmations: Int

  /// Dropped when the job is terminal.
  var items: [Item]
  /// The first circuit of each item, and the total.
  var itemStarts: [Int]
  var groups: [Group]

  var state: JobState = .queued
  var message = ""
  var isCancelling = false
  /// Whether its client waits for its end since the submission; forgotten when the job leaves memory.
  var isAwaited = false
  /// Confirmations reported while it was held.
  var confirmations = 0
  /// Why it was retracted, if it was.
  var retraction: String?
  var leases: Set<Fence> = []
  var startedLeases = 0
  var attempts = 0
  var crashes = 0
  var completed = RangeSet()
  var failedCount = 0
  /// Ascending; complete when the job succeeded.
  var parts: [Part] = []
  var resultByteCount = 0
  var receiptByteCount = 0
  var resultDigest: Digest?
  var isResultKept = true
  /// Whether `parts` has the result that is kept, or it is still in the store alone.
  var isResultLoaded = true
  /// The last batch with something of this job, once it has ended or before it has begun.
  var lastBatch: UInt64 = 0
  /// When it was used last, in the order of uses.
  var lastUse: UInt64 = 0
  var finished: Duration?
  var finishedUnixNanoseconds: UInt64?
  /// The items and their templates, of a job that came to nothing, as long as its result is kept.
  var body: [UInt8] = []
  var templates: Set<Digest> = []
  /// Some of the circuits that failed, of a job that came to nothing.
  var failedCircuits: [FailedCircuit] = []

  var events: [JobEvent] = []
  var lastProgress: Duration = .zero
  /// Circuits completed that no event has named yet.
  var unreported = RangeSet()

  /// Circuits now with workers.
  var leasedCount = 0

  /// Whether a group has circuits to give out.
  func hasWork(in group: Int, at now: Duration) -> Bool {
    !state.isTerminal && !isCancelling && groups[group].hasWork(at: now)
  }

  /// A group's entry left the queue; that of a finished job may be the last that is left of it.
  mutating func leaveQueue(_ group: Int) {
    if groups.indices.contains(group) { groups[group].isQueued = false }
  }

  /// Whether it waits for confirmations.
  var isHeld: Bool { confirmations < neededConfirmations }

  /// The templates that its items name; they are dropped with the items.
  var templatesOfItems: Set<Digest> { Set(items.lazy.map(\.template)) }

  /// What status and events say of a retracted job.
  var retractionMessage: String {
    guard let retraction else { return "" }
    return retraction.isEmpty ? "retracted" : "retracted: \(retraction)"
  }

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
      lastEvent: events.last?.sequence ?? 0, resultDigest: resultDigest, resultByteCount: state.isTerminal ? resultByteCount : 0,
      retraction: retraction, requeuedFrom: requeuedFrom, session: session, confirmations: confirmations,
      neededConfirmations: neededConfirmations)
  }
}
