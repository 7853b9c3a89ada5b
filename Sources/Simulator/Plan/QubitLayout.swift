/// Where the qubits of a circuit lie in a register.
///
/// Positions are a register's qubits. Qubits that no operation has mixed are still |0⟩, so nothing has to visit the amplitudes in which one
/// of them is set; they lie highest.
package struct QubitLayout: Hashable, Sendable {
  /// The position of each qubit.
  package private(set) var positions: [Int]
  /// The qubit at each position.
  package private(set) var qubits: [Int]
  /// The qubits that are known to be |0⟩.
  private var zeros: UInt64

  /// Every qubit at its own position; `isZero` if the state is |0…0⟩.
  package init(qubitCount: Int, isZero: Bool) {
    positions = Array(0..<qubitCount)
    qubits = positions
    zeros = isZero ? (1 << UInt64(qubitCount)) - 1 : 0
  }

  /// Every qubit at a position of its own, none known to be |0⟩.
  init(positions: [Int]) {
    (self.positions, qubits, zeros) = (positions, positions, 0)
    for (qubit, position) in positions.enumerated() { qubits[position] = qubit }
  }

  /// Positions from this one on are |0⟩.
  package var activeCount: Int { 1 + (qubits.lastIndex { !isZero($0) } ?? -1) }

  /// Whether every qubit is at its own position.
  package var isIdentity: Bool { positions.indices.allSatisfy { positions[$0] == $0 } }

  /// Whether a qubit is still known to be |0⟩.
  package func isZero(_ qubit: Int) -> Bool { zeros >> UInt64(qubit) & 1 == 1 }

  /// Whether any of these qubits is still known to be |0⟩.
  func hasZeros(among mask: UInt64) -> Bool { zeros & mask != 0 }

  /// The qubits that may be in any state.
  var active: UInt64 { ((1 << UInt64(positions.count)) - 1) & ~zeros }

  /// The positions of a mask of qubits.
  package func positions(of mask: UInt64) -> UInt64 { movedBits(mask, to: positions) }

  /// The qubits at a mask of positions.
  package func qubits(at mask: UInt64) -> UInt64 { movedBits(mask, to: qubits) }

  /// Counts qubits among those that may be in any state, each at the first of these positions that was |0⟩.
  mutating func activate(_ names: [Int], at order: [Int]) {
    var free = order.filter { isZero(qubits[$0]) }[...]
    for qubit in names where isZero(qubit) {
      if let position = free.popFirst() { exchange(positions[qubit], position) }
      zeros &= ~(1 << UInt64(qubit))
    }
  }

  /// Counts all qubits among those that may be in any state.
  mutating func activateAll() { zeros = 0 }

  /// The qubits at two positions change places.
  mutating func exchange(_ first: Int, _ second: Int) {
    qubits.swapAt(first, second)
    positions[qubits[first]] = first
    positions[qubits[second]] = second
  }

  /// Qubit q is from now on where `wires[q]` was.
  mutating func rename(_ wires: [Int]) {
    let old = self
    zeros = 0
    for (qubit, wire) in wires.enumerated() {
      positions[qubit] = old.positions[wire]
      qubits[old.positions[wire]] = qubit
      if old.isZero(wire) { zeros |= 1 << UInt64(qubit) }
    }
  }
}
