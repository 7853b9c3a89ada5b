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
    .release([fence]), .committed([fence]), .stale([fence]), .revoke([fence]), .drain,
  ]
}
