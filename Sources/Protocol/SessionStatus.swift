/// Where a session stands.
public struct SessionStatus: Hashable, Sendable {
  /// The session.
  public var session: SessionID
  /// Its name for people.
  public var name: String
  /// Whether it takes jobs; a session that is closed stays so.
  public var isOpen: Bool
  /// How long without a submission, an extension or an unfinished job it stays open.
  public var idleTime: Duration
  /// How long it stays open if nothing happens; zero once it is closed.
  public var remaining: Duration
  /// Its jobs that have not ended.
  public var jobCount: Int

  /// Makes a status.
  public init(session: SessionID, name: String, isOpen: Bool, idleTime: Duration, remaining: Duration, jobCount: Int) {
    self.session = session
    self.name = name
    self.isOpen = isOpen
    self.idleTime = idleTime
    self.remaining = remaining
    self.jobCount = jobCount
  }
}
