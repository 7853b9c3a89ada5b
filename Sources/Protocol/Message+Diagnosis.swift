extension Message {
  /// How a broker is: what it holds, by which timers and limits it goes, and what it has refused since it started.
  package struct Diagnosis: Hashable, Sendable {
    /// A number with a name in lower case and underscores; a reader shows names that it does not know as they are.
    package struct Number: Hashable, Sendable {
      package var name: String
      package var value: UInt64

      package init(_ name: String, _ value: UInt64) {
        self.name = name
        self.value = value
      }
    }

    package var epoch: UInt64
    package var uptime: Duration
    package var clientCount: Int
    package var workerCount: Int
    /// Jobs that have not ended, of all tenants.
    package var jobCount: Int
    /// Whether peers prove who they are.
    package var isSecured: Bool
    /// Whom the asker's key belongs to; empty without keys.
    package var name: String
    /// Whose jobs the asker sees.
    package var tenant: String
    /// In nanoseconds.
    package var timers: [Number]
    package var limits: [Number]
    package var counters: [Number]

    package init(
      epoch: UInt64, uptime: Duration, clientCount: Int, workerCount: Int, jobCount: Int, isSecured: Bool, name: String,
      tenant: String, timers: [Number] = [], limits: [Number] = [], counters: [Number] = []
    ) {
      self.epoch = epoch
      self.uptime = uptime
      self.clientCount = clientCount
      self.workerCount = workerCount
      self.jobCount = jobCount
      self.isSecured = isSecured
      self.name = name
      self.tenant = tenant
      self.timers = timers
      self.limits = limits
      self.counters = counters
    }
  }
}

extension Ketwork_V1_Diagnosis {
  init(_ diagnosis: Message.Diagnosis) {
    self.init()
    epoch = diagnosis.epoch
    uptimeNanoseconds = Wire.nanoseconds(diagnosis.uptime)
    clients = UInt64(diagnosis.clientCount)
    workers = UInt64(diagnosis.workerCount)
    jobs = UInt64(diagnosis.jobCount)
    secured = diagnosis.isSecured
    name = Text.truncated(diagnosis.name, to: Limits.nameByteCount)
    tenant = Text.truncated(diagnosis.tenant, to: Limits.nameByteCount)
    timers = diagnosis.timers.prefix(Limits.namedNumberCount).map(Ketwork_V1_NamedNumber.init)
    limits = diagnosis.limits.prefix(Limits.namedNumberCount).map(Ketwork_V1_NamedNumber.init)
    counters = diagnosis.counters.prefix(Limits.namedNumberCount).map(Ketwork_V1_NamedNumber.init)
  }
}

extension Ketwork_V1_NamedNumber {
  fileprivate init(_ number: Message.Diagnosis.Number) {
    self.init()
    name = Text.truncated(number.name, to: Limits.nameByteCount)
    value = number.value
  }
}

extension Message.Diagnosis {
  init(_ record: Ketwork_V1_Diagnosis) throws(ProtocolError) {
    try Text.check(record.name, "name", limit: Limits.nameByteCount)
    try Text.check(record.tenant, "tenant", limit: Limits.nameByteCount)
    self.init(
      epoch: record.epoch, uptime: Wire.duration(record.uptimeNanoseconds), clientCount: try Wire.count(record.clients, "clients"),
      workerCount: try Wire.count(record.workers, "workers"), jobCount: try Wire.count(record.jobs, "jobs"),
      isSecured: record.secured, name: record.name, tenant: record.tenant, timers: try Self.numbers(record.timers, "timers"),
      limits: try Self.numbers(record.limits, "limits"), counters: try Self.numbers(record.counters, "counters"))
  }

  private static func numbers(_ records: [Ketwork_V1_NamedNumber], _ what: String) throws(ProtocolError) -> [Number] {
    guard records.count <= Limits.namedNumberCount else { throw .tooLarge(what, records.count, limit: Limits.namedNumberCount) }
    var numbers: [Number] = []
    for record in records {
      try Text.check(record.name, what, limit: Limits.nameByteCount)
      numbers.append(Number(record.name, record.value))
    }
    return numbers
  }
}
