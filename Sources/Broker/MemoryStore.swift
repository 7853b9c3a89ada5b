/// A store that lasts as long as the process: for the embedded broker, and for tests of restarts.
package actor MemoryStore: Store {
  private var contents: StoreContents

  /// Makes a store that holds what another held.
  package init(_ contents: StoreContents = StoreContents()) {
    self.contents = contents
  }

  package func open() -> StoreContents {
    contents.epoch += 1
    return contents
  }

  package func commit(_ batches: [MutationBatch]) {
    for batch in batches { contents.apply(batch) }
  }

  package func close() {}

  /// All that is kept: what another store can be made of.
  package var kept: StoreContents { contents }
}
