/// How much memory a pass goes through.
package struct PassTraffic: Hashable, Sendable {
  /// Bytes read and written.
  package var bytesMoved: Int
  /// The pass visits the amplitudes of so many qubits, the lowest.
  package var visitedQubitCount: Int

  package init(bytesMoved: Int, visitedQubitCount: Int) {
    (self.bytesMoved, self.visitedQubitCount) = (bytesMoved, visitedQubitCount)
  }

  /// The least that a pass takes: a tile pass reads and writes every amplitude that may not be 0 once, an operation of its own those that it
  /// changes.
  package init(of pass: Pass, qubitCount: Int, precision: Precision) {
    switch pass {
    case .operation(let operation):
      self.init(bytesMoved: operation.bytesMoved(qubitCount: qubitCount, precision: precision), visitedQubitCount: qubitCount)
    case .tile(let tile):
      self.init(bytesMoved: 2 * precision.amplitudeByteCount << tile.activeCount, visitedQubitCount: tile.activeCount)
    }
  }
}

extension StateRegister where Self: ~Copyable {
  /// One sweep for a pass, over what may not be 0.
  package func traffic(of pass: Pass) -> PassTraffic { PassTraffic(of: pass, qubitCount: qubitCount, precision: precision) }
}
