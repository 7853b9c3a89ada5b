internal import Circuits

extension GateFuser {
  mutating func finish() {
    release((1 << UInt64(output.wires.count)) - 1)
    forget(known & ones)
    emitPhases(.max)
    if factor != .one { emitFactor(factor, .none) }
  }

  /// Emits everything that waits on these wires.
  mutating func release(_ touched: UInt64) {
    closePairs(touched)
    var rest = touched & waiting
    waiting &= ~touched
    while rest != 0 {
      let wire = rest.trailingZeroBitCount
      rest &= rest - 1
      emit(singles[wire], on: wire)
    }
  }

  mutating func closePairs(_ touched: UInt64) {
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
  mutating func close(_ low: Int, _ high: Int) {
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
    for (bit, wire) in [(1, low), (2, high)] {
      if let phase = takePhase(wire) { matrix.scaleColumns(bit, by: (.one, phase)) }
    }
    if usesCartan, let form = CartanForm(matrix) {
      emit(form, low: low, high: high)
    } else {
      emitMatrix(matrix, on: 1 << UInt64(low) | 1 << UInt64(high))
    }
  }

  /// Whether the gates of a pair cost more than a matrix. One gate that is none, with two before it, does not.
  func isWorthMatrix(_ pair: Gathered) -> Bool {
    guard pair.pairCount > 1 else { return false }
    var (cost, place) = (0.0, pair.first)
    while place >= 0, cost <= matrixCost {
      cost += BlockCost.cost(of: parts[place].gate, output.numbers)
      place = parts[place].next
    }
    return cost > matrixCost
  }

  mutating func emit(_ gate: BlockOperation, after wires: UInt64 = 0, scale: Complex = .one) {
    emitPhases(gate.mixed)
    withRows &= ~(gate.mixed | gate.selecting)
    output.operations.append(PlannedOperation(gate, after: wires, scale: scale))
  }

  /// Emits the phases that wait on these wires.
  mutating func emitPhases(_ wires: UInt64) {
    var rest = wires & withPhase
    while rest != 0 {
      let wire = rest.trailingZeroBitCount
      rest &= rest - 1
      if let phase = takePhase(wire) { emitFactor(phase, Controls(mask: 1 << UInt64(wire), values: 1 << UInt64(wire))) }
    }
  }

  private mutating func takePhase(_ wire: Int) -> Complex? {
    guard withPhase >> UInt64(wire) & 1 == 1 else { return nil }
    withPhase &= ~(1 << UInt64(wire))
    return phases[wire]
  }

  /// Puts off a diagonal on one wire, unless it makes amplitudes shorter or longer.
  private mutating func putOff(_ first: Complex, _ second: Complex, on wire: Int) {
    let bit = UInt64(1) << UInt64(wire)
    guard RotationForm.areNear(first.lengthSquared, 1), RotationForm.areNear(second.lengthSquared, 1) else {
      return emitDiagonal(first, second, on: bit, .none)
    }
    factor *= first
    let phase = (second * first.conjugate).snapped
    phases[wire] = withPhase & bit == 0 ? phase : phases[wire] * phase
    withPhase = phases[wire] == .one ? withPhase & ~bit : withPhase | bit
  }

  mutating func emitPart(_ gate: BlockOperation) {
    if gate.kind == .matrix, gate.targets.nonzeroBitCount == 1 {
      emit(Matrix2(output.numbers, at: gate.firstNumber), on: gate.targets, controls: gate.controls)
    } else if gate.kind == .matrix, gate.controls == .none, let form = ShearForm(Matrix4(output.numbers, at: gate.firstNumber)) {
      emit(form, on: gate.targets)
    } else {
      emit(gate)
    }
  }

  /// A Cartan decomposition: the last rotations wait for what comes next, the first are taken apart, and their left factors go into the core.
  mutating func emit(_ form: CartanForm, low: Int, high: Int) {
    var (core, last) = (form.core, form.last)
    let lower = takeRotation(form.first.low, on: low, bit: 1, &core, &last.low)
    let upper = takeRotation(form.first.high, on: high, bit: 2, &core, &last.high)
    let place = output.numbers.count
    output.numbers.append(lower)
    output.numbers.append(upper)
    for row in 0..<4 { output.numbers.append(core.diagonal[row]) }
    for row in 0..<4 { output.numbers.append(core.other[row]) }
    let pair = UInt64(1) << UInt64(low) | 1 << UInt64(high)
    emit(BlockOperation(kind: .cartan, targets: pair, controls: .none, firstNumber: place))
    (singles[low], singles[high]) = last
    waiting |= pair
    (rows[low], rows[high]) = (Rows(first: place, bit: 1), Rows(first: place, bit: 2))
    withRows |= pair
  }

  /// Takes apart what comes before a core on one of its wires: the left factor goes into the core, the right one to what came before. Returns
  /// the rotation's numbers.
  private mutating func takeRotation(
    _ first: Matrix2, on wire: Int, bit: Int, _ core: inout CartanForm.Core, _ last: inout Matrix2
  ) -> Complex {
    var u = first
    if u.b.lengthSquared > u.a.lengthSquared {
      // (X·u) has the larger entries on the diagonal; X goes through the core, and waits with the last rotation.
      u = u.flipped
      core.conjugateByX(bit)
      last = last.columnsFlipped
    }
    let rotation = RealRotation(u)
    core.scaleColumns(bit, by: rotation.left)
    multiplyRight(rotation.right, on: wire)
    return Complex(rotation.upper, rotation.lower)
  }

  /// A phase of a wire that is |1⟩, before a rotation: part of the Cartan form that came just before, or a diagonal of its own.
  mutating func multiplyRight(_ factor: Complex, on wire: Int) {
    if factor == .one { return }
    guard withRows >> UInt64(wire) & 1 == 1 else {
      return emitFactor(factor, Controls(mask: 1 << UInt64(wire), values: 1 << UInt64(wire)))
    }
    for row in 0..<4 where row & rows[wire].bit != 0 {
      output.numbers[rows[wire].first + 2 + row] *= factor
      output.numbers[rows[wire].first + 6 + row] *= factor
    }
  }

  mutating func emit(_ form: ShearForm, on pair: UInt64) {
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

  mutating func emitMatrix(_ u: Matrix4, on pair: UInt64) {
    let first = output.numbers.count
    for row in 0..<4 { for column in 0..<4 { output.numbers.append(u[row, column]) } }
    emit(BlockOperation(kind: .matrix, targets: pair, controls: .none, firstNumber: first))
  }

  /// A matrix on one wire, taken apart; what it leaves of a phase waits until the wire is mixed again.
  mutating func emit(_ matrix: Matrix2, on wire: Int) {
    var u = matrix
    if let phase = takePhase(wire) { u.scaleSecondColumn(by: phase) }
    let bit = UInt64(1) << UInt64(wire)
    if u.isDiagonal { return putOff(u.a, u.d, on: wire) }
    if u.isAntidiagonal {
      emit(BlockOperation(kind: .exchange, targets: bit, controls: .none, firstNumber: 0))
      return putOff(u.b, u.c, on: wire)
    }
    guard let form = RotationForm(u) else { return emitMatrix(u, on: bit, .none) }
    if form.flips { emit(BlockOperation(kind: .exchange, targets: bit, controls: .none, firstNumber: 0)) }
    multiplyRight(form.right, on: wire)
    emitMatrix(Matrix2(a: .one, b: form.upper, c: form.lower, d: .one), on: bit, .none, scale: form.scale)
    if form.left != .one { putOff(.one, form.left, on: wire) }
  }

  /// A matrix on one wire with controls, taken apart.
  mutating func emit(_ u: Matrix2, on wire: UInt64, controls: Controls) {
    if controls == .none { return emit(u, on: wire.trailingZeroBitCount) }
    if u.isDiagonal { return emitDiagonal(u.a, u.d, on: wire, controls) }
    if u.isAntidiagonal {
      emit(BlockOperation(kind: .exchange, targets: wire, controls: controls, firstNumber: 0))
      return emitDiagonal(u.b, u.c, on: wire, controls)
    }
    // Its factor is an operation of its own, so that it is not seen in time how much the amplitudes grow.
    guard let form = RotationForm(u, longest: 1) else { return emitMatrix(u, on: wire, controls) }
    if form.flips { emit(BlockOperation(kind: .exchange, targets: wire, controls: controls, firstNumber: 0)) }
    emitDiagonal(.one, form.right, on: wire, controls)
    emitMatrix(Matrix2(a: .one, b: form.upper, c: form.lower, d: .one), on: wire, controls)
    emitDiagonal(.one, form.left, on: wire, controls)
    if form.scale != .one { emitFactor(form.scale, controls, after: wire) }
  }

  mutating func emitMatrix(_ u: Matrix2, on wire: UInt64, _ controls: Controls, scale: Complex = .one) {
    emit(BlockOperation(kind: .matrix, targets: wire, controls: controls, firstNumber: append(u)), scale: scale)
  }

  /// Writes down the entries of a matrix; returns where they begin.
  mutating func append(_ u: Matrix2) -> Int {
    output.numbers.append(u.a)
    output.numbers.append(u.b)
    output.numbers.append(u.c)
    output.numbers.append(u.d)
    return output.numbers.count - 4
  }

  mutating func emitDiagonal(_ first: Complex, _ second: Complex, on wire: UInt64, _ controls: Controls) {
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
  mutating func emitFactor(_ factor: Complex, _ controls: Controls, after wire: UInt64 = 0) {
    output.numbers.append(factor)
    emit(BlockOperation(kind: .diagonal, targets: 0, controls: controls, firstNumber: output.numbers.count - 1), after: wire)
  }
}
