package import Protocol
internal import ZeroMQ

/// A store that lasts as long as the process: for the embedded broker, and for tests of restarts.
///
/// Nothing of it waits, so a broker calls it on its own thread, and does not depend on when another would be free.
package final class MemoryStore: Store {
  private let contents: Lock<StoreContents>

  /// Makes a store that holds what another held.
  package init(_ contents: StoreContents = StoreContents()) {
    self.contents = Lock(contents)
  }

  package func open() -> StoreIndex {
    contents.withLock { contents in
      contents.epoch += 1
      return contents.index
    }
  }

  package func load(_ jobs: [JobID], withResults: Bool) -> [StoreContents.Entry] {
    contents.withLock { $0.entries(of: jobs, withResults: withResults) }
  }

  package func commit(_ batches: [MutationBatch]) {
    contents.withLock { contents in
      for batch in batches { contents.apply(batch) }
    }
  }

  package func close() {}

  /// All that is kept: what another store can be made of.
  package var kept: StoreContents { contents.withLock { $0 } }
}
