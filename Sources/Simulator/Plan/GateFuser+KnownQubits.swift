internal import Circuits

extension GateFuser {
  /// Controls without the qubits whose value is known; nil if they are not met.
  func decided(_ controls: Controls) -> Controls? {
    guard controls.mask & known != 0 else { return controls }
    guard (controls.values ^ ones) & controls.mask & known == 0 else { return nil }
    return Controls(mask: controls.mask & ~known, values: controls.values & ~known)
  }

  /// An operation without the qubits whose value is known; nil if it does nothing.
  mutating func decided(_ gate: BlockOperation) -> BlockOperation? {
    guard (gate.mixed | gate.selecting) & known != 0 else { return gate }
    guard let controls = decided(gate.controls) else { return nil }
    if gate.kind == .diagonal {
      return gate.chosen(of: known, values: ones, controls: controls, &output.numbers)
    }
    if gate.kind == .exchange, controls == .none, gate.targets & known == gate.targets, gate.targets.nonzeroBitCount == 1 {
      ones ^= gate.targets
      return nil
    }
    forget(gate.targets & known)
    return BlockOperation(kind: gate.kind, targets: gate.targets, controls: controls, firstNumber: gate.firstNumber)
  }

  /// Wires that will be mixed are not known any longer; those that are |1⟩ have to be set.
  mutating func forget(_ wires: UInt64) {
    var rest = wires & ones
    while rest != 0 {
      let lowest = rest & (~rest + 1)
      emit(BlockOperation(kind: .exchange, targets: lowest, controls: .none, firstNumber: 0))
      rest &= rest - 1
    }
    known &= ~wires
    ones &= ~wires
  }
}
