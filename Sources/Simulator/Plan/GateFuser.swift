internal import Circuits

/// Turns a circuit's operations into those that are cheapest in a tile.
///
/// SWAPs only rename qubits. Gates on one qubit are multiplied together and taken apart into diagonals and a rotation (``RotationForm``). Gates
/// that meet on the same two qubits become one matrix where their parts would cost more. Qubits that are known to be |0⟩ or |1⟩ take no
/// part: their controls are decided, their phases are factors.
struct GateFuser {
  private var output: PlannedCircuit
  /// The product of the gates on each wire that wait for a neighbour, and the wires that have one.
  private var singles: [Matrix2]
  private var waiting: UInt64 = 0
  /// The other wire of the pair that is gathering gates on each wire; −1 for none.
  private var partners: [Int]
  /// The gates that a pair has gathered, by its lower wire.
  private var gathered: [Gathered]
  private var parts: [Part] = []
  /// The Cartan form that each wire has come out of, and the wires on which it was the last operation.
  private var rows: [Rows]
  private var withRows: UInt64 = 0
  /// Wires that are known to be |0⟩ or |1⟩, and those of them that are |1⟩.
  private var known: UInt64
  private var ones: UInt64 = 0
  /// Whether matrices on two wires are taken apart.
  private let usesCartan: Bool
  /// What a pair costs as one matrix.
  private let matrixCost: Double

  /// Gates on one pair of wires with nothing between them: a list through ``parts``.
  private struct Gathered {
    var first = -1
    var last = -1
    /// How many gates on both wires there are; a matrix counts twice.
    var pairCount = 0
  }

  /// Where a Cartan form's numbers begin, and which of its two bits a wire is.
  private struct Rows {
    var first = 0
    var bit = 0
  }

  private struct Part {
    let gate: BlockOperation
    var next = -1
  }

  /// The operations, and the wire of each qubit at the end.
  static func fused(_ operations: [StateOperation], layout: QubitLayout, usesCartan: Bool) -> PlannedCircuit {
    var fuser = GateFuser(layout, operations.count, usesCartan: usesCartan)
    for operation in operations { fuser.append(operation) }
    fuser.finish()
    return fuser.output
  }

  private init(_ layout: QubitLayout, _ operationCount: Int, usesCartan: Bool) {
    let count = layout.positions.count
    output = PlannedCircuit(wires: Array(0..<count))
    output.operations.reserveCapacity(operationCount)
    output.numbers.reserveCapacity(4 * operationCount)
    parts.reserveCapacity(operationCount)
    self.usesCartan = usesCartan
    matrixCost = usesCartan ? BlockCost.cartan : BlockCost.matrixOnTwo
    singles = Array(repeating: .identity, count: count)
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
    case .permutation(let table, let targets, .none) where table.count == 4 && table.isExchange:
      output.wires.swapAt(targets[0], targets[1])
    case .permutation(let table, let targets, _) where targets.count > 1 && !table.isExchange:
      if table.indices.allSatisfy({ table[$0] == $0 }) { return }
      appendGate(operation.simplified())
    case .diagonal(_, let targets, _) where targets.count > 2: appendGate(operation.simplified())
    case .pauliRotation(let x, let z, let angle, let controls): appendRotation(x, z, angle, controls)
    case .matrix(_, let targets, _) where targets.count > 2: appendOther(operation)
    default: appendGate(operation)
    }
  }

  /// An operation that the kernels of a block do.
  private mutating func appendGate(_ operation: StateOperation) {
    guard let gate = BlockOperation(operation, at: output.wires, &output.numbers) else { return appendOther(operation) }
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
      appendGate(.diagonal(factors, targets: setBits(z), controls: controls))
    } else if (x | z).nonzeroBitCount == 1 {
      appendGate(.matrix(operation.matrixOnOne, targets: setBits(x), controls: controls))
    } else if touched.nonzeroBitCount == 2, x.nonzeroBitCount == 1 {
      // (X ⊗ Z) is (X ⊗ I) between two controlled phases.
      let phase = StateOperation.diagonal([-.one], targets: [], controls: Controls(mask: touched, values: touched))
      appendGate(phase)
      appendRotation(x, z & x, angle, .none)
      appendGate(phase)
    } else if touched.nonzeroBitCount == 2 {
      let qubits = setBits(touched)
      appendGate(.matrix(operation.matrixOnPair(qubits[0], qubits[1]), targets: qubits, controls: .none))
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
  private mutating func takeWaiting(_ low: Int, _ high: Int) {
    for wire in [low, high] where waiting >> UInt64(wire) & 1 == 1 {
      waiting &= ~(1 << UInt64(wire))
      gather(single(on: wire), low)
    }
  }

  /// What waits on a wire, as an operation.
  private mutating func single(on wire: Int) -> BlockOperation {
    BlockOperation(kind: .matrix, targets: 1 << UInt64(wire), controls: .none, firstNumber: append(singles[wire]))
  }

  private mutating func gather(_ gate: BlockOperation, _ low: Int) {
    parts.append(Part(gate: gate))
    let place = parts.count - 1
    if gathered[low].first < 0 { gathered[low].first = place } else { parts[gathered[low].last].next = place }
    gathered[low].last = place
  }
}

// MARK: Known qubits

extension GateFuser {
  /// Controls without the qubits whose value is known; nil if they are not met.
  private func decided(_ controls: Controls) -> Controls? {
    guard controls.mask & known != 0 else { return controls }
    guard (controls.values ^ ones) & controls.mask & known == 0 else { return nil }
    return Controls(mask: controls.mask & ~known, values: controls.values & ~known)
  }

  /// An operation without the qubits whose value is known; nil if it does nothing.
  private mutating func decided(_ gate: BlockOperation) -> BlockOperation? {
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
  private mutating func forget(_ wires: UInt64) {
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

// MARK: Writing

extension GateFuser {
  private mutating func finish() {
    release((1 << UInt64(output.wires.count)) - 1)
    forget(known & ones)
  }

  /// Emits everything that waits on these wires.
  private mutating func release(_ touched: UInt64) {
    closePairs(touched)
    var rest = touched & waiting
    waiting &= ~touched
    while rest != 0 {
      let wire = rest.trailingZeroBitCount
      rest &= rest - 1
      emit(singles[wire], on: 1 << UInt64(wire), controls: .none)
    }
  }

  private mutating func closePairs(_ touched: UInt64) {
    var rest = touched
    while rest != 0 {
      let wire = rest.trailingZeroBitCount
      rest &= rest - 1
      let partner = partners[wire]
      guard partner >= 0 else { continue }
      (partners[wire], partners[partner]) = (-1, -1)
      close(min(wire, partner), max(wire, partner))
    }
  }

  /// Emits a pair as one matrix if that is cheaper than its parts; what waits on its wires joins the matrix, and waits on otherwise.
  private mutating func close(_ low: Int, _ high: Int) {
    let pair = gathered[low]
    let isMatrix = isWorthMatrix(pair)
    if isMatrix { takeWaiting(low, high) }
    var matrix = Matrix4()
    var place = pair.first
    while place >= 0 {
      let gate = parts[place].gate
      if isMatrix { matrix.apply(gate, low: low, high: high, output.numbers) } else { emitPart(gate) }
      place = parts[place].next
    }
    guard isMatrix else { return }
    if usesCartan, let form = CartanForm(matrix) {
      emit(form, low: low, high: high)
    } else {
      emitMatrix(matrix, on: 1 << UInt64(low) | 1 << UInt64(high))
    }
  }

  /// Whether the gates of a pair cost more than a matrix. One gate that is none, with two before it, does not.
  private func isWorthMatrix(_ pair: Gathered) -> Bool {
    guard pair.pairCount > 1 else { return false }
    var (cost, place) = (0.0, pair.first)
    while place >= 0, cost <= matrixCost {
      cost += BlockCost.cost(of: parts[place].gate, output.numbers)
      place = parts[place].next
    }
    return cost > matrixCost
  }

  private mutating func emit(_ gate: BlockOperation, after wires: UInt64 = 0) {
    withRows &= ~(gate.mixed | gate.selecting)
    output.operations.append(PlannedOperation(gate, after: wires))
  }

  private mutating func emitPart(_ gate: BlockOperation) {
    if gate.kind == .matrix, gate.targets.nonzeroBitCount == 1 {
      emit(Matrix2(output.numbers, at: gate.firstNumber), on: gate.targets, controls: gate.controls)
    } else if gate.kind == .matrix, gate.controls == .none, let form = ShearForm(Matrix4(output.numbers, at: gate.firstNumber)) {
      emit(form, on: gate.targets)
    } else {
      emit(gate)
    }
  }

  /// A Cartan decomposition: the last rotations wait for what comes next, the first are taken apart, and their left factors go into the core.
  private mutating func emit(_ form: CartanForm, low: Int, high: Int) {
    var core = form.core
    var (numbers, last) = ([Complex](), [form.last.low, form.last.high])
    for (index, (wire, first)) in [(low, form.first.low), (high, form.first.high)].enumerated() {
      let bit = 1 << index
      var u = first
      if u.b.lengthSquared > u.a.lengthSquared {
        // (X·u) has the larger entries on the diagonal; X goes through the core, and waits with the last rotation.
        u = u.flipped
        core = core.conjugatedByX(bit)
        last[index] = last[index].columnsFlipped
      }
      let rotation = RealRotation(u)
      core.scaleColumns(bit, by: rotation.left)
      multiplyRight(rotation.right, on: wire)
      numbers.append(Complex(rotation.upper, rotation.lower))
    }
    for row in 0..<4 { numbers.append(core[row, row]) }
    for row in 0..<4 { numbers.append(core[row, 3 - row]) }
    let place = output.numbers.count
    output.numbers += numbers
    let pair = UInt64(1) << UInt64(low) | 1 << UInt64(high)
    emit(BlockOperation(kind: .cartan, targets: pair, controls: .none, firstNumber: place))
    (singles[low], singles[high]) = (last[0], last[1])
    waiting |= pair
    (rows[low], rows[high]) = (Rows(first: place, bit: 1), Rows(first: place, bit: 2))
    withRows |= pair
  }

  /// A phase of a wire that is |1⟩, before a rotation: part of the Cartan form that came just before, or a diagonal of its own.
  private mutating func multiplyRight(_ factor: Complex, on wire: Int) {
    if factor == .one { return }
    guard withRows >> UInt64(wire) & 1 == 1 else { return emitDiagonal(.one, factor, on: 1 << UInt64(wire), .none) }
    for row in 0..<4 where row & rows[wire].bit != 0 {
      output.numbers[rows[wire].first + 2 + row] *= factor
      output.numbers[rows[wire].first + 6 + row] *= factor
    }
  }

  private mutating func emit(_ form: ShearForm, on pair: UInt64) {
    func exchange(_ targets: UInt64) -> BlockOperation {
      BlockOperation(kind: .exchange, targets: targets, controls: .none, firstNumber: 0)
    }
    if form.exchangesEven != form.exchangesOdd { emit(exchange(pair)) }
    if form.exchangesEven {
      emit(exchange(pair & (~pair + 1)))
      emit(exchange(pair & (pair - 1)))
    }
    if !form.isDiagonal {
      var matrix = Matrix4()
      for row in 0..<4 { matrix[row, 3 - row] = form.shear[row] }
      emitMatrix(matrix, on: pair)
    }
    let first = output.numbers.count
    for row in 0..<4 { output.numbers.append(form.diagonal[row]) }
    emit(BlockOperation(kind: .diagonal, targets: pair, controls: .none, firstNumber: first).simplified(&output.numbers))
  }

  private mutating func emitMatrix(_ u: Matrix4, on pair: UInt64) {
    let first = output.numbers.count
    for index in 0..<16 { output.numbers.append(u.entries[index]) }
    emit(BlockOperation(kind: .matrix, targets: pair, controls: .none, firstNumber: first))
  }

  /// A matrix on one wire, taken apart.
  private mutating func emit(_ u: Matrix2, on wire: UInt64, controls: Controls) {
    if u.isDiagonal { return emitDiagonal(u.a, u.d, on: wire, controls) }
    if u.isAntidiagonal {
      emit(BlockOperation(kind: .exchange, targets: wire, controls: controls, firstNumber: 0))
      return emitDiagonal(u.b, u.c, on: wire, controls)
    }
    guard let form = RotationForm(u) else { return emitMatrix(u, on: wire, controls) }
    if form.flips { emit(BlockOperation(kind: .exchange, targets: wire, controls: controls, firstNumber: 0)) }
    emitDiagonal(.one, form.right, on: wire, controls)
    emitMatrix(Matrix2(a: .one, b: form.upper, c: form.lower, d: .one), on: wire, controls)
    emitDiagonal(.one, form.left, on: wire, controls)
    if form.scale != .one { emitFactor(form.scale, controls, after: wire) }
  }

  private mutating func emitMatrix(_ u: Matrix2, on wire: UInt64, _ controls: Controls) {
    emit(BlockOperation(kind: .matrix, targets: wire, controls: controls, firstNumber: append(u)))
  }

  /// Writes down the entries of a matrix; returns where they begin.
  private mutating func append(_ u: Matrix2) -> Int {
    output.numbers.append(u.a)
    output.numbers.append(u.b)
    output.numbers.append(u.c)
    output.numbers.append(u.d)
    return output.numbers.count - 4
  }

  private mutating func emitDiagonal(_ first: Complex, _ second: Complex, on wire: UInt64, _ controls: Controls) {
    if first == second {
      if first != .one { emitFactor(first, controls) }
    } else if first == .one {
      emitFactor(second, Controls(mask: controls.mask | wire, values: controls.values | wire))
    } else if second == .one {
      emitFactor(first, Controls(mask: controls.mask | wire, values: controls.values))
    } else {
      output.numbers.append(first)
      output.numbers.append(second)
      emit(BlockOperation(kind: .diagonal, targets: wire, controls: controls, firstNumber: output.numbers.count - 2))
    }
  }

  /// A factor of every amplitude that meets the controls.
  private mutating func emitFactor(_ factor: Complex, _ controls: Controls, after wire: UInt64 = 0) {
    output.numbers.append(factor)
    emit(BlockOperation(kind: .diagonal, targets: 0, controls: controls, firstNumber: output.numbers.count - 1), after: wire)
  }
}
