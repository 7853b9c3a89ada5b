internal import Protocol

/// Audits: results of finished jobs that are run a second time and compared.
///
/// Pure bookkeeping: what is drawn, what waits, what runs and how it ended. Nothing of it is kept by the store: a restart forgets what
/// waits, and what was found stands in the log.
struct AuditBook: Sendable {
  /// The results of one lease, to be run again.
  struct Draw: Sendable {
    var job: JobID
    var tenant: String
    var requestHash: Digest
    var circuits: Range<Int>
    var items: [Item]
    var maximumRunTime: Duration?
    /// What the job has.
    var results: [UInt8]
    /// Who gave it; `nil` if that was before a restart.
    var worker: PartWorker?
    /// The key of the receipt, where there is one.
    var signingKey: Digest?
    var drawn: Duration

    var templates: Set<Digest> { Set(items.lazy.map(\.template)) }
    var byteCount: Int { results.count + items.reduce(0) { $0 + 256 + 8 * $1.rows.values.count } }
  }

  /// An audit with a worker.
  struct Running: Sendable {
    var draw: Draw
    var worker: PeerID
    var expires: Duration
    var runLimit: Duration?
  }

  private struct Found: Sendable {
    var tenant: String
    var mismatch: AuditMismatch
  }

  let probability: Double
  private var random: SplitMix64
  private(set) var waiting: [Draw] = []
  private(set) var running: [Fence: Running] = [:]
  private var counts = AuditCounts()
  private var found: [Found] = []
  private var byteCount = 0

  /// - Parameter seed: Of what is drawn; a stream of its own, so that other decisions are the same with audits and without.
  init(probability: Double, seed: UInt64) {
    self.probability = probability
    random = SplitMix64(seed: seed ^ 0x6175_6469_7400_0000)
  }

  /// All there is to count.
  var currentCounts: AuditCounts {
    var counts = counts
    counts.waiting = waiting.count + running.count
    return counts
  }

  /// What was found of a tenant's jobs, the newest first.
  func mismatches(of tenant: String) -> [AuditMismatch] { found.reversed().filter { $0.tenant == tenant }.map(\.mismatch) }

  mutating func countRefusedReceipt() { counts.refusedReceipts += 1 }

  // MARK: Drawing

  /// Whether the results of a lease are to be audited; each is asked for once.
  mutating func draws() -> Bool {
    probability > 0 && Double.random(in: 0..<1, using: &random) < probability
  }

  /// Remembers what is to be run again.
  ///
  /// - Returns: Whether there was room.
  mutating func append(_ draw: Draw) -> Bool {
    guard waiting.count < Limits.auditCount, byteCount + draw.byteCount <= Limits.auditByteCount else {
      counts.abandoned += 1
      return false
    }
    byteCount += draw.byteCount
    waiting.append(draw)
    return true
  }

  /// Takes out one of those that wait.
  mutating func take(at index: Int) -> Draw {
    let draw = waiting.remove(at: index)
    byteCount -= draw.byteCount
    return draw
  }

  // MARK: Running

  mutating func start(_ draw: Draw, _ fence: Fence, on worker: PeerID, expires: Duration, runLimit: Duration?) {
    running[fence] = Running(draw: draw, worker: worker, expires: expires, runLimit: runLimit)
  }

  func isRunning(on worker: PeerID) -> Bool { running.values.contains { $0.worker == worker } }

  /// Says that a worker still has an audit.
  mutating func refresh(_ fence: Fence, of worker: PeerID, until expires: Duration) -> Bool {
    guard running[fence]?.worker == worker else { return false }
    running[fence]?.expires = expires
    return true
  }

  mutating func forgive(_ pause: Duration) {
    for fence in running.keys { running[fence]?.expires += pause }
  }

  mutating func end(_ fence: Fence) -> Running? { running.removeValue(forKey: fence) }

  /// Gives up what cannot be run.
  mutating func countAbandoned(_ count: Int = 1) { counts.abandoned += count }

  // MARK: Judging

  /// Compares what a worker gave with what the job has.
  ///
  /// - Returns: What does not agree, if anything.
  mutating func judge(_ draw: Draw, _ results: [UInt8], by second: PartWorker, unixNanoseconds: UInt64) -> AuditMismatch? {
    guard let (first, again) = Self.decode(draw.results, results) else {
      counts.abandoned += 1
      return nil
    }
    var isClose = false
    var isIncomparable = false
    for (offset, (a, b)) in zip(first, again).enumerated() {
      switch comparison(of: a, b, draw, second) {
      case .equal: continue
      case .close: isClose = true
      case .incomparable: isIncomparable = true
      case .different(let difference):
        counts.mismatching += 1
        let mismatch = AuditMismatch(
          job: draw.job, circuits: draw.circuits, circuit: draw.circuits.lowerBound + offset, difference: difference,
          first: draw.first(device: a.device), second: .init(second, device: b.device), unixNanoseconds: unixNanoseconds)
        remember(Found(tenant: draw.tenant, mismatch: mismatch))
        return mismatch
      }
    }
    // One circuit of which nothing follows is enough to say no more of the lease than that.
    if isIncomparable { counts.incomparable += 1 } else if isClose { counts.close += 1 } else { counts.matching += 1 }
    return nil
  }

  private func comparison(of a: CircuitResult, _ b: CircuitResult, _ draw: Draw, _ second: PartWorker) -> OutcomeComparison {
    let isExact = draw.items.first { $0.index == a.item }?.settings.isReproducible ?? false
    let firstClass = draw.worker?.deviceClass(a.device) ?? a.device
    guard isExact || firstClass == second.deviceClass(b.device) else { return .incomparable }
    return OutcomeComparison.compare(a, b, isExact: isExact)
  }

  private mutating func remember(_ new: Found) {
    if found.count == Limits.auditMismatchCount { found.removeFirst() }
    found.append(new)
  }

  /// Both results, if the second is one of the same circuits.
  private static func decode(_ first: [UInt8], _ second: [UInt8]) -> (CircuitResults, CircuitResults)? {
    do {
      let (a, b) = (try ResultBody.decode(first), try ResultBody.decode(second))
      let isSame = a.count == b.count && zip(a, b).allSatisfy { $0.item == $1.item && $0.row == $1.row }
      return isSame ? (a, b) : nil
    } catch {
      // Bytes that are no results contradict nothing; that their worker sends such is seen where they are a job's.
      return nil
    }
  }
}

extension AuditBook.Draw {
  func first(device: String) -> AuditMismatch.Worker {
    .init(name: worker?.name ?? "(before the restart)", signingKey: signingKey ?? worker?.signingKey, device: device)
  }
}

extension AuditMismatch.Worker {
  init(_ worker: PartWorker, device: String) {
    self.init(name: worker.name, signingKey: worker.signingKey, device: device)
  }

  /// For the log.
  var text: String { name + " (" + device + (signingKey.map { ", key \($0)" } ?? "") + ")" }
}

extension CircuitResult {
  /// The device it ran on; empty for a failure, which is compared on any.
  var device: String {
    if case .values(let values) = outcome { values.device } else { "" }
  }
}
