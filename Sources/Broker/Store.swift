package import Protocol

/// Keeps what the broker promised.
///
/// The broker calls one at a time and in order. While a commit is under way it gathers what happens meanwhile, so one call brings
/// many batches: a store makes them durable with one flush.
package protocol Store: Sendable {
  /// Reads what a broker starts from and begins a new epoch, which is durable when this returns.
  ///
  /// - Throws: Whatever says that the contents cannot be trusted; the broker does not start.
  func open() async throws -> StoreIndex

  /// Reads jobs with all that became of them.
  ///
  /// It is called while nothing of these jobs is being committed, and may run beside commits of others.
  ///
  /// - Parameters:
  ///   - jobs: Which; those that are not there are left out.
  ///   - withResults: Whether the results of jobs that have ended are read, too; those of others always are.
  /// - Throws: When a job is not what was written; others can be read nevertheless.
  func load(_ jobs: [JobID], withResults: Bool) async throws -> [StoreContents.Entry]

  /// Makes batches durable, in their order; when this returns they outlive the process, with a durable store the power too.
  ///
  /// - Throws: When it is not known that all of them are kept. They may be: the broker then stops promising anything.
  func commit(_ batches: [MutationBatch]) async throws

  /// Waits until the store finds by itself that it can keep nothing more, and says why; `nil` when it will not, or is closed.
  func lost() async -> (any Error)?

  /// Ends the use of the store; nothing is called after it.
  func close() async
}

extension Store {
  /// A store that nobody else uses finds out when it commits.
  package func lost() async -> (any Error)? { nil }
}
