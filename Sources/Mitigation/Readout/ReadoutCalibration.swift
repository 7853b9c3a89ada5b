public import Circuits

/// Circuits whose counts tell how outcomes are misread.
public enum ReadoutCalibration: Hashable, Sendable {
  /// All qubits 0 and all qubits 1: a confusion matrix for each bit, for errors of which each qubit has its own.
  case tensored
  /// Every basis state of the measured qubits: one confusion matrix of all bits.
  case joint

  /// The circuits to run, which prepare basis states and measure as a circuit does.
  ///
  /// - Throws: ``MitigationError``: `limit_exceeded` for ``joint`` with more than ``Limits/jointBitCount`` bits, and as
  ///   ``OutcomeBits/init(_:)``.
  public func variants(of circuit: Circuit) throws(MitigationError) -> [Circuit] {
    let outcome = try OutcomeBits(circuit)
    let qubits = Self.qubits(outcome)
    let measurements = circuit.instructions.filter { if case .measure = $0 { true } else { false } }
    var result = [Circuit]()
    for state in try states(qubits.count) {
      let flips = qubits.enumerated().filter { state >> $0.offset & 1 == 1 }.map { _, qubit in
        Instruction.gate(GateOperation(.standard(.x), qubits: [qubit]))
      }
      result.append(
        try MitigationError.wrapping("readout") { () throws(CircuitError) in
          try circuit.replacingInstructions(by: flips + measurements)
        })
    }
    return result
  }

  /// The confusion matrices that counts of the variants show.
  ///
  /// - Throws: ``MitigationError``: `invalid_results` for counts that do not fit, and as ``ConfusionMatrix/init(bits:probabilities:)``.
  public func matrices(for circuit: Circuit, _ counts: [Counts]) throws(MitigationError) -> [ConfusionMatrix] {
    let outcome = try OutcomeBits(circuit)
    let bits = Self.qubits(outcome).compactMap { outcome.places[$0] }
    let states = try states(bits.count)
    guard counts.count == states.count else {
      throw MitigationError(.invalidResults, "readout: \(counts.count) counts for \(states.count) calibration circuits")
    }
    var shots = [[(state: UInt64, count: Double)]]()
    for item in counts { shots.append(try item.words(bitCount: outcome.bitCount)) }
    var result = [ConfusionMatrix]()
    for group in self == .joint ? [bits] : bits.map({ [$0] }) {
      result.append(try ConfusionMatrix(bits: group, probabilities: shots.map { Self.distribution($0, of: group) }))
    }
    return result
  }

  private func states(_ count: Int) throws(MitigationError) -> [Int] {
    guard self == .joint else { return [0, count < 63 ? (1 << count) - 1 : -1] }
    guard count <= Limits.jointBitCount else {
      throw MitigationError(
        .limitExceeded,
        "readout: a joint calibration of \(count) qubits, which are 2^\(count) circuits; at most \(Limits.jointBitCount) are accepted, more in the tensored one"
      )
    }
    return Array(0..<1 << count)
  }

  /// The measured qubits in the order of their bits.
  private static func qubits(_ outcome: OutcomeBits) -> [Int] {
    outcome.places.sorted { $0.value < $1.value }.map(\.key)
  }

  private static func distribution(_ shots: [(state: UInt64, count: Double)], of bits: [Int]) -> [Double] {
    var result = [Double](repeating: 0, count: 1 << bits.count)
    let total = shots.reduce(0) { $0 + $1.count }
    for (state, count) in shots {
      result[bits.enumerated().reduce(0) { $0 | Int(state >> UInt64($1.element) & 1) << $1.offset }] += count / total
    }
    return result
  }
}
