#if PostgreSQL
  internal import Dispatch

  /// A connection on a thread of its own, since its calls wait for the server.
  ///
  /// Safe to share: the connection is made, used and let go of on the queue alone, one body after the other.
  final class PostgreSQLSession: @unchecked Sendable {
    private let queue: DispatchQueue
    private let location: PostgreSQLLocation
    private let schema: String
    /// Whether a new connection is made when one is lost; not where the connection holds a lock.
    private let reconnects: Bool
    private var connection: PostgreSQLConnection?
    private var hasConnected = false

    init(_ location: PostgreSQLLocation, schema: String, label: String, reconnects: Bool) {
      (self.location, self.schema, self.reconnects) = (location, schema, reconnects)
      queue = DispatchQueue(label: label)
    }

    /// Runs a body with the connection.
    func run<Value: Sendable>(_ body: @escaping @Sendable (PostgreSQLConnection) throws -> Value) async throws -> Value {
      try await withCheckedThrowingContinuation { continuation in
        queue.async { [self] in continuation.resume(with: Result { try body(try connected()) }) }
      }
    }

    /// Whether the connection was lost.
    var isLost: Bool {
      get async {
        await withCheckedContinuation { continuation in
          queue.async { [self] in continuation.resume(returning: connection?.isLost ?? false) }
        }
      }
    }

    /// Lets go of the connection.
    func close() async {
      await withCheckedContinuation { continuation in
        queue.async { [self] in
          connection = nil
          continuation.resume()
        }
      }
    }

    private func connected() throws -> PostgreSQLConnection {
      if let connection, !(connection.isLost && reconnects) { return connection }
      guard !hasConnected || reconnects else { throw BrokerError(.storage, "PostgreSQL: the connection is closed") }
      let new = try PostgreSQLConnection(location)
      try new.configure(schema: schema)
      (connection, hasConnected) = (new, true)
      return new
    }
  }

  extension PostgreSQLConnection {
    /// Sets what every statement relies on; no statement waits without an end.
    fileprivate func configure(schema: String) throws {
      let settings = [
        "search_path": "\(schema), pg_catalog", "lock_timeout": Limits.databaseLockTimeout,
        "idle_in_transaction_session_timeout": Limits.databaseIdleTimeout, "bytea_output": "hex",
      ]
      for (name, value) in settings.sorted(by: { $0.key < $1.key }) {
        try send("SELECT set_config($1, $2, false)", [.text(name), .text(value)])
      }
      try receive()
    }
  }
#endif
