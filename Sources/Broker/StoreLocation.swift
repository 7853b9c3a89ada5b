/// Where a broker keeps its jobs: the path of an SQLite database, or the URL of a PostgreSQL database.
package struct StoreLocation: Hashable, Sendable {
  package let text: String

  package init(_ text: String) { self.text = text }

  /// Whether it is the URL of a PostgreSQL database, which many brokers may share.
  package var isShared: Bool { ["postgresql://", "postgres://"].contains { text.hasPrefix($0) } }

  /// A store there, not open yet.
  ///
  /// - Parameters:
  ///   - isStandby: Whether opening waits while another broker uses the store; of shared stores only.
  ///   - onStandby: Hears who uses it when opening begins to wait.
  /// - Throws: ``BrokerError`` with code `invalid_store`, or `not_built_in` without the package trait `PostgreSQL`.
  package func store(
    isStandby: Bool = false, onStandby: @escaping @Sendable (String) -> Void = { _ in }
  ) throws(BrokerError) -> any Store {
    guard isShared else {
      guard !isStandby else {
        throw BrokerError(.invalidStore, "standing by needs a store that brokers can share: postgresql://USER@HOST:PORT/DATABASE")
      }
      return SQLiteStore(path: text)
    }
    #if PostgreSQL
      return try PostgreSQLStore(url: text, isStandby: isStandby, onStandby: onStandby)
    #else
      throw BrokerError(
        .notBuiltIn,
        "PostgreSQL is not built into this program: build it with the package trait PostgreSQL, which is off by default")
    #endif
  }
}
