internal import Circuits

extension StateOperation {
  /// The same operation with every target that only decides *whether* something happens turned into a control.
  ///
  /// A diagonal that is one wherever a target has some value, or a permutation that moves nothing there, needs to visit only the
  /// other half of the state: `z` becomes a phase on the states with the qubit set, a tabulated `cx` a controlled `x`.
  package func simplified() -> StateOperation {
    switch self {
    case .diagonal(let factors, let targets, let controls):
      for (bit, target) in targets.enumerated() {
        for value in 0...1 where factors.indices.allSatisfy({ ($0 >> bit) & 1 == value || factors[$0] == .one }) {
          let kept = factors.indices.filter { ($0 >> bit) & 1 == value }.map { factors[$0] }
          return StateOperation.diagonal(
            kept, targets: targets.filter { $0 != target }, controls: controls.adding(target, value: value)
          )
          .simplified()
        }
      }
    case .permutation(let table, let targets, let controls) where targets.count > 1:
      for (bit, target) in targets.enumerated() {
        for value in 0...1 where table.indices.allSatisfy({ ($0 >> bit) & 1 == value || table[$0] == $0 }) {
          let kept = table.indices.filter { ($0 >> bit) & 1 == value }.map { removing(bit: bit, of: table[$0]) }
          return StateOperation.permutation(
            kept, targets: targets.filter { $0 != target }, controls: controls.adding(target, value: value)
          )
          .simplified()
        }
      }
    default: break
    }
    return self
  }

  private func removing(bit: Int, of index: Int) -> Int {
    (index & ((1 << bit) - 1)) | (index >> (bit + 1)) << bit
  }
}

extension Controls {
  /// These controls and one more.
  package func adding(_ qubit: Int, value: Int) -> Controls {
    Controls(mask: mask | 1 << UInt64(qubit), values: values | UInt64(value) << UInt64(qubit))
  }
}
