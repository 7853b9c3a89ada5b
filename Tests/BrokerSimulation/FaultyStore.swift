package import Broker
package import Protocol

/// A store around another that fails, delays, or commits and says that it failed, as a seed says.
///
/// After the first commit that failed all fail, as those of a ``SQLiteStore`` do. What the inner store holds is what a start after it
/// finds.
package actor FaultyStore: Store {
  package struct Failure: Error, Hashable, CustomStringConvertible {
    package var description: String
  }

  private let store: any Store
  private let faults: StoreFaults
  private var random: SplitMix64
  /// What became of the commit that failed.
  package private(set) var failure: StoreFaults.Fate?

  package init(_ store: any Store, seed: UInt64, faults: StoreFaults = StoreFaults()) {
    self.store = store
    self.faults = faults
    random = SplitMix64(seed: seed)
  }

  package func open() async throws -> StoreIndex {
    guard !chance(faults.failedOpenProbability) else { throw Failure(description: "the store does not open") }
    return try await store.open()
  }

  package func load(_ jobs: [JobID], withResults: Bool) async throws -> [StoreContents.Entry] {
    if chance(faults.slowLoadProbability) { await pause() }
    guard !chance(faults.failedLoadProbability) else { throw Failure(description: "the store does not read") }
    return try await store.load(jobs, withResults: withResults)
  }

  package func commit(_ batches: [MutationBatch]) async throws {
    guard failure == nil else { throw Failure(description: "a commit failed before") }
    if chance(faults.slowCommitProbability) { await pause() }
    let fate = faults.fate(using: &random)
    let kept = Array(batches.prefix(fate.keptCount(of: batches.count, using: &random)))
    if !kept.isEmpty { try await store.commit(kept) }
    guard fate == .kept else {
      failure = fate
      throw Failure(description: "the commit of \(batches.count) batches failed; \(kept.count) of them are kept")
    }
  }

  package func close() async { await store.close() }

  private func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &random) < probability }

  /// Others go first, a few times or many: it is the order of things that a delay changes.
  private func pause() async {
    for _ in 0..<Int.random(in: 1...1_000, using: &random) { await Task.yield() }
  }
}
