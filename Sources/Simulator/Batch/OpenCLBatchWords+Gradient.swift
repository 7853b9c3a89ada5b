internal import Circuits

/// What derivatives take: rotations in the order in which they are undone, and what weights follow from.
extension OpenCLBatchWords {
  mutating func addGradients(_ program: LaneProgram, _ tablePlaces: [Int: UInt32]) {
    words[15] = 1
    begin(0, at: 16)
    for block in program.plan.blocks.reversed() { addSlices(of: block, program, tablePlaces) }
    addWeights(program.sums)
    words[20] = UInt32(words.count)
    words += program.observables.map { UInt32($0) }
  }

  /// A block's operations, the last one first, in slices that have room.
  private mutating func addSlices(of block: LanePlan.Block, _ program: LaneProgram, _ tablePlaces: [Int: UInt32]) {
    var slice = [LanePlan.Operation]()
    for operation in block.operations.reversed() {
      if case .table(let index) = operation {
        add(&slice, block, program)
        guard let place = tablePlaces[index] else { preconditionFailure("a table that no block has") }
        add(program.plan.tables[index], at: place, block, program)
      } else {
        slice.append(operation)
        if slice.count == Limits.openCLBatchSliceCount { add(&slice, block, program) }
      }
    }
    add(&slice, block, program)
  }

  /// Adds a slice of operations, unless there are none, and begins the next.
  private mutating func add(_ slice: inout [LanePlan.Operation], _ block: LanePlan.Block, _ program: LaneProgram) {
    guard !slice.isEmpty else { return }
    let (plan, span) = (program.plan, LaneSpan(block.directions))
    let half = block.directions.dropLast()
    words += [UInt32(slice.count), LaneSpan(half).fixed(program.sumMask)] + half
    // Complex states leave a word for the third direction of real ones.
    words += [UInt32](repeating: 0, count: 3 - half.count)
    for operation in slice {
      switch operation {
      case .rotation(let index):
        let rotation = plan.rotations[index]
        words += [Self.code(of: rotation, in: span), UInt32(plan.numbers[index]), rotation.z]
      case .scale(let index): words += [Self.scaleCode, UInt32(index), 0]
      case .table: preconditionFailure("a table among rotations")
      }
    }
    words[16] += 1
    sliceOperationCount = max(sliceOperationCount, slice.count)
    slice = []
  }

  private mutating func add(_ table: LanePlan.Table, at place: UInt32, _ block: LanePlan.Block, _ program: LaneProgram) {
    let cosets = LaneCosets(table, block, program)
    words += [0, place, UInt32(cosets.numbering.count), 0, 0] + cosets.numbering + cosets.steps
    words[16] += 1
    entryCount = max(entryCount, 1 << table.functionals.count)
  }

  /// Each sum's terms in the order in which the CPU adds them.
  private mutating func addWeights(_ sums: LaneObservables) {
    let count = sums.masks.count
    var termsOf = [[LaneObservables.Term]](repeating: [], count: count)
    for term in sums.terms { termsOf[term.sum].append(term) }
    begin(count, at: 18)
    var first = words.count + 2 * count
    for terms in termsOf {
      words += [UInt32(first), UInt32(terms.count)]
      first += 6 * terms.count
    }
    for term in termsOf.joined() { add(term, of: term.observable) }
  }
}

extension LaneProgram {
  /// The coordinates over which sums are taken.
  var sumMask: UInt32 { 1 << UInt32(sumBits) - 1 }
}
