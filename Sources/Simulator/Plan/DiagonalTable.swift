internal import Circuits

/// The product of several diagonals as one table of factors.
struct DiagonalTable {
  /// What chooses a factor, the lowest qubit in bit 0 of an index.
  private var qubits: UInt64 = 0
  private(set) var factors: [Complex] = []
  /// The diagonals, by their highest qubit in the table.
  private var terms: [Term] = []

  private struct Term {
    /// Bits of an index: targets in the order of the term's own, and controls.
    let targets: InlineArray<12, UInt8>
    let targetCount: Int
    let mask: Int
    let values: Int
    let firstNumber: Int
    let highest: Int
  }

  /// Begins with a factor alone, on these qubits; what was there is forgotten.
  mutating func begin(on qubits: UInt64, scale: Complex) {
    self.qubits = qubits
    terms.removeAll(keepingCapacity: true)
    factors.removeAll(keepingCapacity: true)
    factors.append(scale)
  }

  /// Takes a diagonal on some of the qubits, which it knows by other names: `places[q]` here for its q.
  mutating func append(_ gate: BlockOperation, at places: [Int]) {
    var (ranks, count, highest, rest) = (InlineArray<12, UInt8>(repeating: 0), 0, 0, gate.targets)
    while rest != 0 {
      let rank = rank(places[rest.trailingZeroBitCount])
      ranks[count] = UInt8(rank)
      (count, highest, rest) = (count + 1, max(highest, rank), rest & (rest - 1))
    }
    let controls = gate.controls.moved(to: places)
    let (mask, values) = (Int(gatherBits(controls.mask, qubits)), Int(gatherBits(controls.values, qubits)))
    highest = max(highest, Int.bitWidth - 1 - mask.leadingZeroBitCount)
    terms.append(
      Term(targets: ranks, targetCount: count, mask: mask, values: values, firstNumber: gate.firstNumber, highest: highest))
  }

  /// Multiplies what was taken; the factors are complete then.
  ///
  /// The table doubles with each qubit, and a diagonal is multiplied in as soon as its highest qubit is there.
  /// - Complexity: O(Σ 2ʰ) over the diagonals, with h the rank of the highest qubit of each.
  mutating func multiply(_ numbers: [Complex]) {
    factors.reserveCapacity(1 << qubits.nonzeroBitCount)
    for bit in 0..<qubits.nonzeroBitCount {
      for index in factors.indices { factors.append(factors[index]) }
      for term in terms where term.highest == bit { multiply(term, numbers) }
    }
  }

  private func rank(_ qubit: Int) -> Int { (qubits & ((1 << UInt64(qubit)) - 1)).nonzeroBitCount }

  private mutating func multiply(_ term: Term, _ numbers: [Complex]) {
    // Only the entries whose controls hold: subsets of the other bits.
    let free = (factors.count - 1) & ~term.mask
    var subset = 0
    repeat {
      let index = term.values | subset
      var entry = 0
      for bit in 0..<term.targetCount { entry |= (index >> Int(term.targets[bit]) & 1) << bit }
      factors[index] *= numbers[term.firstNumber + entry]
      subset = (subset - free) & free
    } while subset != 0
  }
}
