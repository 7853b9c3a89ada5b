/// What a client submits: items that are accepted, executed and made visible as one.
public struct Job: Hashable, Sendable {
  /// The items, each knowing its place.
  public let items: [Item]
  /// A name for people; may be empty.
  public var name: String
  /// Higher runs first; among equals, first come, first served.
  public var priority: Int
  /// How long after acceptance the job expires, or `nil` for never.
  public var deadline: Duration?
  /// How long a worker may execute one lease of it, or `nil` for the broker's default.
  public var maximumRunTime: Duration?
  /// Two submissions of one tenant with the same key and the same items are one job. Empty: the client makes one.
  public var idempotencyKey: String
  /// The job is held until the broker is told of so many confirmations of what it rests on, a transaction for instance.
  public var confirmations: Int
  /// An open session, whose jobs go before the tenant's others of the same priority.
  public var session: SessionID?

  /// Makes a job, numbering its items.
  ///
  /// - Throws: ``ProtocolError`` with code `invalid_value` when there are no items or a value cannot be meant,
  ///   `too_large` beyond a named limit.
  public init(
    items: [Item], name: String = "", priority: Int = 0, deadline: Duration? = nil, maximumRunTime: Duration? = nil,
    idempotencyKey: String = "", confirmations: Int = 0, session: SessionID? = nil
  ) throws(ProtocolError) {
    var numbered = items
    for index in numbered.indices {
      numbered[index].index = index
      numbered[index].firstRow = 0
    }
    self.init(
      unchecked: numbered, name: name, priority: priority, deadline: deadline, maximumRunTime: maximumRunTime,
      idempotencyKey: idempotencyKey)
    self.confirmations = confirmations
    self.session = session
    try validate()
  }

  init(unchecked items: [Item], name: String, priority: Int, deadline: Duration?, maximumRunTime: Duration?, idempotencyKey: String)
  {
    self.items = items
    self.name = name
    self.priority = priority
    self.deadline = deadline
    self.maximumRunTime = maximumRunTime
    self.idempotencyKey = idempotencyKey
    confirmations = 0
    session = nil
  }

  /// How many circuits the job runs: the rows of all items.
  public var circuitCount: Int { items.reduce(0) { $0 + $1.rows.count } }

  /// The templates that the items name, each once.
  public var templates: Set<Digest> { Set(items.lazy.map(\.template)) }

  private func validate() throws(ProtocolError) {
    try Text.check(name, "job name", limit: Limits.nameByteCount)
    try Text.check(idempotencyKey, "idempotency key", limit: Limits.idempotencyKeyByteCount)
    guard (-1_000...1_000).contains(priority) else {
      throw ProtocolError(.invalidValue, "priority: \(priority), -1000 to 1000 accepted")
    }
    guard (0...Limits.confirmationCount).contains(confirmations) else {
      throw ProtocolError(.invalidValue, "confirmations: \(confirmations), 0 to \(Limits.confirmationCount) accepted")
    }
    for (what, duration) in [("deadline", deadline), ("longest run", maximumRunTime)] {
      if let duration, duration <= .zero { throw ProtocolError(.invalidValue, "\(what): \(duration), more than 0 accepted") }
    }
    try JobBody.validate(items)
  }
}
