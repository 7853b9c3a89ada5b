package import Circuits

extension StateOperation {
  /// What a register has to do for a gate whose numbers are bound; nil if it does nothing.
  package static func lowered(_ gate: ResolvedGate) -> StateOperation? {
    switch gate {
    case .pauliRotation(let string, let angle, let controls):
      return .pauliRotation(x: string.x, z: string.z, angle: angle, controls: Controls(controls))
    case .matrix(let matrix, let structure, let targets, let controls):
      switch structure {
      case .diagonal:
        let factors = matrix.diagonalEntries
        if factors.allSatisfy({ $0 == .one }) { return nil }
        return .diagonal(factors, targets: targets, controls: Controls(controls))
      case .permutation:
        guard let table = matrix.permutationTable else { break }
        return .permutation(table, targets: targets, controls: Controls(controls))
      case .dense: break
      }
      return .matrix(matrix.entries, targets: targets, controls: Controls(controls))
    }
  }
}

extension Controls {
  /// The masks of a list of controls on qubits below 64.
  package init(_ controls: [Control]) {
    self.init(
      mask: controls.reduce(0) { $0 | 1 << UInt64($1.qubit) },
      values: controls.reduce(0) { $0 | ($1.isPositive ? 1 : 0) << UInt64($1.qubit) })
  }
}
