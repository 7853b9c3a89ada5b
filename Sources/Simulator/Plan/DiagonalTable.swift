internal import Circuits

/// The product of several diagonals as one table of factors.
struct DiagonalTable {
  /// In ascending order, the first in bit 0 of an index.
  private let qubits: [Int]
  private var factors: [Complex]

  /// Multiplies diagonals on these qubits, and a factor.
  ///
  /// - Complexity: O(m·2ᵏ) for m diagonals on k qubits.
  init(of members: [StateOperation], on mask: UInt64, scale: Complex) {
    qubits = (0..<64).filter { mask >> UInt64($0) & 1 == 1 }
    factors = [Complex](repeating: scale, count: 1 << qubits.count)
    for member in members { multiply(member) }
  }

  /// The table as an operation.
  var operation: StateOperation { .diagonal(factors, targets: qubits, controls: .none) }

  private mutating func multiply(_ operation: StateOperation) {
    guard case .diagonal(let own, let targets, let controls) = operation else { return }
    let bits = targets.map { place(of: $0) }
    let mask = packed(controls.mask)
    // Only the entries whose controls hold: subsets of the other bits.
    let free = (factors.count - 1) & ~mask
    let start = packed(controls.values)
    var subset = 0
    repeat {
      let index = start | subset
      var entry = 0
      for (bit, place) in bits.enumerated() { entry |= (index >> place & 1) << bit }
      factors[index] *= own[entry]
      subset = (subset - free) & free
    } while subset != 0
  }

  private func place(of qubit: Int) -> Int { qubits.firstIndex(of: qubit) ?? 0 }

  private func packed(_ mask: UInt64) -> Int {
    qubits.indices.reduce(0) { $0 | Int(mask >> UInt64(qubits[$1]) & 1) << $1 }
  }
}
