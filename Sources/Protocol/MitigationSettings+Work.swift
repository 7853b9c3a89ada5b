extension ExecutionSettings {
  /// How many circuits are run for each row: the circuit itself and the variants of its values' mitigation, at most.
  public var circuitCount: Int {
    guard let mitigation else { return 1 }
    return switch mitigation.method {
    case .zne: 1 + mitigation.scales.count
    case .pec, .twirling: 1 + mitigation.sampleCount
    // Each training circuit runs with its noise and without it.
    case .cdr: 2 + 2 * mitigation.sampleCount
    case .dd, .symmetry: 2
    case .readout: 1 + Set(observables.flatMap(\.terms).map(\.label)).count
    }
  }

  /// About how many operations all circuits of a row have, for a circuit of `count`: what ``Item/operationCount`` declares.
  ///
  /// What techniques add between the gates is left out, but for folding, which adds most.
  public func operationCount(ofCircuitOf count: Int) -> Int {
    var circuits = Double(circuitCount)
    if let mitigation, mitigation.method == .zne { circuits = mitigation.scales.reduce(1, +) }
    return Int(min(Double(count) * circuits, 0x1p53))
  }
}
