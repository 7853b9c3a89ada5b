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
    for pauli in paulis { try SimulatorError.check(mask: pauli.x | pauli.z, qubitCount: qubitCount) }
    var result = [Double](repeating: 0, count: paulis.count)
    for (x, places) in Dictionary(grouping: paulis.indices, by: { paulis[$0].x }) {
      for start in stride(from: 0, to: places.count, by: Limits.termsPerSweep) {
        let sweep = places[start..<min(start + Limits.termsPerSweep, places.count)]
        let values = state.expectations(x: x, z: sweep.map { paulis[$0].z })
        for (place, value) in zip(sweep, values) { result[place] = value }
      }
    }
    return result
  }

  package func sample(_ draws: [UInt64]) throws(SimulatorError) -> [UInt64] {
    guard !draws.isEmpty else { return [] }
    let (weights, probability) = state.blockWeights()
    guard probability < 2, let total = positiveTotal(weights) else {
      throw SimulatorError(.invalidArgument, "a state with ⟨ψ|ψ⟩ = \(probability) cannot be sampled; it has to be normalised")
    }
    let wanted = draws.map { $0.multipliedFullWidth(by: total).high }
    let order = wanted.indices.sorted { wanted[$0] < wanted[$1] }
    var positions = order.map { wanted[$0] }
    let runs = makeRelative(&positions, weights: weights)
    state.locate(runs, positions: &positions)
    var result = [UInt64](repeating: 0, count: draws.count)
    for (place, state) in zip(order, positions) { result[place] = state }
    return result
  }

  private func positiveTotal(_ weights: [UInt64]) -> UInt64? {
    let total = weights.reduce(0, &+)
    return total > 0 ? total : nil
  }

  /// Makes ascending positions relative to the block that holds them, and lists the blocks.
  private func makeRelative(_ positions: inout [UInt64], weights: [UInt64]) -> [(block: UInt64, positions: Range<Int>)] {
    var runs: [(block: UInt64, positions: Range<Int>)] = []
    var place = 0
    var before: UInt64 = 0
    for (block, weight) in weights.enumerated() where place < positions.count {
      let first = place
      while place < positions.count, positions[place] - before < weight {
        positions[place] -= before
        place += 1
      }
      if place > first { runs.append((UInt64(block), first..<place)) }
      before += weight
    }
    return runs
  }
}
