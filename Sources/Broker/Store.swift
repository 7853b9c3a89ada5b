/// Keeps what the broker promised.
///
/// The broker calls one at a time and in order. While a commit is under way it gathers what happens meanwhile, so one call brings
/// many batches: a store makes them durable with one flush.
package protocol Store: Sendable {
  /// Reads all there is and begins a new epoch, which is durable when this returns.
  ///
  /// - Throws: Whatever says that the contents cannot be trusted; the broker does not start.
  func open() async throws -> StoreContents

  /// Makes batches durable, in their order; when this returns they outlive the process, with a durable store the power too.
  ///
  /// - Throws: When it is not known that all of them are kept. They may be: the broker then stops promising anything.
  func commit(_ batches: [MutationBatch]) async throws

  /// Ends the use of the store; nothing is called after it.
  func close() async
}
