package import Circuits

/// An operation that the kernels of a block can do; its numbers stand in a list that it shares with others.
///
/// Qubits are masks, and the lowest is bit 0 of an index, so that thousands of operations are moved about without an array of their own.
package struct BlockOperation: Hashable, Sendable {
  package enum Kind: UInt8, Sendable {
    /// 4ᵏ row-major entries on k = 1 or 2 targets.
    case matrix
    /// Two halves change places, or two qubits do.
    case exchange
    /// 2ᵏ factors on k = 0…12 targets.
    case diagonal
    /// A rotation of each of two targets, then a matrix that mixes |00⟩ with |11⟩ and |01⟩ with |10⟩ only; without controls. Ten numbers:
    /// s + it of the matrix (1, s; t, 1) on the lower target, and of that on the higher; the entries in rows and columns 0 to 3 of the
    /// diagonal; those in rows 0 to 3 of the other diagonal.
    case cartan
  }

  package let kind: Kind
  package let targets: UInt64
  package let controls: Controls
  /// Where its numbers begin.
  package let firstNumber: Int

  /// The qubits along which amplitudes are mixed or moved.
  package var mixed: UInt64 { kind == .diagonal ? 0 : targets }
  /// The qubits on whose value it depends what happens, and which keep it.
  package var selecting: UInt64 { kind == .diagonal ? targets | controls.mask : controls.mask }
  /// How many numbers it has.
  package var numberCount: Int {
    switch kind {
    case .matrix: 1 << (2 * targets.nonzeroBitCount)
    case .exchange: 0
    case .diagonal: 1 << targets.nonzeroBitCount
    case .cartan: 10
    }
  }

  /// The same as operations of a register, one after the other.
  package func operations(_ numbers: [Complex]) -> [StateOperation] {
    let qubits = setBits(targets)
    let own = Array(numbers[firstNumber..<(firstNumber + numberCount)])
    switch kind {
    case .matrix: return [.matrix(own, targets: qubits, controls: controls)]
    case .exchange: return [.permutation(qubits.count == 1 ? [1, 0] : [0, 2, 1, 3], targets: qubits, controls: controls)]
    case .diagonal: return [.diagonal(own, targets: qubits, controls: controls)]
    case .cartan:
      let rotations = qubits.indices.map { index in
        let (s, t) = (Complex(own[index].real), Complex(own[index].imaginary))
        return StateOperation.matrix([.one, s, t, .one], targets: [qubits[index]], controls: .none)
      }
      var core = [Complex](repeating: .zero, count: 16)
      for row in 0..<4 { (core[5 * row], core[3 * row + 3]) = (own[2 + row], own[6 + row]) }
      return rotations + [.matrix(core, targets: qubits, controls: .none)]
    }
  }
}

extension BlockOperation {
  /// An operation of a register on qubits that are called by other names here: `places[q]` for q.
  ///
  /// - Returns: Nil if the kernels of a block cannot do it. The numbers, in the order of the targets here, are added to `numbers`.
  init?(_ operation: StateOperation, at places: [Int], _ numbers: inout [Complex]) {
    switch operation {
    case .matrix(let entries, let targets, let controls) where targets.count <= 2:
      self.init(matrix: entries, targets, controls, at: places, &numbers)
    case .permutation(let table, let targets, let controls) where table.isExchange:
      self.init(exchanging: targets, controls, at: places)
    case .diagonal(let factors, let targets, let controls):
      self.init(diagonal: factors, targets, controls, at: places, &numbers)
    default: return nil
    }
  }

  /// A matrix on one or two qubits.
  init(matrix entries: [Complex], _ targets: [Int], _ controls: Controls, at places: [Int], _ numbers: inout [Complex]) {
    let first = numbers.count
    if targets.count == 2, places[targets[0]] > places[targets[1]] {
      for index in 0..<16 { numbers.append(entries[Self.exchangedEntry(index)]) }
    } else {
      for entry in entries { numbers.append(entry) }
    }
    self.init(
      kind: .matrix, targets: bitMask(of: targets, at: places), controls: controls.moved(to: places), firstNumber: first)
  }

  /// An exchange of two halves, or of two qubits.
  init(exchanging targets: [Int], _ controls: Controls, at places: [Int]) {
    self.init(kind: .exchange, targets: bitMask(of: targets, at: places), controls: controls.moved(to: places), firstNumber: 0)
  }

  /// A diagonal.
  init(diagonal factors: [Complex], _ targets: [Int], _ controls: Controls, at places: [Int], _ numbers: inout [Complex]) {
    let (first, mask) = (numbers.count, bitMask(of: targets, at: places))
    if targets.count < 2 {
      for factor in factors { numbers.append(factor) }
    } else {
      let ranks = targets.map { (mask & ((1 << UInt64(places[$0])) - 1)).nonzeroBitCount }
      numbers.append(contentsOf: repeatElement(.zero, count: factors.count))
      for (index, factor) in factors.enumerated() {
        var place = 0
        for (bit, rank) in ranks.enumerated() { place |= (index >> bit & 1) << rank }
        numbers[first + place] = factor
      }
    }
    self.init(kind: .diagonal, targets: mask, controls: controls.moved(to: places), firstNumber: first)
  }

  /// Where an entry of a 4×4 matrix stands once its two targets have changed places.
  static func exchangedEntry(_ index: Int) -> Int {
    (index & 0b1010) >> 1 | (index & 0b0101) << 1
  }
}
