internal import Circuits

/// A part of a batch's program as the kernels of batches read it; kernels/batch_common.cl says what the words mean.
struct OpenCLBatchWords {
  var words: [UInt32]
  /// The most factors that the tables of one block have.
  private(set) var factorCount = 0
  /// The most operations of one slice, and the most entries of one table, where derivatives follow.
  var (sliceOperationCount, entryCount) = (0, 0)

  private static let headerCount = 21
  private static let highestBit: UInt32 = 1 << 31
  private static let tableCode: UInt32 = 32
  static let scaleCode: UInt32 = 33

  init(_ program: LaneProgram, isDifferentiable: Bool) {
    words = Array(repeating: 0, count: Self.headerCount)
    let plan = program.plan
    let tablePlaces = addTables(plan)
    words[0] = UInt32(plan.bits)
    (words[3], words[4]) = (UInt32(plan.scaleCount), UInt32(Limits.laneScaleInterval))
    (words[13], words[14]) = (UInt32(program.sums.norm), UInt32(plan.sumBits))
    begin(plan.rotations.count, at: 1)
    addAngles(plan)
    begin(plan.growths.count, at: 5)
    addGrowths(plan)
    begin(plan.blocks.count, at: 7)
    for block in plan.blocks { add(block, plan, tablePlaces) }
    add(program.sums, levelCount: (plan.sumBits + 2) / 3)
    addObservables(program.sums.terms, count: program.observableCount)
    if isDifferentiable { addGradients(program, tablePlaces) }
  }

  /// Says in the header that so many of something begin here.
  mutating func begin(_ count: Int, at place: Int) {
    (words[place], words[place + 1]) = (UInt32(count), UInt32(words.count))
  }

  mutating func add(_ number: Double) {
    words += [UInt32(truncatingIfNeeded: number.bitPattern), UInt32(truncatingIfNeeded: number.bitPattern >> 32)]
  }
}

// MARK: Rotations

extension OpenCLBatchWords {
  private mutating func addAngles(_ plan: LanePlan) {
    for (rotation, number) in zip(plan.rotations, plan.numbers) {
      let place = UInt32(number) | (rotation.isNegative ? Self.highestBit : 0)
      words += [rotation.x, rotation.z, place, UInt32(rotation.angle.terms.count)]
      add(rotation.angle.constant)
      for term in rotation.angle.terms {
        words.append(UInt32(term.parameter))
        add(term.coefficient)
      }
    }
  }

  private mutating func addGrowths(_ plan: LanePlan) {
    for index in plan.growths {
      let rotation = plan.rotations[index]
      words += [rotation.x, rotation.z, UInt32(plan.numbers[index]) | (rotation.isImaginary ? Self.highestBit : 0)]
    }
  }

  private mutating func add(_ block: LanePlan.Block, _ plan: LanePlan, _ tablePlaces: [Int: UInt32]) {
    let span = LaneSpan(block.directions)
    var operations = [UInt32]()
    var count = 0
    for operation in block.operations {
      switch operation {
      case .rotation(let index):
        let rotation = plan.rotations[index]
        operations += [Self.code(of: rotation, in: span), UInt32(plan.numbers[index]), rotation.z]
      case .table(let index):
        guard let place = tablePlaces[index] else { preconditionFailure("a table that no block has") }
        operations += [Self.tableCode, place, UInt32(count)]
        count += 1 << plan.tables[index].functionals.count
      case .scale(let index): operations += [Self.scaleCode, UInt32(index), 0]
      }
    }
    words += [span.fixed(.max)] + block.directions
    // Complex states have blocks of three directions.
    words += [UInt32](repeating: 0, count: 4 - block.directions.count)
    words += [UInt32(block.operations.count), count > 0 ? 1 : 0] + operations
    factorCount = max(factorCount, count)
  }

  static func code(of rotation: LanePlan.Rotation, in span: LaneSpan) -> UInt32 {
    let (direction, functional) = (span.element(at: rotation.x), span.functional(of: rotation.z))
    let signs = (0..<1 << span.directions.count).reduce(0) { $0 | ((functional & $1).nonzeroBitCount & 1) << $1 }
    return UInt32(direction | (rotation.isImaginary ? 0 : 1 << 4) | signs << 16)
  }

  /// Tables stand before the blocks, which say where: their first words.
  private mutating func addTables(_ plan: LanePlan) -> [Int: UInt32] {
    var places = [Int: UInt32]()
    for block in plan.blocks {
      for case .table(let index) in block.operations {
        let table = plan.tables[index]
        places[index] = UInt32(words.count)
        words.append(UInt32(table.functionals.count))
        // Real states have blocks of four directions, and no tables.
        for direction in block.directions.prefix(3) { words.append(Self.entry(of: table, at: direction)) }
        words.append(UInt32(table.strings.count))
        words += table.functionals
        for string in table.strings { words += [UInt32(plan.numbers[string.rotation]), string.mask] }
      }
    }
    return places
  }
}

extension OpenCLBatchWords {
  /// The value of a table's functionals at a basis state.
  private static func entry(of table: LanePlan.Table, at basisState: UInt32) -> UInt32 {
    var value: UInt32 = 0
    for (bit, functional) in table.functionals.enumerated() {
      value |= UInt32((functional & basisState).nonzeroBitCount & 1) << UInt32(bit)
    }
    return value
  }
}

// MARK: Sums

extension OpenCLBatchWords {
  private mutating func add(_ sums: LaneObservables, levelCount: Int) {
    let masks = UInt32(words.count)
    words += sums.masks
    begin(sums.groups.count, at: 9)
    var first: UInt32 = 0
    for group in sums.groups {
      var counts = Array(repeating: UInt32(0), count: levelCount)
      for mask in group.masks where mask != 0 { counts[LaneObservables.level(mask).level] += 1 }
      words += [group.x, (group.isImaginary ? 1 : 0) | (group.masks.contains(0) ? 2 : 0), first, masks + first] + counts
      first += UInt32(group.masks.count)
    }
  }

  private mutating func addObservables(_ terms: [LaneObservables.Term], count: Int) {
    // In the order in which they are added, which is the CPU's for each observable.
    var termsOf = [[LaneObservables.Term]](repeating: [], count: count)
    for term in terms { termsOf[term.observable].append(term) }
    begin(count, at: 11)
    var first = words.count + 2 * count
    for terms in termsOf {
      words += [UInt32(first), UInt32(terms.count)]
      first += 6 * terms.count
    }
    for term in termsOf.joined() { add(term, of: term.sum) }
  }

  /// Adds a term with the number of what it belongs to.
  mutating func add(_ term: LaneObservables.Term, of number: Int) {
    words += [UInt32(number), term.x, term.z, term.spreadMask]
    add(term.coefficient)
  }
}
