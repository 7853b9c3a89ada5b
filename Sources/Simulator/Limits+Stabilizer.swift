internal import Circuits

extension Limits {
  /// Qubits of a stabilizer state: as many as a circuit may declare. The tableau takes n²/2 bytes, 8 MiB for 4,096.
  package static let stabilizerQubitCount = Circuits.Limits.declaredQubitCount
  /// Qubits from which `auto` takes Clifford circuits without noise as stabilizer states, and those with noise whatever else would cost. They
  /// are faster from four on, but without noise it is a few milliseconds of 1,000 shots that are at stake below it, and the samples of a seed
  /// stay those of all other circuits; docs/performance.md has the times.
  package static let leastStabilizerQubitCount = 20
  /// By how much a gate may miss a Clifford gate, in entries of matrices and in radians: an angle written with eleven digits is one, and
  /// 10⁴ gates that miss by as much move an expectation value by 10⁻⁶.
  package static let cliffordTolerance = 1e-10
  /// Qubits of a gate that is compared with Clifford gates by its dense matrix, controls included: beyond the largest unitary that a circuit
  /// takes, only gates under many controls are left, and those are no Clifford gates.
  static let cliffordGateQubitCount = 6
  /// Gates that are remembered as Clifford gates or none, equal ones once: rows of random angles would fill the memory.
  static let cliffordGateCount = 1 << 12
  /// Elementary gates of one circuit: 16 bytes each.
  static let stabilizerStepCount = 1 << 25
  /// Steps between looks at the stop flag: some milliseconds on the widest tableau.
  static let stabilizerStopInterval = 256
  /// Bytes of the frames and outcomes of the shots that a thread runs at once: they stay in a core's second-level cache.
  static let frameWindowByteCount = 1 << 20
  /// Bytes of the different outcomes of one row: 2²³ of them on 1,000 qubits.
  static let outcomeByteCount = 1 << 30
}
