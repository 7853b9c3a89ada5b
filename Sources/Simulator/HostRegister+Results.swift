extension HostRegister {
  package func normSquared() throws(SimulatorError) -> Double {
    state.probability(mask: 0, values: 0)
  }

  package func probability(mask: UInt64, values: UInt64) throws(SimulatorError) -> Double {
    try SimulatorError.check(mask: mask, values: values, qubitCount: qubitCount)
    return state.probability(mask: mask, values: values)
  }

  package func probabilities(of qubits: [Int]) throws(SimulatorError) -> [Double] {
    try SimulatorError.check(qubits: qubits, qubitCount: qubitCount)
    let marginal = state.marginal(kept: qubits.reduce(0) { $0 | 1 << UInt64($1) })
    let ascending = qubits.sorted()
    guard qubits != ascending else { return marginal }
    // Bit j of an outcome is qubits[j]; in the marginal it is that qubit's rank.
    let ranks = qubits.map { qubit in ascending.firstIndex(of: qubit) ?? 0 }
    return marginal.indices.map { outcome in
      marginal[ranks.enumerated().reduce(0) { $0 | ((outcome >> $1.offset) & 1) << $1.element }]
    }
  }

  package func expectations(_ paulis: [PauliMask]) throws(SimulatorError) -> [Double] {
    try values(paulis, StateSlots(whole: qubitCount))[0]
  }

  package func expectations(_ paulis: [PauliMask], slotCount: Int) throws(SimulatorError) -> [[Double]] {
    try values(paulis, StateSlots(of: qubitCount, slotCount: slotCount))
  }

  /// The values of Pauli strings in each slot.
  private func values(_ paulis: [PauliMask], _ slots: StateSlots) throws(SimulatorError) -> [[Double]] {
    for pauli in paulis { try SimulatorError.check(mask: pauli.x | pauli.z, qubitCount: slots.qubitCount) }
    var result = [[Double]](repeating: Array(repeating: 0, count: paulis.count), count: slots.count)
    for sweep in PauliSweep.sweeps(paulis) {
      let values = state.expectations(sweep, slots)
      for slot in 0..<slots.count {
        for (index, place) in sweep.places.enumerated() { result[slot][place] = values[slot * sweep.places.count + index] }
      }
    }
    return result
  }

  package func count(slots draws: [[UInt64]]) throws(SimulatorError) -> [StateCounts] {
    let slots = try StateSlots(of: qubitCount, slotCount: draws.count)
    let (weights, probability) = state.blockWeights()
    guard probability < 2 * Double(slots.count) else { throw CumulativeWeights.unsound("\(probability) in \(slots.count) slots") }
    var found = try SlotDraws(draws, weights: weights)
    state.locate(&found)
    return found.counted(slots)
  }

  package func sample(_ draws: consuming [UInt64]) throws(SimulatorError) -> [UInt64] {
    try located(draws, keepsOrder: true)?.inOrder() ?? []
  }

  package func count(_ draws: consuming [UInt64]) throws(SimulatorError) -> StateCounts {
    try located(draws, keepsOrder: false)?.counted() ?? StateCounts()
  }

  /// The basis states of draws, by block; nil for no draws.
  private func located(_ draws: consuming [UInt64], keepsOrder: Bool) throws(SimulatorError) -> DrawGroups? {
    guard !draws.isEmpty else { return nil }
    let (weights, probability) = state.blockWeights()
    guard probability < 2 else { throw CumulativeWeights.unsound("\(probability)") }
    let groups = try DrawGroups(draws, weights: CumulativeWeights(weights), keepsOrder: keepsOrder, threadCount: threadCount)
    state.locate(groups)
    return groups
  }
}
