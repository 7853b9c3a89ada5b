/// One pass of a plan, in numbers.
package struct PassRow: Hashable, Sendable {
  /// Which list of operations it was planned from; measurements end one.
  package var segment: Int
  /// The qubits of the register that are local to a tile; nil for an operation that is a sweep of its own.
  package var localQubits: [Int]?
  /// The register's qubits that the pass visits; those above are still |0⟩.
  package var activeQubitCount: Int
  package var blockCount = 0
  package var exchangeCount = 0
  /// Blocks, exchanges and operations that only their own kernels take: sweeps over a tile.
  package var stepCount = 1
  /// Operations in blocks and alone, after fusion; exchanges do not count.
  package var operationCount = 1
  /// On the device that runs it.
  package var traffic: PassTraffic
  /// On a device that needs one sweep for each pass and leaves out what is still |0⟩.
  package var leastBytesMoved: Int
  /// On such a device too.
  package var work: PassWork
  /// What it took; nil if it has not run.
  package var seconds: Double?

  /// Counts a pass.
  ///
  /// - Parameter traffic: What it moves on its device; by default the least.
  package init(
    _ pass: Pass, qubitCount: Int, precision: Precision, segment: Int = 0, traffic: PassTraffic? = nil, seconds: Double? = nil
  ) {
    self.segment = segment
    self.seconds = seconds
    let least = PassTraffic(of: pass, qubitCount: qubitCount, precision: precision)
    self.traffic = traffic ?? least
    leastBytesMoved = least.bytesMoved
    work = PassWork(pass, qubitCount: qubitCount, precision: precision)
    activeQubitCount = qubitCount
    guard case .tile(let tile) = pass else { return }
    activeQubitCount = tile.activeCount
    localQubits = (0..<qubitCount).filter { tile.localQubits >> UInt64($0) & 1 == 1 }
    (stepCount, operationCount) = (tile.steps.count, 0)
    for step in tile.steps {
      switch step {
      case .block(_, let operations):
        blockCount += 1
        operationCount += operations.count
      case .exchange: exchangeCount += 1
      case .operation: operationCount += 1
      }
    }
  }
}
