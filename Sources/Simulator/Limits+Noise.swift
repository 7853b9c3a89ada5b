extension Limits {
  /// Bytes of the largest density matrix that `auto` takes where trajectories would do: on 14 qubits in single precision, 13 in double.
  package static let chosenDensityByteCount: UInt128 = 1 << 30
  /// Histories of measured bits up to which `auto` takes density matrices: each takes passes of its own.
  package static let fewHistoryCount = 1 << 10
  /// Errors of one history that an estimate tells apart; with more, hardly two shots have the same.
  static let errorCount = 64
  /// The share of a circuit's sites after which the number of histories is estimated anew.
  static let estimateInterval = 1.0 / 32
}
