internal import Circuits

/// What a density matrix takes of a circuit: passes over its reals, and what makes their matrices.
struct DensityWork {
  /// Passes by the qubits of their maps, each for as many histories as there are by then.
  private(set) var passes = [Double](repeating: 0, count: Circuits.Limits.channelQubitCount + 1)
  /// Products of an operator with its strings, by qubits: of gates one, of channels one for each way in which they are written, the first time.
  private(set) var operators = [Double](repeating: 0, count: Circuits.Limits.channelQubitCount + 1)
  /// Digits of each real that gates too wide for maps write in another basis, there and back.
  private(set) var wideDigits = 0.0
  /// Terms that these gates sum up for each real.
  private(set) var wideTerms = 0.0
  /// Maps that are put together with others.
  private(set) var mapCount = 0.0
  /// Histories of outcomes that are followed; infinite where a loop may have any number.
  private(set) var historyCount = 1.0
  /// Matrices that are there at once: measurements that set bits wait with their other outcome.
  private(set) var matrixCount = 1

  /// The qubits of maps that are held back, as ``DensityRegister/apply(_:)-(TransferMap)`` does.
  private var pending: [Set<Int>] = []

  /// Adds a map that is written as a sum over operators.
  mutating func add(_ qubits: [Int], operatorCount: Int) {
    operators[qubits.count] += Double(operatorCount)
    mapCount += historyCount
    let met = pending.filter { !$0.isDisjoint(with: qubits) }
    let together = met.reduce(Set(qubits)) { $0.union($1) }
    pending.removeAll { met.contains($0) }
    let reaches = together.count > max(2, qubits.count)
    if reaches { for held in met where !held.isSubset(of: qubits) { passes[held.count] += historyCount } }
    pending.append(reaches ? Set(qubits) : together)
  }

  /// Adds a gate that is too wide for a map (``WideGate``).
  ///
  /// - Parameters:
  ///   - controlCount: How many of the qubits are controls: the smaller is the part of the matrix that changes.
  ///   - termCount: Entries of a row of its matrix on the targets.
  mutating func addWide(_ qubits: [Int], controlCount: Int, termCount: Int) {
    for held in pending where !held.isDisjoint(with: qubits) { passes[held.count] += historyCount }
    pending.removeAll { !$0.isDisjoint(with: qubits) }
    wideDigits += historyCount * Double(2 * qubits.count)
    let share = (0..<controlCount).reduce(1.0) { half, _ in half / 2 }
    wideTerms += historyCount * 2 * share * Double(termCount)
  }

  /// Follows both outcomes from here on.
  mutating func split(_ isRepeated: Bool) {
    flush()
    historyCount = isRepeated ? .infinity : 2 * historyCount
    matrixCount += 1
  }

  /// The passes with those of maps that are still held back.
  var allPasses: [Double] {
    var work = self
    work.flush()
    return work.passes
  }

  private mutating func flush() {
    for held in pending { passes[held.count] += historyCount }
    pending = []
  }
}
