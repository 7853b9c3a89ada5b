internal import Circuits

/// Puts rotations in an order in which few passes over the states apply them.
///
/// Rotations that commute may change places. First come those that reach new basis states; then blocks, each of as many rotations as the span
/// of a few directions has; diagonal rotations wait until one that does not commute with them needs them, and are tabulated then.
struct LanePlanner {
  private var plan: LanePlan
  /// Directions of a block, and those of them along which it has rotations.
  private let blockQubitCount: Int
  private let usedQubitCount: Int
  /// The coordinates that do not number lanes: directions of one block, and of growths, are independent in these.
  private let addressMask: UInt64
  /// Rotations that have no place yet, in the order of time.
  private var rest: [Int]
  private var numberCount = 0

  /// Plans the rotations of a circuit.
  ///
  /// - Parameter isDifferentiable: Whether the rotations are undone too: then the last direction of each block stays free, because a group
  ///   that is undone holds two states.
  static func plan(_ rotations: [LanePlan.Rotation], bits: Int, isSpread: Bool, isDifferentiable: Bool) -> LanePlan {
    var planner = LanePlanner(rotations, bits: bits, isSpread: isSpread, isDifferentiable: isDifferentiable)
    planner.grow()
    while !planner.rest.isEmpty { planner.addBlock() }
    return planner.plan
  }

  private init(_ rotations: [LanePlan.Rotation], bits: Int, isSpread: Bool, isDifferentiable: Bool) {
    let isReal = rotations.allSatisfy { !$0.isImaginary }
    blockQubitCount = isReal ? Limits.laneRealBlockQubitCount : Limits.laneComplexBlockQubitCount
    usedQubitCount = isDifferentiable ? blockQubitCount - 1 : blockQubitCount
    plan = LanePlan(
      bits: max(bits, blockQubitCount), isReal: isReal, isSpread: isSpread, rotations: rotations,
      numbers: Array(repeating: 0, count: rotations.count), growths: [], tables: [], blocks: [], scaleCount: 0)
    rest = Array(rotations.indices)
    addressMask = isSpread ? 1 << UInt64(bits - Limits.laneSpreadQubitCount) - 1 : .max
  }

  private mutating func number(_ rotation: Int) {
    plan.numbers[rotation] = numberCount
    numberCount += 1
  }

  /// Takes out of `rest` what `accepts` takes, in order; a rotation may only pass those that it commutes with.
  private mutating func take(_ accepts: (Int) -> Bool) -> [Int] {
    var (taken, skipped) = ([Int](), [Int]())
    for (place, index) in rest.enumerated() {
      guard skipped.count < Limits.laneWindow else {
        skipped += rest[place...]
        break
      }
      let rotation = plan.rotations[index]
      if skipped.allSatisfy({ plan.rotations[$0].commutes(with: rotation) }), accepts(index) {
        taken.append(index)
      } else {
        skipped.append(index)
      }
    }
    rest = skipped
    return taken
  }
}

// MARK: Growth

extension LanePlanner {
  private mutating func grow() {
    var reached = BinaryEchelon()
    let (rotations, mask) = (plan.rotations, addressMask)
    plan.growths = take { reached.insert(UInt64(rotations[$0].x) & mask) }
    for rotation in plan.growths { number(rotation) }
  }
}

// MARK: Blocks

extension LanePlanner {
  private mutating func addBlock() {
    var operations = [LanePlan.Operation]()
    var taken = takeSpan()
    if taken.rotations.isEmpty {
      operations += diagonals()
      taken = takeSpan()
    }
    for rotation in taken.rotations { add(rotation, to: &operations) }
    plan.blocks.append(LanePlan.Block(directions: completed(taken.directions), operations: operations))
  }

  private mutating func add(_ rotation: Int, to operations: inout [LanePlan.Operation]) {
    number(rotation)
    operations.append(.rotation(rotation))
    addScales(to: &operations)
  }

  /// Puts back what rotations have left out, as soon as enough have: few qubits take any number of rotations in one block.
  private mutating func addScales(to operations: inout [LanePlan.Operation]) {
    while numberCount >= (plan.scaleCount + 1) * Limits.laneScaleInterval {
      operations.append(.scale(plan.scaleCount))
      plan.scaleCount += 1
    }
  }

  /// Rotations that are not diagonal, of the span of as many directions as a block has.
  private mutating func takeSpan() -> (rotations: [Int], directions: [UInt32]) {
    var (span, addresses, directions) = (BinaryEchelon(), BinaryEchelon(), [UInt32]())
    let (rotations, directionCount, mask) = (plan.rotations, usedQubitCount, addressMask)
    let taken = take { index in
      let x = rotations[index].x
      guard x != 0 else { return false }
      guard span.reduced(UInt64(x)) != 0 else { return true }
      guard directions.count < directionCount else { return false }
      guard addresses.insert(UInt64(x) & mask) else { return false }
      directions.append(x)
      return span.insert(UInt64(x))
    }
    return (taken, directions)
  }

  /// As many independent directions as a block has: the given ones, and single coordinates.
  private func completed(_ directions: [UInt32]) -> [UInt32] {
    var (span, result) = (BinaryEchelon(), directions)
    for direction in directions { _ = span.insert(UInt64(direction) & addressMask) }
    for bit in 0..<plan.bits where result.count < blockQubitCount {
      if span.insert(1 << UInt64(bit) & addressMask) { result.append(1 << UInt32(bit)) }
    }
    return result
  }
}

// MARK: Diagonals

extension LanePlanner {
  /// All diagonal rotations that nothing keeps, as tables where those are cheaper.
  private mutating func diagonals() -> [LanePlan.Operation] {
    let rotations = plan.rotations
    var waiting = take { rotations[$0].x == 0 }
    var operations = [LanePlan.Operation]()
    while !waiting.isEmpty {
      let (table, members, others) = gathered(waiting)
      if isWorthTabulating(table) {
        for string in table.strings { number(string.rotation) }
        operations.append(.table(plan.tables.count))
        plan.tables.append(table)
        addScales(to: &operations)
      } else {
        for rotation in members { add(rotation, to: &operations) }
      }
      waiting = others
    }
    return operations
  }

  /// A table of the rotations that fit: those whose parities are in the span of at most eight, beginning with the first one's.
  private func gathered(_ rotations: [Int]) -> (table: LanePlan.Table, members: [Int], others: [Int]) {
    var (span, functionals) = (BinaryEchelon(), [UInt32]())
    var (members, others) = ([Int](), [Int]())
    for rotation in rotations {
      let z = plan.rotations[rotation].z
      let isNew = span.reduced(UInt64(z)) != 0
      guard members.count < Limits.laneTableStringCount, !isNew || functionals.count < Limits.laneTableQubitCount else {
        others.append(rotation)
        continue
      }
      if isNew {
        _ = span.insert(UInt64(z))
        functionals.append(z)
      }
      members.append(rotation)
    }
    let strings = members.map { (rotation: $0, mask: Self.mask(of: plan.rotations[$0].z, over: functionals)) }
    let sorted = strings.sorted { $0.mask.leadingZeroBitCount > $1.mask.leadingZeroBitCount }
    return (LanePlan.Table(functionals: functionals, strings: sorted), members, others)
  }

  /// The functionals whose sum a parity is.
  private static func mask(of parity: UInt32, over functionals: [UInt32]) -> UInt32 {
    // Elimination that keeps book of what was added.
    var rows: [(vector: UInt32, mask: UInt32)] = []
    func reduced(_ vector: UInt32, _ mask: UInt32) -> (vector: UInt32, mask: UInt32) {
      rows.reduce((vector, mask)) { $0.vector ^ $1.vector < $0.vector ? ($0.vector ^ $1.vector, $0.mask ^ $1.mask) : $0 }
    }
    for (index, functional) in functionals.enumerated() { rows.append(reduced(functional, 1 << UInt32(index))) }
    return reduced(parity, 0).mask
  }

  /// Whether building a table and using it takes fewer multiply-adds than its rotations one by one.
  private func isWorthTabulating(_ table: LanePlan.Table) -> Bool {
    let building = Double(table.makingMultiplyAddCount)
    let using = 4 * Double(1 << plan.bits)
    return building + using < 2 * Double(table.strings.count) * Double(1 << plan.bits)
  }
}
