#if PostgreSQL
  /// Who of many brokers may write: the one whose epoch stands in the table `leader`.
  ///
  /// A broker leads as long as it renews its row, and holds a lock that its session takes with it. Another takes over when that lock is
  /// free, at once, or when the row was not renewed for its whole lease by the server's clock: then its session is ended first. What the
  /// old one still has on its way fails, for every commit is of an epoch.
  enum PostgreSQLLeadership {
    /// What came of an attempt to lead.
    enum Attempt: Sendable {
      case leads(epoch: UInt64)
      case follows(epoch: UInt64, holder: String)
    }

    private struct Seen {
      var epoch: Int64 = 0
      var remainingMilliseconds: Int64 = 0
      var holder = ""
    }

    /// Takes the lead if nobody has it, after waiting for that for a while.
    static func attempt(_ connection: PostgreSQLConnection, holder: String, waitingMilliseconds: Int) throws -> Attempt {
      let seen = try read(connection)
      var isFree = seen.epoch == 0
      if !isFree {
        let wait = max(1, min(waitingMilliseconds, Int(seen.remainingMilliseconds)))
        isFree = try lock(connection, epoch: seen.epoch, waitingMilliseconds: wait)
      }
      defer { if isFree && seen.epoch > 0 { try? unlock(connection, epoch: seen.epoch) } }
      if !isFree {
        let now = try read(connection)
        guard now.epoch == seen.epoch && now.remainingMilliseconds <= 0 else {
          return .follows(epoch: UInt64(now.epoch), holder: now.holder)
        }
        endSession(connection, epoch: now.epoch)
      }
      do { return try take(connection, after: seen, isFree: isFree, holder: holder) } catch let error as BrokerError
        where error.code == .lockNotAvailable
      {
        // A commit of the other goes on, and its session could not be ended.
        return .follows(epoch: UInt64(seen.epoch), holder: seen.holder)
      }
    }

    private static func read(_ connection: PostgreSQLConnection) throws -> Seen {
      var seen: Seen?
      try connection.run(
        """
        SELECT epoch, lease_ms - (extract(epoch FROM clock_timestamp() - renewed) * 1000)::bigint, holder FROM leader
        """
      ) { seen = Seen(epoch: $0.number(0), remainingMilliseconds: $0.number(1), holder: $0.text(2)) }
      guard let seen else { throw RowDamage.error("the table leader") }
      return seen
    }

    /// Waits for the lock of an epoch, which is free once its broker's session has ended.
    private static func lock(_ connection: PostgreSQLConnection, epoch: Int64, waitingMilliseconds: Int) throws -> Bool {
      try setLockTimeout(connection, "\(waitingMilliseconds)ms")
      defer { try? setLockTimeout(connection, Limits.databaseLockTimeout) }
      do {
        try connection.run(lockStatement, [.number(epoch)])
        return true
      } catch let error as BrokerError where error.code == .lockNotAvailable {
        return false
      }
    }

    private static let lockStatement = "SELECT pg_advisory_lock('leader'::regclass::oid::int, $1::bigint::int)"

    private static func unlock(_ connection: PostgreSQLConnection, epoch: Int64) throws {
      try connection.run("SELECT pg_advisory_unlock('leader'::regclass::oid::int, $1::bigint::int)", [.number(epoch)])
    }

    private static func setLockTimeout(_ connection: PostgreSQLConnection, _ text: String) throws {
      try connection.run("SELECT set_config('lock_timeout', $1, false)", [.text(text)])
    }

    /// Ends the session of a broker that is silent, and with it a commit that it began and may never end.
    private static func endSession(_ connection: PostgreSQLConnection, epoch: Int64) {
      // A role that may not do so waits for the commit instead.
      try? connection.run(
        """
        SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND classid = 'leader'::regclass::oid
        AND objid = $1::bigint::oid AND objsubid = 2 AND granted AND pid <> pg_backend_pid()
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        """, [.number(epoch)])
    }

    /// Takes over from what was seen, unless somebody else did, or it renewed its lease after all.
    private static func take(
      _ connection: PostgreSQLConnection, after seen: Seen, isFree: Bool, holder: String
    ) throws -> Attempt {
      try connection.transaction {
        var epoch: Int64?
        try connection.run(
          """
          UPDATE leader SET epoch = epoch + 1, renewed = clock_timestamp(), lease_ms = $1, holder = $2 WHERE epoch = $3
          AND ($4::bigint = 1 OR renewed + lease_ms * interval '1 millisecond' < clock_timestamp()) RETURNING epoch
          """,
          [
            RowArgument(Limits.leadTimeMilliseconds), .text(holder), .number(seen.epoch), RowArgument(isFree ? 1 : 0),
          ]
        ) { epoch = $0.number(0) }
        guard let epoch else { return .follows(epoch: UInt64(seen.epoch), holder: seen.holder) }
        try connection.run(lockStatement, [.number(epoch)])
        return .leads(epoch: UInt64(epoch))
      }
    }
  }
#endif
