internal import Protocol

/// A database as it is read: one transaction of it.
protocol RowSource {
  associatedtype Row: StoredRow

  /// Asks one question once for each key and hands over the rows of the answers, in the order of the keys.
  ///
  /// - Parameters:
  ///   - keys: Each is the statement's only argument.
  ///   - body: Takes the place of the key and a row, which is there until the next; it asks nothing itself.
  func read(_ query: RowQuery, keys: [RowArgument], _ body: (Int, Row) throws -> Void) throws

  /// Asks a question without arguments; there may be any number of rows, which are not all in memory at a time.
  func read(_ query: RowQuery, _ body: (Row) throws -> Void) throws

  /// The bytes that ``RowChange/keep(_:_:)`` kept.
  ///
  /// - Throws: ``BrokerError`` when they are not there, or are not what the digest says.
  func large(_ digest: Digest) throws -> [UInt8]
}
