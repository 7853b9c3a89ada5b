import Protocol

/// How a broker is, as it says itself.
public struct BrokerDiagnosis: Hashable, Sendable {
  /// A number with its name, such as `unknown_key`; brokers of later versions have more.
  public struct Number: Hashable, Sendable {
    /// In lower case, with underscores.
    public var name: String
    /// Its value.
    public var value: UInt64
  }

  /// Grows by one at every start of the broker.
  public var epoch: UInt64
  /// How long it has run.
  public var uptime: Duration
  /// Clients that are connected.
  public var clientCount: Int
  /// Workers that are connected.
  public var workerCount: Int
  /// Jobs that have not ended, of all tenants.
  public var jobCount: Int
  /// Whether its peers prove who they are.
  public var isSecured: Bool
  /// Whom the key that asked belongs to; empty without keys.
  public var name: String
  /// Whose jobs are seen with it.
  public var tenant: String
  /// The broker's timers, in nanoseconds.
  public var timers: [Number]
  /// What it takes at most.
  public var limits: [Number]
  /// What it has refused since it started.
  public var counters: [Number]

  init(_ diagnosis: Message.Diagnosis) {
    func numbers(_ list: [Message.Diagnosis.Number]) -> [Number] { list.map { Number(name: $0.name, value: $0.value) } }
    (epoch, uptime) = (diagnosis.epoch, diagnosis.uptime)
    (clientCount, workerCount, jobCount) = (diagnosis.clientCount, diagnosis.workerCount, diagnosis.jobCount)
    (isSecured, name, tenant) = (diagnosis.isSecured, diagnosis.name, diagnosis.tenant)
    (timers, limits, counters) = (numbers(diagnosis.timers), numbers(diagnosis.limits), numbers(diagnosis.counters))
  }
}
