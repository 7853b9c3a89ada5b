internal import Circuits

/// An operation on its way through the planner, with its qubits found once.
struct PlannedOperation {
  let operation: StateOperation
  /// The qubits along which amplitudes are mixed or moved.
  let mixed: UInt64
  /// The qubits on whose value it depends what happens, and which keep it.
  let selecting: UInt64
  /// Whether the kernels of a block can do it.
  let fitsBlock: Bool
  /// Whether it only multiplies amplitudes by factors from a table.
  let isDiagonal: Bool

  /// Makes one that does not pass an operation before it that mixes `wire`, either: the factor that makes up for a rotation stays with it.
  init(_ operation: StateOperation, after wire: Int? = nil) {
    self.operation = operation
    mixed = operation.mixedQubits
    selecting = operation.selectingQubits | (wire.map { 1 << UInt64($0) } ?? 0)
    fitsBlock = operation.fitsBlock
    isDiagonal = if case .diagonal = operation { true } else { false }
  }
}

/// The qubits of one operation of a list: what the planner moves about in place of the operation, which holds arrays.
struct Footprint {
  /// Which operation of the list it is.
  let index: Int
  let mixed: UInt64
  let selecting: UInt64
  let fitsBlock: Bool
  let isDiagonal: Bool

  init(_ operation: PlannedOperation, _ index: Int) {
    self.index = index
    (mixed, selecting) = (operation.mixed, operation.selecting)
    (fitsBlock, isDiagonal) = (operation.fitsBlock, operation.isDiagonal)
  }
}

/// Operations that wait, which others pass only if they commute with all of them.
struct WaitingQubits {
  /// Qubits that waiting operations mix, and those that they look at.
  private(set) var mixed: UInt64 = 0
  private(set) var selecting: UInt64 = 0

  /// Whether nothing waits.
  var isEmpty: Bool { mixed | selecting == 0 }

  /// Whether an operation may pass: on every qubit that both touch, neither mixes.
  func commute(with operation: Footprint) -> Bool {
    operation.mixed & (mixed | selecting) == 0 && operation.selecting & mixed == 0
  }

  mutating func append(_ operation: Footprint) {
    mixed |= operation.mixed
    selecting |= operation.selecting
  }

  /// Lets nothing pass that touches these qubits.
  mutating func block(_ qubits: UInt64) { mixed |= qubits }
}

extension StateOperation {
  /// Whether the kernels of a block can do it: matrices on one or two qubits, an exchange of two halves or of two qubits, diagonals.
  var fitsBlock: Bool {
    switch self {
    case .matrix(_, let targets, _): targets.count <= 2
    case .permutation(let table, _, _): table == [1, 0] || table == [0, 2, 1, 3]
    case .diagonal: true
    case .pauliRotation: false
    }
  }

  /// The same operation on other qubits: what was on qubit q is on `places[q]`; the targets of a matrix ascend.
  func moved(to places: [Int]) -> StateOperation {
    let controls = Controls(mask: movedBits(controls.mask, to: places), values: movedBits(controls.values, to: places))
    switch self {
    case .matrix(let entries, let targets, _):
      let moved = targets.map { places[$0] }
      guard moved.count == 2, moved[0] > moved[1] else { return .matrix(entries, targets: moved, controls: controls) }
      let order = [0, 2, 1, 3]
      let exchanged = (0..<16).map { entries[4 * order[$0 / 4] + order[$0 % 4]] }
      return .matrix(exchanged, targets: [moved[1], moved[0]], controls: controls)
    case .diagonal(let factors, let targets, _): return .diagonal(factors, targets: targets.map { places[$0] }, controls: controls)
    case .permutation(let table, let targets, _):
      return .permutation(table, targets: targets.map { places[$0] }, controls: controls)
    case .pauliRotation(let x, let z, let angle, _):
      return .pauliRotation(x: movedBits(x, to: places), z: movedBits(z, to: places), angle: angle, controls: controls)
    }
  }
}
