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

  /// Makes one for blocks that does not pass an operation before it that mixes these wires, either: the factor that makes up for a rotation
  /// stays with it.
  init(_ gate: BlockOperation, after wires: UInt64 = 0) {
    self.gate = gate
    other = -1
    mixed = gate.mixed
    selecting = gate.selecting | wires
  }

  /// Makes one that only a kernel of its own can do.
  init(other: Int, _ operation: StateOperation) {
    self.other = other
    (mixed, selecting) = (operation.mixedQubits, operation.selectingQubits)
    gate = BlockOperation(kind: .exchange, targets: mixed, controls: operation.controls, firstNumber: 0)
  }

  /// Whether the kernels of a block can do it.
  var fitsBlock: Bool { other < 0 }
  /// Whether it only multiplies amplitudes by factors from a table.
  var isDiagonal: Bool { other < 0 && gate.kind == .diagonal }
}

/// What a list of operations has become, with the numbers and arrays of all its operations in few lists.
struct PlannedCircuit {
  var operations: [PlannedOperation] = []
  var numbers: [Complex] = []
  var others: [StateOperation] = []
  /// What is called qubit q at the end, as the plan calls it.
  var wires: [Int]

  /// An operation as those of a register.
  func operations(_ planned: PlannedOperation) -> [StateOperation] {
    planned.fitsBlock ? planned.gate.operations(numbers) : [others[planned.other]]
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
  func commute(with operation: PlannedOperation) -> Bool {
    operation.mixed & (mixed | selecting) == 0 && operation.selecting & mixed == 0
  }

  mutating func append(_ operation: PlannedOperation) {
    mixed |= operation.mixed
    selecting |= operation.selecting
  }

  /// Lets nothing pass that touches these qubits.
  mutating func block(_ qubits: UInt64) { mixed |= qubits }
}

/// The operations of a circuit that wait, in order: a list from which any is taken out at once.
struct WaitingList {
  /// The first that waits; −1 at the end.
  private(set) var first: Int
  private var following: [Int]
  private(set) var count: Int

  init(_ indices: [Int], of total: Int) {
    following = [Int](repeating: -1, count: total)
    first = indices.first ?? -1
    count = indices.count
    for place in indices.indices.dropLast() { following[indices[place]] = indices[place + 1] }
  }

  /// What waits behind one of them.
  func next(_ index: Int) -> Int { following[index] }

  /// Takes out the one behind `previous`, or the first for −1.
  mutating func remove(after previous: Int) {
    count -= 1
    if previous < 0 {
      first = following[first]
    } else {
      following[previous] = following[following[previous]]
    }
  }
}

extension StateOperation {
  /// The same operation on other qubits: what was on qubit q is on `places[q]`; the targets of a matrix ascend.
  func moved(to places: [Int]) -> StateOperation {
    let controls = controls.moved(to: places)
    switch self {
    case .matrix(let entries, let targets, _):
      let moved = targets.map { places[$0] }
      guard moved.count == 2, moved[0] > moved[1] else { return .matrix(entries, targets: moved, controls: controls) }
      let exchanged = (0..<16).map { entries[BlockOperation.exchangedEntry($0)] }
      return .matrix(exchanged, targets: [moved[1], moved[0]], controls: controls)
    case .diagonal(let factors, let targets, _): return .diagonal(factors, targets: targets.map { places[$0] }, controls: controls)
    case .permutation(let table, let targets, _):
      return .permutation(table, targets: targets.map { places[$0] }, controls: controls)
    case .pauliRotation(let x, let z, let angle, _):
      return .pauliRotation(x: movedBits(x, to: places), z: movedBits(z, to: places), angle: angle, controls: controls)
    }
  }
}

extension Controls {
  /// The same on other qubits: what was on qubit q is on `places[q]`.
  func moved(to places: [Int]) -> Controls {
    mask == 0 ? self : Controls(mask: movedBits(mask, to: places), values: movedBits(values, to: places))
  }
}

extension [Int] {
  /// Whether a permutation exchanges two halves, or two qubits.
  var isExchange: Bool {
    switch count {
    case 2: self[0] == 1
    case 4: self[0] == 0 && self[1] == 2 && self[2] == 1
    default: false
    }
  }
}
