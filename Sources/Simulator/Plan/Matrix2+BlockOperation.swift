internal import Circuits

extension Matrix2 {
  /// What an operation on one qubit does, whatever form it has.
  init(_ gate: BlockOperation, _ numbers: [Complex]) {
    let first = gate.firstNumber
    switch gate.kind {
    case .matrix: self.init(numbers, at: first)
    case .exchange: self.init(a: .zero, b: .one, c: .one, d: .zero)
    case .cartan: preconditionFailure("a Cartan form on one qubit")
    case .diagonal where gate.targets == 0:
      // A phase on one value of the qubit is a control.
      let isOnZero = gate.controls.values == 0
      self.init(a: isOnZero ? numbers[first] : .one, b: .zero, c: .zero, d: isOnZero ? .one : numbers[first])
    case .diagonal: self.init(a: numbers[first], b: .zero, c: .zero, d: numbers[first + 1])
    }
  }
}
