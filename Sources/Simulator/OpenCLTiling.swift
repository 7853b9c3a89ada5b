internal import OpenCLRuntime

/// How large the tiles of a state are on a device, and which operations share one sweep over them.
package struct OpenCLTiling: Hashable, Sendable {
  /// n.
  package let qubitCount: Int
  /// L: a work-group holds 2ᴸ amplitudes in local memory. Never more than n.
  package let tileQubitCount: Int
  /// The qubits of a block, which every tile has.
  package static let leastQubitCount = OpenCLTileBlock.qubitCount
  /// How many of the lowest qubits are local to every tile, so that memory is read and written in runs.
  package let rowQubitCount: Int

  /// The largest tiles that leave a part of the local memory free, since drivers put a kernel's own needs there.
  ///
  /// - Parameter largest: The most qubits that may be local where fewer are wanted than fit; below ``leastQubitCount`` there are no tiles.
  package init(localMemoryByteCount: Int, precision: Precision, qubitCount: Int, largest: Int? = nil) {
    let amplitudes = max(1, localMemoryByteCount / 4 * 3 / precision.amplitudeByteCount)
    let fitting = min(Limits.openCLTileQubitCount, Int.bitWidth - 1 - amplitudes.leadingZeroBitCount)
    let rowAmplitudes = Limits.openCLTileRowByteCount / precision.amplitudeByteCount
    tileQubitCount = min(fitting, largest ?? fitting, qubitCount)
    rowQubitCount = min(rowAmplitudes.trailingZeroBitCount, tileQubitCount / 2)
    self.qubitCount = qubitCount
  }

  /// Consecutive operations, and the qubits local to a tile that holds what they mix.
  package struct Run: Hashable, Sendable {
    package fileprivate(set) var localQubits: UInt64
    package fileprivate(set) var operations: [StateOperation]
    /// False for a lone operation that no tile takes.
    package fileprivate(set) var fitsTile = true
  }

  /// Cuts a list of operations, whose order stays, into as few runs as tiles of this size allow.
  package func runs(_ operations: [StateOperation]) -> [Run] {
    let rows = UInt64(1) << UInt64(rowQubitCount) - 1
    var runs: [Run] = []
    for operation in operations {
      let alone = Run(localQubits: operation.mixedQubits | rows, operations: [operation])
      guard tileQubitCount >= Self.leastQubitCount, isSmall(operation), alone.localQubits.nonzeroBitCount <= tileQubitCount
      else {
        runs.append(Run(localQubits: alone.localQubits, operations: [operation], fitsTile: false))
        continue
      }
      if let last = runs.last, last.fitsTile, (last.localQubits | alone.localQubits).nonzeroBitCount <= tileQubitCount {
        runs[runs.count - 1].localQubits |= alone.localQubits
        runs[runs.count - 1].operations.append(operation)
      } else {
        runs.append(alone)
      }
    }
    for index in runs.indices where runs[index].fitsTile { fill(&runs[index].localQubits) }
    return runs
  }

  /// Whether a work-item can hold what it mixes: a matrix on more qubits would take the registers away from every other operation.
  private func isSmall(_ operation: StateOperation) -> Bool {
    guard case .matrix(_, let targets, _) = operation else { return true }
    return targets.count <= Limits.openCLTileMatrixQubitCount
  }

  /// Makes the lowest of the other qubits local too, as many as there is room for: they make the runs in memory longer.
  private func fill(_ localQubits: inout UInt64) {
    for qubit in 0..<UInt64(qubitCount) where localQubits.nonzeroBitCount < tileQubitCount { localQubits |= 1 << qubit }
  }

  /// Whether a sweep over tiles moves fewer amplitudes than the operations of a run one by one.
  package func isWorthASweep(_ run: Run) -> Bool {
    guard run.operations.count > 1 else { return false }
    let touched = run.operations.reduce(0.0) { $0 + Double($1.touchedAmplitudeCount(qubitCount: qubitCount)) }
    return touched > Double(sign: .plus, exponent: qubitCount, significand: 1)
  }
}
