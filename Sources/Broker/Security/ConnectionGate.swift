/// Counts the connections of each owner, up to a limit.
package struct ConnectionGate<Owner: Hashable & Sendable, Connection: Hashable & Sendable>: Sendable {
  /// Connections of one owner.
  package let limit: Int
  private var owners: [Connection: Owner] = [:]
  private var counts: [Owner: Int] = [:]

  /// Makes a gate that nobody has come through.
  package init(limit: Int) {
    self.limit = limit
  }

  /// Connections of an owner.
  package func count(of owner: Owner) -> Int { counts[owner, default: 0] }

  /// Whether an owner has all the connections that it may.
  package func isFull(_ owner: Owner) -> Bool { count(of: owner) >= limit }

  /// Whose a connection is.
  package func owner(of connection: Connection) -> Owner? { owners[connection] }

  /// The connections there are, with their owners.
  package var connections: [Connection: Owner] { owners }

  /// Notes a connection, whatever the limit; one that was another's is so no more.
  package mutating func open(_ connection: Connection, of owner: Owner) {
    guard owners[connection] != owner else { return }
    close(connection)
    owners[connection] = owner
    counts[owner, default: 0] += 1
  }

  /// Forgets a connection.
  package mutating func close(_ connection: Connection) {
    guard let owner = owners.removeValue(forKey: connection) else { return }
    counts[owner] = count(of: owner) - 1
    if counts[owner] == 0 { counts[owner] = nil }
  }
}
