internal import Circuits

/// The qubits on which depends what is wanted of a state, followed from the end of a circuit to its start.
///
/// What is wanted is an operator A, and before a gate U it is U†AU. A gate that commutes with it may be left out. That is so if A does not
/// act on the qubits that the gate mixes, and acts only diagonally, as a measurement does, on those whose value selects what the gate does:
/// its controls, and every qubit of a diagonal gate. A gate that is taken spreads A over all of its qubits, and beyond the diagonal on those
/// that it mixes.
struct LightCone {
  /// Qubits on which the operator acts, and those on which it may act other than diagonally.
  private var acting: [Bool]
  private var mixing: [Bool]
  /// Qubits of the gates that were taken; all others stay |0⟩.
  private(set) var used: [Bool]

  init(qubitCount: Int) {
    acting = Array(repeating: false, count: qubitCount)
    (mixing, used) = (acting, acting)
  }

  /// Adds a qubit at the end of the circuit.
  mutating func want(_ qubit: Int, isDiagonal: Bool) {
    acting[qubit] = true
    if !isDiagonal { mixing[qubit] = true }
  }

  /// Whether a gate has to be applied; the gates after it have been looked at.
  mutating func takes(_ gate: GateOperation) -> Bool { takes(gate.footprint) }

  /// Whether noise has to be applied: it keeps the trace, and so what is wanted of other qubits.
  mutating func takes(_ channel: Channel, on qubits: [Int]) -> Bool {
    takes(channel.isDiagonal ? ([], qubits) : (qubits, []))
  }

  private mutating func takes(_ footprint: (mixed: [Int], selecting: [Int])) -> Bool {
    let (mixed, selecting) = footprint
    guard mixed.contains(where: { acting[$0] }) || selecting.contains(where: { mixing[$0] }) else { return false }
    for qubit in mixed + selecting { (acting[qubit], used[qubit]) = (true, true) }
    for qubit in mixed { mixing[qubit] = true }
    return true
  }
}

extension Channel {
  /// Whether it multiplies the entries of a density matrix, and those on the diagonal by 1.
  fileprivate var isDiagonal: Bool { krausOperators.allSatisfy(\.isDiagonal) }
}

extension GateOperation {
  /// The qubits along which amplitudes are mixed or moved, and those that only select what happens; whatever the parameters are.
  fileprivate var footprint: (mixed: [Int], selecting: [Int]) {
    let controls = controls.map(\.qubit)
    switch kind {
    case .standard(let gate):
      let targets = Array(qubits.dropFirst(gate.controlCount))
      let selecting = controls + qubits.prefix(gate.controlCount)
      return gate.structure == .diagonal ? ([], selecting + targets) : (targets, selecting)
    case .unitary(let matrix): return matrix.isDiagonal ? ([], controls + qubits) : (qubits, controls)
    case .pauliRotation(let string):
      let letters = qubits.enumerated().filter { (string.x | string.z) >> UInt64($0.offset) & 1 == 1 }
      let mixed = letters.filter { string.x >> UInt64($0.offset) & 1 == 1 }.map(\.element)
      return (mixed, controls + letters.map(\.element).filter { !mixed.contains($0) })
    }
  }
}
