internal import Circuits

/// A gate on more qubits of a density matrix than a transfer map has: under many controls, or a unitary on many targets.
///
/// It is kept as the rows of its matrix in which it differs from the identity, so that controls make it smaller; see ``WidePass`` for what it does.
package struct WideGate: Sendable {
  /// k qubits, ascending: the first in bit 0 of a basis state.
  package let qubits: [Int]
  /// The basis states that it moves, mixes or turns.
  let states: [Int]
  /// The first term of each of these states' rows, and the end of the last.
  let starts: [Int]
  /// Of each term the place in ``states`` of what it takes.
  let sources: [Int]
  /// The factors of the terms.
  let factors: [Complex]

  /// The rows of an operation; it may be one that keeps no norm.
  ///
  /// - Complexity: O(2ᵏ) and the entries of its matrix.
  package init(_ operation: StateOperation) {
    let (qubits, controls) = (operation.touchedQubits.sorted(), operation.controls)
    let mask = bitMask(of: qubits)
    let states = (0..<1 << qubits.count).filter { scatterBits(UInt64($0), mask) & controls.mask == controls.values }
    let places = Dictionary(uniqueKeysWithValues: states.enumerated().map { ($0.element, $0.offset) })
    var rows = [[(source: Int, factor: Complex)]](repeating: [], count: states.count)
    for (source, state) in states.enumerated() {
      for (image, factor) in operation.image(of: scatterBits(UInt64(state), mask)) where factor != .zero {
        // Targets are no controls, so that images of states that meet the controls meet them too.
        if let row = places[Int(gatherBits(image, mask))] { rows[row].append((source, factor)) }
      }
    }
    (self.qubits, self.states) = (qubits, states)
    starts = rows.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
    (sources, factors) = (rows.flatMap { $0.map(\.source) }, rows.flatMap { $0.map(\.factor) })
  }
}
