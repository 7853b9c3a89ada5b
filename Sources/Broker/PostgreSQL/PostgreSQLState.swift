#if PostgreSQL
  /// The kinds of errors of a server that are told apart, by their SQLSTATE.
  struct PostgreSQLState: RawRepresentable, Hashable {
    let rawValue: String

    /// `PG_DIAG_SQLSTATE` and `PG_DIAG_MESSAGE_PRIMARY`, character literals that Swift does not import.
    static let field = Int32(UInt8(ascii: "C"))
    static let messageField = Int32(UInt8(ascii: "M"))

    /// Raised by the schema's own function `lead`: another broker leads, and commits are not flushed.
    static let deposed = PostgreSQLState(rawValue: "KW001")
    static let notDurable = PostgreSQLState(rawValue: "KW002")
    /// A lock was not to be had in time.
    static let lockNotAvailable = PostgreSQLState(rawValue: "55P03")

    func error(_ message: String) -> BrokerError {
      if self == .deposed { return BrokerError(.deposed, message) }
      if self == .lockNotAvailable { return BrokerError(.lockNotAvailable, message) }
      return BrokerError(.storage, hint.map { "\(message); \($0)" } ?? message)
    }

    /// What to do about it, where that is known.
    private var hint: String? {
      switch rawValue {
      case "42501": "grant the role CREATE on the database, or have its owner start the broker once"
      case "53100": "make room on the server's disk"
      case "53300": "raise max_connections: a broker needs two"
      case "57P01", "57P02": "an administrator, or a broker that took over, ended the session"
      case "25006": "this server is read-only, a replica perhaps: connect to the primary (target_session_attrs=read-write)"
      case "KW002": "a promise would not outlive the server: set synchronous_commit to on, and fsync and full_page_writes too"
      default: nil
      }
    }
  }
#endif
