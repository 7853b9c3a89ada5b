internal import Circuits

/// Turns a circuit's operations into those that are cheapest in a tile.
///
/// SWAPs only rename qubits. Gates on one qubit are multiplied together and taken apart into diagonals and a rotation (``RotationForm``). Gates
/// that meet on the same two qubits become one matrix where their parts would cost more. Qubits that are known to be |0⟩ or |1⟩ take no
/// part: their controls are decided, their phases are factors.
struct GateFuser {
  var output: PlannedCircuit
  /// The product of the gates on each wire that wait for a neighbour, and the wires that have one.
  var singles: [Matrix2]
  var waiting: UInt64 = 0
  /// The other wire of the pair that is gathering gates on each wire; −1 for none.
  var partners: [Int]
  /// The gates that a pair has gathered, by its lower wire.
  var gathered: [Gathered]
  var parts: [Part] = []
  /// What each wire's |1⟩ has still to be multiplied by, before the wire is mixed again, and the wires that have such a phase.
  var phases: [Complex]
  var withPhase: UInt64 = 0
  /// What the state has still to be multiplied by.
  var factor = Complex.one
  /// The Cartan form that each wire has come out of, and the wires on which it was the last operation.
  var rows: [Rows]
  var withRows: UInt64 = 0
  /// Wires that are known to be |0⟩ or |1⟩, and those of them that are |1⟩.
  var known: UInt64
  var ones: UInt64 = 0
  /// Whether matrices on two wires are taken apart.
  let usesCartan: Bool
  /// What a pair costs as one matrix.
  let matrixCost: Double

  /// Gates on one pair of wires with nothing between them: a list through ``parts``.
  struct Gathered {
    var first = -1
    var last = -1
    /// How many gates on both wires there are; a matrix counts twice.
    var pairCount = 0
  }

  /// Where a Cartan form's numbers begin, and which of its two bits a wire is.
  struct Rows {
    var first = 0
    var bit = 0
  }

  struct Part {
    let gate: BlockOperation
    var next = -1
  }

  /// The operations, and the wire of each qubit at the end; or the error of the first operation that does not fit.
  static func fused(
    _ operations: [StateOperation], layout: QubitLayout, usesCartan: Bool
  ) throws(SimulatorError) -> PlannedCircuit {
    var fuser = GateFuser(layout, operations.count, usesCartan: usesCartan)
    // Checked and taken in one go, because an operation is copied with its arrays each time that it is read from a list.
    for operation in operations {
      try operation.validate(qubitCount: layout.positions.count)
      fuser.append(operation)
    }
    fuser.finish()
    return fuser.output
  }

  private init(_ layout: QubitLayout, _ operationCount: Int, usesCartan: Bool) {
    let count = layout.positions.count
    output = PlannedCircuit(wires: Array(0..<count))
    output.operations.reserveCapacity(operationCount)
    output.numbers.reserveCapacity(16 * operationCount)
    parts.reserveCapacity(operationCount)
    self.usesCartan = usesCartan
    matrixCost = usesCartan ? BlockCost.cartan : BlockCost.matrixOnTwo
    singles = Array(repeating: .identity, count: count)
    phases = Array(repeating: .one, count: count)
    partners = Array(repeating: -1, count: count)
    rows = Array(repeating: Rows(), count: count)
    gathered = Array(repeating: Gathered(), count: count)
    known = (0..<count).reduce(0) { $0 | (layout.isZero($1) ? 1 << UInt64($1) : 0) }
  }
}

// MARK: Reading

extension GateFuser {
  private mutating func append(_ operation: StateOperation) {
    switch operation {
    case .matrix(let entries, let targets, let controls):
      if targets.count > 2 { return appendOther(operation) }
      append(BlockOperation(matrix: entries, targets, controls, at: output.wires, &output.numbers))
    case .diagonal(let factors, let targets, let controls):
      if targets.count > 2 { return appendSimplified(operation) }
      append(BlockOperation(diagonal: factors, targets, controls, at: output.wires, &output.numbers).simplified(&output.numbers))
    case .permutation(let table, let targets, let controls):
      if !table.isExchange {
        if table.indices.contains(where: { table[$0] != $0 }) { appendSimplified(operation) }
      } else if targets.count == 2, controls == .none {
        output.wires.swapAt(targets[0], targets[1])
      } else {
        append(BlockOperation(exchanging: targets, controls, at: output.wires))
      }
    case .pauliRotation(let x, let z, let angle, let controls): appendRotation(x, z, angle, controls)
    }
  }

  /// An operation on so many qubits that some of them may be controls; on others only a kernel of its own does it.
  private mutating func appendSimplified(_ operation: StateOperation) {
    let simplified = operation.simplified()
    guard let gate = BlockOperation(simplified, at: output.wires, &output.numbers) else { return appendOther(simplified) }
    append(gate.kind == .diagonal ? gate.simplified(&output.numbers) : gate)
  }

  private mutating func append(_ operation: BlockOperation) {
    guard let gate = decided(operation) else { return }
    let touched = gate.mixed | gate.selecting
    switch touched.nonzeroBitCount {
    case 0: emit(gate)
    case 1:
      let wire = touched.trailingZeroBitCount
      let matrix = Matrix2(gate, output.numbers)
      singles[wire] = waiting & touched == 0 ? matrix : matrix * singles[wire]
      waiting |= touched
    case 2: appendToPair(gate, touched)
    default:
      release(touched)
      emit(gate)
    }
  }

  /// A rotation about a Pauli string, on few qubits in parts that the kernels of a block do.
  private mutating func appendRotation(_ x: UInt64, _ z: UInt64, _ angle: Double, _ controls: Controls) {
    let touched = x | z | controls.mask
    let operation = StateOperation.pauliRotation(x: x, z: z, angle: angle, controls: controls)
    if x == 0, z.nonzeroBitCount <= Limits.parityTableQubitCount {
      let factors = (0..<(1 << z.nonzeroBitCount)).map { Complex(phase: $0.nonzeroBitCount % 2 == 0 ? -angle / 2 : angle / 2) }
      append(.diagonal(factors, targets: setBits(z), controls: controls))
    } else if (x | z).nonzeroBitCount == 1 {
      append(.matrix(operation.matrixOnOne, targets: setBits(x), controls: controls))
    } else if touched.nonzeroBitCount == 2, x.nonzeroBitCount == 1 {
      // (X ⊗ Z) is (X ⊗ I) between two controlled phases.
      let phase = StateOperation.diagonal([-.one], targets: [], controls: Controls(mask: touched, values: touched))
      append(phase)
      appendRotation(x, z & x, angle, .none)
      append(phase)
    } else if touched.nonzeroBitCount == 2 {
      let qubits = setBits(touched)
      append(.matrix(operation.matrix(on: qubits).entries, targets: qubits, controls: .none))
    } else {
      appendOther(operation)
    }
  }

  /// An operation that only a kernel of its own does.
  private mutating func appendOther(_ operation: StateOperation) {
    let moved = operation.moved(to: output.wires)
    guard let controls = decided(moved.controls) else { return }
    let decided = moved.with(controls: controls)
    forget((decided.mixedQubits | decided.selectingQubits) & known)
    release(decided.mixedQubits | decided.selectingQubits)
    emitPhases(decided.mixedQubits)
    withRows &= ~(decided.mixedQubits | decided.selectingQubits)
    output.others.append(decided)
    output.operations.append(PlannedOperation(other: output.others.count - 1, decided))
  }

  private mutating func appendToPair(_ gate: BlockOperation, _ touched: UInt64) {
    let (low, high) = (touched.trailingZeroBitCount, 63 - touched.leadingZeroBitCount)
    if partners[low] != high {
      closePairs(touched)
      (partners[low], partners[high]) = (high, low)
      gathered[low] = Gathered()
    }
    takeWaiting(low, high)
    gather(gate, low)
    gathered[low].pairCount += gate.kind == .matrix ? 2 : 1
  }

  /// Lets what waits on two wires join their pair.
  mutating func takeWaiting(_ low: Int, _ high: Int) {
    for wire in [low, high] where waiting >> UInt64(wire) & 1 == 1 {
      waiting &= ~(1 << UInt64(wire))
      gather(single(on: wire), low)
    }
  }

  /// What waits on a wire, as an operation.
  private mutating func single(on wire: Int) -> BlockOperation {
    BlockOperation(kind: .matrix, targets: 1 << UInt64(wire), controls: .none, firstNumber: append(singles[wire]))
  }

  mutating func gather(_ gate: BlockOperation, _ low: Int) {
    parts.append(Part(gate: gate))
    let place = parts.count - 1
    if gathered[low].first < 0 { gathered[low].first = place } else { parts[gathered[low].last].next = place }
    gathered[low].last = place
  }
}
