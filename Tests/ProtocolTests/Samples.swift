import Circuits
import Protocol

/// One value of each kind, all fields set, that the tests of this target share.
enum Samples {
  static let digest = Digest(of: Array("sample".utf8))
  static let job = JobID(high: 0x0123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3210)
  static let fence = Fence(epoch: 3, sequence: 77)

  static let settings = ExecutionSettings(
    shots: 1_000, observables: [ObservableRequest(name: "energy", terms: [.init(0.5, "ZI"), .init(-1.25, "XX")])],
    wantsProbabilities: true, wantsStatevector: true, seed: 42, precision: .double, method: "statevector", device: "opencl:0.0",
    isReproducible: true)

  static func items() throws -> [Item] {
    let rows = try ParameterRows(names: ["a", "b"], values: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6], count: 3)
    return try Job(items: [
      Item(template: digest, name: "ansatz.qasm", circuit: 9, rows: rows, settings: settings, qubitCount: 2, operationCount: 12),
      Item(template: Digest(of: [1]), name: "bell.qasm", circuit: 10, settings: ExecutionSettings(shots: 5)),
    ]).items
  }

  static let status = JobStatus(
    job: job, name: "n", state: .running, completed: 4, failed: 1, total: 9, leased: 3, attempts: 2, crashes: 1, priority: -7,
    message: "m", submittedUnixNanoseconds: 5, lastEvent: 6, resultDigest: digest, resultByteCount: 70, queuePosition: 2)

  static let device = DeviceSummary(name: "cpu", description: "AVX2", memoryByteCount: 1 << 30, supportsDouble: true)

  static let worker = WorkerSummary(
    name: "w", devices: [device], slots: 2, leases: 1, leasedCircuits: 5, completedCircuits: 6, circuitsPerSecond: 1.5,
    idle: .milliseconds(3), isDraining: true)

  static let values = CircuitValues(
    qubitCount: 2, shots: 10, counts: Counts(bitCount: 2, outcomes: [(3, 4), (0, 6)]), probabilities: [0.5, 0, 0, 0.5],
    statevector: [0.7, 0, 0, 0, 0, 0, 0.7, 0], expectations: [.init(value: 1, standardError: 0.1, gradient: [0.25, -0.5])],
    method: "statevector", device: "cpu", precision: .double, compileTime: .microseconds(5), executeTime: .microseconds(7),
    notes: ["escalated to double"])

  static let results = [
    CircuitResult(
      item: 0, row: 1, outcome: .values(values), labels: .init(of: Item(template: digest, name: "bell.qasm", settings: settings))),
    CircuitResult(item: 3, row: 0, outcome: .failure(CircuitFailure(code: "unsupported", message: "no such gate"))),
  ]

  /// Results of rows that are written together.
  static let rows = (5..<9).map { row in
    CircuitResult(
      item: 7, row: row,
      outcome: .values(
        CircuitValues(
          qubitCount: 2, expectations: [.init(value: Double(row) / 8, standardError: 0, gradient: [0.5, -0.25])], method: "lanes",
          device: "cpu", compileTime: .nanoseconds(row == 5 ? 900 : 0), executeTime: .nanoseconds(70))),
      labels: row == 5 ? .init(of: Item(template: digest, name: "ansatz", settings: settings)) : nil)
  }

  static let contents: [Message.Content] = [
    .hello(Message.Hello(role: .worker, name: "w1", software: "test 1", devices: [device], methods: ["statevector"])),
    .welcome(Message.Welcome(epoch: 4, software: "test 1")),
    .challenge, .ping, .pong, .bye,
    .goAway(Message.GoAway(reason: "stopping", retryAfter: .seconds(2))),
    .reject(Message.Reject(.quota, "too much", retryAfter: .milliseconds(250))),
    .reject(Message.Reject(.conflict, "another job")),
    .body(Message.Body(transfer: 8, offset: 1 << 20)),
    .submit(
      Message.Submit(
        idempotencyKey: "k", priority: -3, deadline: .seconds(60), maximumRunTime: .seconds(10), name: "sweep")),
    .submit(Message.Submit(idempotencyKey: "k")),
    .accepted(Message.Accepted(job: job, isDuplicate: true, state: .queued, total: 12)),
    .status(job), .state(status),
    .fetch(Message.Fetch(job: job, offset: 10, limit: 1 << 20)),
    .result(Message.ResultPart(job: job, offset: 10, digest: digest)),
    .streamEnd(Message.StreamEnd(job: job, byteCount: 100, digest: digest, state: .succeeded)),
    .credit(Message.Credit(job: job, limit: 5)), .cancel(job),
    .subscribe(Message.Subscribe(job: job, after: 6)),
    .event(
      JobEvent(job: job, sequence: 7, state: .failed, completed: 1, failed: 1, total: 2, message: "why", unixNanoseconds: 99)),
    .putTemplate, .needTemplate([digest]), .template,
    .list(Message.List(kind: .workers, includesTerminal: true, limit: 10)),
    .listing(Message.Listing(queuedCircuits: 3, totalJobs: 4, epoch: 5)),
    .ready(Message.Ready(slots: 4)),
    .lease(
      Message.Lease(fence: fence, job: job, circuits: 3..<9, duration: .seconds(15), maximumRunTime: .seconds(60), attempt: 2)),
    .started(fence), .renew([fence]),
    .complete(Message.Complete(fence: fence, job: job, circuits: 3..<9, busyTime: .milliseconds(80))),
    .fail(Message.Fail(fence: fence, code: "device_failure", message: "gone", isRetryable: true)),
    .release([fence]), .committed([fence]), .stale([fence]), .revoke([fence]), .drain, .diagnose,
    .diagnosis(
      Message.Diagnosis(
        epoch: 4, uptime: .seconds(3), clientCount: 2, workerCount: 1, jobCount: 5, isSecured: true, name: "alice", tenant: "t",
        timers: [.init("ping", 1_000_000_000)], limits: [.init("peers", 10_000)], counters: [.init("unknown_key", 7)])),
    // What was added later comes after what was first, so that files keep their names.
    .submit(Message.Submit(idempotencyKey: "k", confirmations: 12, session: session)),
    .state(laterStatus),
    .fetch(Message.Fetch(job: job, offset: 10, limit: 1 << 20, circuits: 3..<9)),
    .result(Message.ResultPart(job: job, offset: 10, digest: digest, circuits: 3..<9)),
    .streamEnd(
      Message.StreamEnd(
        job: job, byteCount: 100, digest: digest, state: .running, retraction: "reorganisation", circuits: 3..<9,
        present: [3..<5, 7..<8], hasMore: true)),
    .event(
      JobEvent(
        job: job, sequence: 8, state: .cancelled, completed: 4, failed: 1, total: 20, message: "retracted", unixNanoseconds: 99,
        circuits: [0..<3, 7..<8], hasMoreCircuits: true, isRetracted: true)),
    .list(Message.List(kind: .deadLetters, limit: 10)),
    .confirm(Message.Confirm(job: job, count: 3)), .retract(Message.Retract(job: job, reason: "reorganisation")),
    .requeue(Message.Requeue(job: job, idempotencyKey: "again")),
    .sessionOpen(Message.SessionOpen(idempotencyKey: "s", name: "round 7", idleTime: .seconds(30))),
    .sessionExtend(session), .sessionClose(Message.SessionClose(session: session, cancelsJobs: true)),
    .sessionState(
      SessionStatus(session: session, name: "round 7", isOpen: true, idleTime: .seconds(30), remaining: .seconds(5), jobCount: 2)),
    .receipts(Message.Receipts(job: job, lower: 7)),
    .receiptList(Message.ReceiptList(job: job, requestHash: digest, total: 9, isComplete: true)),
    .lease(Message.Lease(fence: fence, job: job, circuits: 3..<9, duration: .seconds(15), requestHash: digest)),
    .complete(Message.Complete(fence: fence, job: job, circuits: 3..<9, busyTime: .milliseconds(80), receipt: [1, 2, 3])),
    .hello(Message.Hello(role: .worker, name: "w1", software: "test 1", devices: [device], signingKey: digest)),
    .list(Message.List(kind: .audits, limit: 10)),
  ]

  static let session = SessionID(high: 0x1123_4567_89ab_cdef, low: 0xfedc_ba98_7654_3211)

  static let laterStatus = JobStatus(
    job: job, state: .held, total: 9, retraction: "reorganisation", requeuedFrom: JobID(high: 1, low: 2), session: session,
    confirmations: 3, neededConfirmations: 12)

  static let deadLetter = DeadLetter(
    status: status, finishedUnixNanoseconds: 12,
    circuits: [FailedCircuit(item: 2, row: 3, code: "worker_lost", message: "3 workers were lost")], isRequeueable: true)

  static let parts = [
    ReceiptedPart(circuits: 0..<3, byteCount: 70, receipt: [1, 2, 3]), ReceiptedPart(circuits: 3..<4, byteCount: 5, receipt: []),
  ]

  static let audits = [
    AuditMismatch(
      job: job, circuits: 3..<9, circuit: 4, difference: "counts: 40 of 100 shots",
      first: .init(name: "w1", signingKey: digest, device: "cpu"), second: .init(name: "w2", signingKey: nil, device: "opencl:0.0"),
      unixNanoseconds: 99)
  ]

  static var auditCounts: AuditCounts {
    var counts = AuditCounts()
    (counts.matching, counts.close, counts.mismatching, counts.incomparable) = (1, 2, 3, 4)
    (counts.abandoned, counts.waiting, counts.refusedReceipts) = (5, 6, 7)
    return counts
  }
}
