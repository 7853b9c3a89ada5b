internal import Circuits

/// An operation on its way through the planner: which qubits it is on, as the plan calls them, and where the rest of it stands.
struct PlannedOperation {
  /// What the kernels of a block do; of an operation that is none of theirs, without meaning.
  let gate: BlockOperation
  /// The place among ``PlannedCircuit/others`` of an operation that is not for blocks, or −1.
  let other: Int
  /// The qubits along which amplitudes are mixed or moved.
  let mixed: UInt64
  /// The qubits on whose value it depends what happens, and which keep it.
  let selecting: UInt64
  /// What makes up for it, a factor of the whole state that may come at any time.
  let scale: Complex

  /// Makes one for blocks that does not pass an operation before it that mixes these wires, either: the factor that makes up for a rotation
  /// stays with it.
  init(_ gate: BlockOperation, after wires: UInt64 = 0, scale: Complex = .one) {
    (self.gate, self.scale) = (gate, scale)
    other = -1
    mixed = gate.mixed
    selecting = gate.selecting | wires
  }

  /// Makes one that only a kernel of its own can do.
  init(other: Int, _ operation: StateOperation) {
    (self.other, scale) = (other, .one)
    (mixed, selecting) = (operation.mixedQubits, operation.selectingQubits)
    gate = BlockOperation(kind: .exchange, targets: mixed, controls: operation.controls, firstNumber: 0)
  }

  /// Whether the kernels of a block can do it.
  var fitsBlock: Bool { other < 0 }
  /// Whether it only multiplies amplitudes by factors from a table.
  var isDiagonal: Bool { other < 0 && gate.kind == .diagonal }
}
