internal import FoundationEssentials

// Between this module's values and the generated records, one pair of initializers a type.

extension Ketwork_V1_Fence {
  init(_ fence: Fence) {
    self.init()
    epoch = fence.epoch
    sequence = fence.sequence
  }
}

extension Fence {
  init(_ record: Ketwork_V1_Fence) { self.init(epoch: record.epoch, sequence: record.sequence) }
}

extension Ketwork_V1_DeviceSummary {
  init(_ device: DeviceSummary) {
    self.init()
    name = Text.truncated(device.name, to: Limits.nameByteCount)
    description_p = Text.truncated(device.description, to: Limits.nameByteCount)
    memoryByteCount = device.memoryByteCount
    doublePrecision = device.supportsDouble
  }
}

extension DeviceSummary {
  init(_ record: Ketwork_V1_DeviceSummary) {
    self.init(
      name: record.name, description: record.description_p, memoryByteCount: record.memoryByteCount,
      supportsDouble: record.doublePrecision)
  }
}

extension Ketwork_V1_Hello {
  init(_ hello: Message.Hello) {
    self.init()
    role = UInt32(hello.role.rawValue)
    name = Text.truncated(hello.name, to: Limits.nameByteCount)
    software = Text.truncated(hello.software, to: Limits.nameByteCount)
    devices = hello.devices.map(Ketwork_V1_DeviceSummary.init)
    methods = hello.methods
    if let key = hello.signingKey { signingKey = Data(key.bytes) }
  }
}

extension Message.Hello {
  init(_ record: Ketwork_V1_Hello) throws(ProtocolError) {
    guard let role = UInt8(exactly: record.role).flatMap(Role.init(rawValue:)) else {
      throw ProtocolError(.invalidValue, "role: \(record.role), 1 (client) or 2 (worker) accepted")
    }
    for (what, count) in [("devices", record.devices.count), ("methods", record.methods.count)] where count > Limits.deviceCount {
      throw .tooLarge(what, count, limit: Limits.deviceCount)
    }
    try Text.check(record.name, "name", limit: Limits.nameByteCount)
    self.init(
      role: role, name: record.name, software: record.software, devices: record.devices.map { DeviceSummary($0) },
      methods: record.methods, signingKey: record.signingKey.isEmpty ? nil : try Wire.digest(record.signingKey, "signing key"))
  }
}

extension Ketwork_V1_Welcome {
  init(_ welcome: Message.Welcome) {
    self.init()
    epoch = welcome.epoch
    pingNanoseconds = Wire.nanoseconds(welcome.pingInterval)
    suspectNanoseconds = Wire.nanoseconds(welcome.suspectTime)
    goneNanoseconds = Wire.nanoseconds(welcome.goneTime)
    leaseNanoseconds = Wire.nanoseconds(welcome.leaseTime)
    renewNanoseconds = Wire.nanoseconds(welcome.renewInterval)
    jobByteCount = UInt64(welcome.jobByteCount)
    jobCircuitCount = UInt64(welcome.jobCircuitCount)
    software = welcome.software
  }
}

extension Message.Welcome {
  init(_ record: Ketwork_V1_Welcome) throws(ProtocolError) {
    let timers = [
      record.pingNanoseconds, record.suspectNanoseconds, record.goneNanoseconds, record.leaseNanoseconds, record.renewNanoseconds,
    ]
    guard timers.allSatisfy({ $0 > 0 }) else { throw ProtocolError(.invalidValue, "timers: one is 0, more accepted") }
    self.init(
      epoch: record.epoch, pingInterval: Wire.duration(record.pingNanoseconds),
      suspectTime: Wire.duration(record.suspectNanoseconds),
      goneTime: Wire.duration(record.goneNanoseconds), leaseTime: Wire.duration(record.leaseNanoseconds),
      renewInterval: Wire.duration(record.renewNanoseconds), jobByteCount: try Wire.count(record.jobByteCount, "job bytes"),
      jobCircuitCount: try Wire.count(record.jobCircuitCount, "job circuits"), software: record.software)
  }
}

extension Ketwork_V1_Reject {
  init(_ reject: Message.Reject) {
    self.init()
    code = Text.truncated(reject.code.rawValue, to: Limits.nameByteCount)
    message = Text.truncated(reject.message, to: Limits.textByteCount)
    if let retryAfter = reject.retryAfter { retryAfterNanoseconds = Wire.nanoseconds(retryAfter) }
  }
}

extension Message.Reject {
  init(_ record: Ketwork_V1_Reject) {
    self.init(
      Code(rawValue: record.code), record.message,
      retryAfter: record.hasRetryAfterNanoseconds ? Wire.duration(record.retryAfterNanoseconds) : nil)
  }
}

extension Ketwork_V1_Submit {
  init(_ submit: Message.Submit) {
    self.init()
    idempotencyKey = submit.idempotencyKey
    priority = Int32(clamping: submit.priority)
    if let deadline = submit.deadline { deadlineNanoseconds = Wire.nanoseconds(deadline) }
    if let maximum = submit.maximumRunTime { maxRunNanoseconds = Wire.nanoseconds(maximum) }
    name = submit.name
    confirmations = UInt32(clamping: submit.confirmations)
    if let session = submit.session { self.session = Data(session.bytes) }
    resultLimit = UInt64(submit.resultLimit)
  }
}

extension Message.Submit {
  init(_ record: Ketwork_V1_Submit) throws(ProtocolError) {
    let key = try Wire.idempotencyKey(record.idempotencyKey)
    try Text.check(record.name, "job name", limit: Limits.nameByteCount)
    guard (-1_000...1_000).contains(record.priority) else {
      throw ProtocolError(.invalidValue, "priority: \(record.priority), -1000 to 1000 accepted")
    }
    self.init(
      idempotencyKey: key, priority: Int(record.priority),
      deadline: record.hasDeadlineNanoseconds ? Wire.duration(record.deadlineNanoseconds) : nil,
      maximumRunTime: record.hasMaxRunNanoseconds ? Wire.duration(record.maxRunNanoseconds) : nil, name: record.name,
      confirmations: try Wire.count(UInt64(record.confirmations), "confirmations", limit: Limits.confirmationCount),
      session: record.hasSession ? try Wire.session(record.session) : nil,
      resultLimit: try Wire.count(record.resultLimit, "result limit"))
  }
}

extension Ketwork_V1_Accepted {
  init(_ accepted: Message.Accepted) {
    self.init()
    job = Data(accepted.job.bytes)
    duplicate = accepted.isDuplicate
    state = UInt32(accepted.state.rawValue)
    total = UInt64(accepted.total)
  }
}

extension Message.Accepted {
  init(_ record: Ketwork_V1_Accepted) throws(ProtocolError) {
    self.init(
      job: try Wire.job(record.job), isDuplicate: record.duplicate, state: try Wire.state(record.state),
      total: try Wire.count(record.total, "circuits"))
  }
}

extension Message.List {
  init(_ record: Ketwork_V1_List) throws(ProtocolError) {
    guard let kind = UInt8(exactly: record.kind).flatMap(Kind.init(rawValue:)) else {
      throw ProtocolError(.invalidValue, "list: \(record.kind), 1 (jobs), 2 (workers), 3 (dead letters) or 4 (audits) accepted")
    }
    self.init(kind: kind, includesTerminal: record.terminal, limit: min(Int(record.limit), Limits.listingCount))
  }
}

extension Ketwork_V1_Lease {
  init(_ lease: Message.Lease) {
    self.init()
    fence = Ketwork_V1_Fence(lease.fence)
    job = Data(lease.job.bytes)
    lower = UInt64(lease.circuits.lowerBound)
    upper = UInt64(lease.circuits.upperBound)
    durationNanoseconds = Wire.nanoseconds(lease.duration)
    if let maximum = lease.maximumRunTime { maxRunNanoseconds = Wire.nanoseconds(maximum) }
    attempt = UInt32(clamping: lease.attempt)
    if let hash = lease.requestHash { requestHash = Data(hash.bytes) }
  }
}

extension Message.Lease {
  init(_ record: Ketwork_V1_Lease) throws(ProtocolError) {
    self.init(
      fence: Fence(record.fence), job: try Wire.job(record.job), circuits: try Wire.circuits(record.lower, record.upper),
      duration: Wire.duration(record.durationNanoseconds),
      maximumRunTime: record.hasMaxRunNanoseconds ? Wire.duration(record.maxRunNanoseconds) : nil, attempt: Int(record.attempt),
      requestHash: record.requestHash.isEmpty ? nil : try Wire.digest(record.requestHash, "request hash"))
  }
}

extension Ketwork_V1_JobEvent {
  init(_ event: JobEvent) {
    self.init()
    job = Data(event.job.bytes)
    sequence = event.sequence
    state = UInt32(event.state.rawValue)
    completed = UInt64(event.completed)
    failed = UInt64(event.failed)
    total = UInt64(event.total)
    message = Text.truncated(event.message, to: Limits.textByteCount)
    unixNanoseconds = event.unixNanoseconds
    circuits = event.circuits.map { Ketwork_V1_CircuitRange($0) }
    moreCircuits = event.hasMoreCircuits
    retracted = event.isRetracted
  }
}

extension JobEvent {
  init(_ record: Ketwork_V1_JobEvent) throws(ProtocolError) {
    self.init(
      job: try Wire.job(record.job), sequence: record.sequence, state: try Wire.state(record.state),
      completed: try Wire.count(record.completed, "circuits"), failed: try Wire.count(record.failed, "circuits"),
      total: try Wire.count(record.total, "circuits"), message: record.message, unixNanoseconds: record.unixNanoseconds,
      circuits: try Wire.circuits(record.circuits, limit: Limits.eventRangeCount), hasMoreCircuits: record.moreCircuits,
      isRetracted: record.retracted)
  }
}

extension Ketwork_V1_JobStatus {
  init(_ status: JobStatus) {
    self.init()
    job = Data(status.job.bytes)
    name = status.name
    state = UInt32(status.state.rawValue)
    completed = UInt64(status.completed)
    failed = UInt64(status.failed)
    total = UInt64(status.total)
    leased = UInt64(status.leased)
    attempts = UInt32(clamping: status.attempts)
    crashes = UInt32(clamping: status.crashes)
    priority = Int32(clamping: status.priority)
    message = Text.truncated(status.message, to: Limits.textByteCount)
    submittedUnixNanoseconds = status.submittedUnixNanoseconds
    lastEvent = status.lastEvent
    if let digest = status.resultDigest { resultDigest = Data(digest.bytes) }
    resultByteCount = UInt64(status.resultByteCount)
    queuePosition = UInt64(status.queuePosition ?? 0)
    if let reason = status.retraction { retraction = Text.truncated(reason, to: Limits.reasonByteCount) }
    if let job = status.requeuedFrom { requeuedFrom = Data(job.bytes) }
    if let session = status.session { self.session = Data(session.bytes) }
    confirmations = UInt64(status.confirmations)
    neededConfirmations = UInt64(status.neededConfirmations)
  }
}

extension JobStatus {
  init(_ record: Ketwork_V1_JobStatus) throws(ProtocolError) {
    let position = try Wire.count(record.queuePosition, "queue position")
    self.init(
      job: try Wire.job(record.job), name: record.name, state: try Wire.state(record.state),
      completed: try Wire.count(record.completed, "circuits"), failed: try Wire.count(record.failed, "circuits"),
      total: try Wire.count(record.total, "circuits"), leased: try Wire.count(record.leased, "circuits"),
      attempts: Int(record.attempts), crashes: Int(record.crashes), priority: Int(record.priority), message: record.message,
      submittedUnixNanoseconds: record.submittedUnixNanoseconds, lastEvent: record.lastEvent,
      resultDigest: record.hasResultDigest ? try Wire.digest(record.resultDigest, "result digest") : nil,
      resultByteCount: try Wire.count(record.resultByteCount, "result bytes"), queuePosition: position == 0 ? nil : position,
      retraction: record.hasRetraction ? record.retraction : nil,
      requeuedFrom: record.hasRequeuedFrom ? try Wire.job(record.requeuedFrom) : nil,
      session: record.hasSession ? try Wire.session(record.session) : nil,
      confirmations: try Wire.count(record.confirmations, "confirmations"),
      neededConfirmations: try Wire.count(record.neededConfirmations, "confirmations"))
  }
}

extension Ketwork_V1_WorkerSummary {
  init(_ worker: WorkerSummary) {
    self.init()
    name = worker.name
    devices = worker.devices.map(Ketwork_V1_DeviceSummary.init)
    slots = UInt32(clamping: worker.slots)
    leases = UInt32(clamping: worker.leases)
    leasedCircuits = UInt64(worker.leasedCircuits)
    completedCircuits = UInt64(worker.completedCircuits)
    circuitsPerSecond = worker.circuitsPerSecond
    idleNanoseconds = Wire.nanoseconds(worker.idle)
    draining = worker.isDraining
  }
}

extension WorkerSummary {
  init(_ record: Ketwork_V1_WorkerSummary) throws(ProtocolError) {
    self.init(
      name: record.name, devices: record.devices.map { DeviceSummary($0) }, slots: Int(record.slots), leases: Int(record.leases),
      leasedCircuits: try Wire.count(record.leasedCircuits, "circuits"),
      completedCircuits: try Wire.count(record.completedCircuits, "circuits"), circuitsPerSecond: record.circuitsPerSecond,
      idle: Wire.duration(record.idleNanoseconds), isDraining: record.draining)
  }
}
