package import Protocol
package import Simulator

/// Runs items on one device; made and used on the thread of one device slot.
package protocol ItemExecutor {
  /// Runs every row of an item.
  ///
  /// - Parameters:
  ///   - template: The circuit that the item names.
  ///   - stop: Looked at between gates.
  /// - Returns: One result a row, in order. A row that cannot run is a failure among them.
  /// - Throws: ``ItemError``.
  func execute(_ item: Item, of template: Template, stop: StopFlag) throws(ItemError) -> CircuitResults
}

/// Why an item has no results.
package enum ItemError: Error, Hashable, Sendable {
  /// The circuit cannot run, here or elsewhere, so this is the result of all its rows.
  case circuit(CircuitFailure)
  /// The stop flag was set.
  case stopped
  /// The device failed; another attempt may succeed.
  case device(code: String, message: String)
}
