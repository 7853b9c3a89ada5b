#if PostgreSQL
  internal import CPostgreSQL

  /// Where a database is: what libpq reads in a URL, in the environment and in its files.
  struct PostgreSQLLocation: Hashable, Sendable {
    private let url: String

    /// Reads a URL.
    ///
    /// - Throws: ``BrokerError`` with code `invalid_store` when libpq cannot read it, or when it holds a secret; what it holds is not said.
    init(_ url: String) throws(BrokerError) {
      var message: UnsafeMutablePointer<CChar>?
      let options = unsafe PQconninfoParse(url, &message)
      defer {
        unsafe PQconninfoFree(options)
        unsafe PQfreemem(message)
      }
      guard var option = unsafe options else {
        throw BrokerError(
          .invalidStore,
          "not a URL that PostgreSQL's library can read; one is postgresql://USER@HOST:PORT/DATABASE?sslmode=verify-full")
      }
      while let keyword = unsafe option.pointee.keyword {
        let name = unsafe String(cString: keyword)
        guard unsafe option.pointee.val == nil || !Self.secrets.contains(name) else {
          throw BrokerError(
            .invalidStore,
            "the store's URL holds \(name), which others see in the list of processes: leave it out, and give it in PGPASSFILE, a service file or PGPASSWORD"
          )
        }
        unsafe option += 1
      }
      self.url = url
    }

    private static let secrets: Set = ["password", "sslpassword"]

    /// What to connect with: the first are defaults, which the URL may set otherwise.
    var parameters: [(String, String)] {
      [
        ("connect_timeout", "5"), ("keepalives_idle", "5"), ("keepalives_interval", "2"), ("keepalives_count", "3"),
        ("tcp_user_timeout", "10000"), ("application_name", "ketwork broker"), ("dbname", url), ("client_encoding", "UTF8"),
      ]
    }
  }
#endif
