internal import Circuits

/// Turns a circuit's operations into those that are cheapest in a tile.
///
/// SWAPs only rename qubits. Gates on one qubit are multiplied together and taken apart into diagonals and a rotation (``RotationForm``). Gates
/// that meet on the same two qubits become one matrix where their parts would cost more. Qubits that are known to be |0⟩ or |1⟩ take no
/// part: their controls are decided, their phases are factors.
struct GateFuser {
  private(set) var output: [PlannedOperation] = []
  /// What is called qubit q now, as the plan calls it.
  private(set) var wires: [Int]
  /// The product of the gates on each wire that wait for a neighbour.
  private var singles: [[Complex]?]
  /// The pair of wires that is gathering gates, by either of its wires.
  private var pairs: [Pair?]
  /// Wires that are known to be |0⟩ or |1⟩, and those of them that are |1⟩.
  private var known: UInt64
  private var ones: UInt64 = 0

  /// Gates on one pair of wires with nothing between them.
  private struct Pair {
    let low: Int
    let high: Int
    var parts: [StateOperation] = []
    var cost = 0.0
  }

  /// The operations, and the wire of each qubit at the end.
  static func fused(_ operations: [StateOperation], layout: QubitLayout) -> (operations: [PlannedOperation], wires: [Int]) {
    var fuser = GateFuser(layout)
    for operation in operations { fuser.append(operation) }
    fuser.finish()
    return (fuser.output, fuser.wires)
  }

  private init(_ layout: QubitLayout) {
    wires = Array(layout.positions.indices)
    singles = Array(repeating: nil, count: wires.count)
    pairs = Array(repeating: nil, count: wires.count)
    known = wires.reduce(0) { $0 | (layout.isZero($1) ? 1 << UInt64($1) : 0) }
  }

  // MARK: Reading

  private mutating func append(_ operation: StateOperation) {
    if case .permutation([0, 2, 1, 3], let targets, .none) = operation {
      wires.swapAt(targets[0], targets[1])
      return
    }
    guard let decided = decided(operation.moved(to: wires).simplified()) else { return }
    let touched = decided.mixedQubits | decided.selectingQubits
    if touched == 0 {
      output.append(PlannedOperation(decided))
    } else if touched.nonzeroBitCount == 1 {
      appendSingle(decided, on: touched.trailingZeroBitCount)
    } else if touched.nonzeroBitCount == 2, decided.fitsBlock || decided.isPauliRotation {
      appendToPair(decided, touched)
    } else {
      release(touched)
      emit(decided)
    }
  }

  /// An operation without the qubits whose value is known; nil if it does nothing.
  private mutating func decided(_ operation: StateOperation) -> StateOperation? {
    guard known != 0 else { return operation }
    let (mixed, selecting) = (operation.mixedQubits, operation.selectingQubits)
    guard (mixed | selecting) & known != 0 else { return operation }
    var operation = operation
    if operation.controls.mask & known != 0 {
      let controls = operation.controls
      guard (controls.values ^ ones) & controls.mask & known == 0 else { return nil }
      operation = operation.with(controls: Controls(mask: controls.mask & ~known, values: controls.values & ~known))
    }
    if case .diagonal(let factors, let targets, let controls) = operation, bitMask(of: targets) & known != 0 {
      operation = reduced(factors, targets, controls)
    }
    if case .permutation([1, 0], let targets, .none) = operation, known >> UInt64(targets[0]) & 1 == 1 {
      ones ^= 1 << UInt64(targets[0])
      return nil
    }
    forget((mixed | operation.selectingQubits) & known)
    return operation
  }

  /// A diagonal of which some targets have a known value.
  private func reduced(_ factors: [Complex], _ targets: [Int], _ controls: Controls) -> StateOperation {
    let kept = targets.indices.filter { known >> UInt64(targets[$0]) & 1 == 0 }
    let base = targets.indices.reduce(0) { $0 | Int((known & ones) >> UInt64(targets[$1]) & 1) << $1 }
    let chosen = (0..<(1 << kept.count)).map { value in
      factors[kept.enumerated().reduce(base) { $0 | (value >> $1.offset & 1) << $1.element }]
    }
    return .diagonal(chosen, targets: kept.map { targets[$0] }, controls: controls)
  }

  /// Wires that will be mixed are not known any longer; those that are |1⟩ have to be set.
  private mutating func forget(_ wires: UInt64) {
    var rest = wires & ones
    while rest != 0 {
      output.append(PlannedOperation(.permutation([1, 0], targets: [rest.trailingZeroBitCount], controls: .none)))
      rest &= rest - 1
    }
    known &= ~wires
    ones &= ~wires
  }

  private mutating func appendSingle(_ operation: StateOperation, on wire: Int) {
    let matrix = operation.matrixOnOne
    singles[wire] = singles[wire].map { Self.product(matrix, $0) } ?? matrix
  }

  private mutating func appendToPair(_ operation: StateOperation, _ touched: UInt64) {
    let low = touched.trailingZeroBitCount
    let high = 63 - touched.leadingZeroBitCount
    if pairs[low]?.high != high || pairs[high]?.low != low {
      closePairs(touched)
      pairs[low] = Pair(low: low, high: high)
    }
    // Kept with the lower wire; the higher one only says so.
    var pair = pairs[low] ?? Pair(low: low, high: high)
    pairs[low] = nil
    for wire in [low, high] {
      guard let single = singles[wire] else { continue }
      singles[wire] = nil
      pair.parts.append(.matrix(single, targets: [wire], controls: .none))
      pair.cost += BlockCost.cost(ofSingle: single)
    }
    pair.parts.append(operation)
    pair.cost += BlockCost.cost(of: operation)
    pairs[low] = pair
    pairs[high] = Pair(low: low, high: high)
  }

  // MARK: Writing

  private mutating func finish() {
    release((0..<wires.count).reduce(0) { $0 | 1 << UInt64($1) })
    forget(known & ones)
  }

  /// Emits everything that waits on these wires.
  private mutating func release(_ touched: UInt64) {
    closePairs(touched)
    var rest = touched
    while rest != 0 {
      let wire = rest.trailingZeroBitCount
      rest &= rest - 1
      guard let single = singles[wire] else { continue }
      singles[wire] = nil
      emit(single, on: wire, controls: .none)
    }
  }

  private mutating func closePairs(_ touched: UInt64) {
    var rest = touched
    while rest != 0 {
      let wire = rest.trailingZeroBitCount
      rest &= rest - 1
      guard let either = pairs[wire], let pair = pairs[either.low] else { continue }
      (pairs[pair.low], pairs[pair.high]) = (nil, nil)
      close(pair)
    }
  }

  /// Emits a pair as one matrix if that is cheaper than its parts; what waits on its wires joins the matrix, and waits on otherwise.
  private mutating func close(_ pair: Pair) {
    guard pair.cost > BlockCost.matrixOnTwo else {
      for part in pair.parts { emit(part) }
      return
    }
    var columns = (0..<4).map { column in (0..<4).map { $0 == column ? Complex.one : .zero } }
    var parts = pair.parts
    for wire in [pair.low, pair.high] {
      if let single = singles[wire] { parts.append(.matrix(single, targets: [wire], controls: .none)) }
      singles[wire] = nil
    }
    for part in parts {
      let matrix = part.matrixOnPair(pair.low, pair.high)
      columns = columns.map { column in
        (0..<4).map { row in (0..<4).reduce(Complex.zero) { $0 + matrix[4 * row + $1] * column[$1] } }
      }
    }
    let entries = (0..<16).map { columns[$0 % 4][$0 / 4] }
    output.append(PlannedOperation(.matrix(entries, targets: [pair.low, pair.high], controls: .none)))
  }

  private mutating func emit(_ operation: StateOperation) {
    switch operation {
    case .matrix(let entries, let targets, let controls) where targets.count == 1:
      emit(entries, on: targets[0], controls: controls)
    case .pauliRotation(let x, let z, _, let controls) where (x | z | controls.mask).nonzeroBitCount <= 2 && x != 0:
      let touched = x | z | controls.mask
      let (low, high) = (touched.trailingZeroBitCount, 63 - touched.leadingZeroBitCount)
      output.append(PlannedOperation(.matrix(operation.matrixOnPair(low, high), targets: [low, high], controls: .none)))
    case .pauliRotation(0, let z, let angle, let controls) where z.nonzeroBitCount <= Limits.parityTableQubitCount:
      let factors = (0..<(1 << z.nonzeroBitCount)).map { Complex(phase: $0.nonzeroBitCount % 2 == 0 ? -angle / 2 : angle / 2) }
      let targets = (0..<64).filter { z >> UInt64($0) & 1 == 1 }
      output.append(PlannedOperation(.diagonal(factors, targets: targets, controls: controls)))
    default: output.append(PlannedOperation(operation))
    }
  }

  /// A matrix on one wire, taken apart.
  private mutating func emit(_ u: [Complex], on wire: Int, controls: Controls) {
    if u[1] == .zero, u[2] == .zero {
      emitDiagonal(u[0], u[3], on: wire, controls)
      return
    }
    if u[0] == .zero, u[3] == .zero {
      output.append(PlannedOperation(.permutation([1, 0], targets: [wire], controls: controls)))
      emitDiagonal(u[1], u[2], on: wire, controls)
      return
    }
    guard let form = RotationForm(u) else {
      output.append(PlannedOperation(.matrix(u, targets: [wire], controls: controls)))
      return
    }
    if form.flips { output.append(PlannedOperation(.permutation([1, 0], targets: [wire], controls: controls))) }
    emitDiagonal(.one, form.right, on: wire, controls)
    output.append(PlannedOperation(.matrix([.one, form.upper, form.lower, .one], targets: [wire], controls: controls)))
    emitDiagonal(.one, form.left, on: wire, controls)
    guard form.scale != .one else { return }
    output.append(PlannedOperation(.diagonal([form.scale], targets: [], controls: controls), after: wire))
  }

  private mutating func emitDiagonal(_ first: Complex, _ second: Complex, on wire: Int, _ controls: Controls) {
    if first == .one, second == .one { return }
    if first == second {
      output.append(PlannedOperation(.diagonal([first], targets: [], controls: controls)))
      return
    }
    output.append(PlannedOperation(StateOperation.diagonal([first, second], targets: [wire], controls: controls).simplified()))
  }

  private static func product(_ a: [Complex], _ b: [Complex]) -> [Complex] {
    [
      a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3],
      a[2] * b[0] + a[3] * b[2], a[2] * b[1] + a[3] * b[3],
    ]
  }
}
