import Circuits
import Simulator

/// What a register is told to do, from a basis state on.
struct MetamorphicRun: Sendable {
  var qubitCount: Int
  /// The basis state at the start.
  var start: UInt64 = 0
  /// Each list is planned by itself.
  var lists: [[StateOperation]]
  /// Qubits of a tile; nil for as many as there are in production.
  var tileQubitCount: Int?
  /// Whether there is a plan at all; without one each operation is applied alone to the bare register.
  var isPlanned = true

  /// Everything as one list.
  var operations: [StateOperation] {
    get { Array(lists.joined()) }
    set { lists = [newValue] }
  }
}
