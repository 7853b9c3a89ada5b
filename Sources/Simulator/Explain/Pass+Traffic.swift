extension Pass {
  /// The bytes that a pass has to move: a tile pass reads and writes every amplitude that it visits once, an operation of its own those that
  /// it changes.
  package func bytesMoved(qubitCount: Int, precision: Precision) -> Int {
    switch self {
    case .operation(let operation): operation.bytesMoved(qubitCount: qubitCount, precision: precision)
    case .tile(let tile): 2 * precision.amplitudeByteCount << tile.activeCount
    }
  }
}

extension StateRegister where Self: ~Copyable {
  /// One sweep for a pass.
  package func bytesMoved(by pass: Pass) -> Int { pass.bytesMoved(qubitCount: qubitCount, precision: precision) }
}
