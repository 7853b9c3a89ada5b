internal import CKernels
internal import Circuits

/// The steps of a tile pass as the kernels take them.
@safe struct TileProgram {
  private var steps: [ck_step] = unsafe []
  private var numbers: [Double] = []
  private var tables: [UInt16] = []
  /// Where each step's numbers and table begin.
  private var places: [(number: Int, table: Int)] = []
  /// The blocks' operations, and which of them are whose.
  private var blocks: BlockProgram
  private var blockRanges: [Range<Int>] = []
  private let shape: TileShape
  private let laneBits: Int

  /// Translates a pass; `laneBits` qubits lie inside a vector.
  init(_ pass: TilePass, precision: Precision, laneBits: Int) {
    shape = TileShape(local: pass.localQubits, laneCount: precision == .single ? 4 : 3)
    self.laneBits = laneBits
    blocks = BlockProgram(shape, precision, operationCount: pass.program.operations.count)
    for step in pass.program.steps { append(step, of: pass.program) }
  }

  /// Calls a body with the steps, whose pointers hold as long as it runs.
  func withSteps(_ body: (UnsafeBufferPointer<ck_step>) -> Void) {
    unsafe blocks.withOperations { operations in
      unsafe numbers.withUnsafeBufferPointer { numbers in
        unsafe tables.withUnsafeBufferPointer { tables in
          var pointed = unsafe steps
          for (index, place) in places.enumerated() {
            unsafe pointed[index].numbers = numbers.baseAddress.map { unsafe $0 + place.number }
            unsafe pointed[index].table = tables.baseAddress.map { unsafe $0 + place.table }
            unsafe pointed[index].block = operations.baseAddress.map { unsafe $0 + blockRanges[index].lowerBound }
            unsafe pointed[index].block_length = blockRanges[index].count
          }
          unsafe pointed.withUnsafeBufferPointer { unsafe body($0) }
        }
      }
    }
  }

  private mutating func append(_ step: TileSteps.Step, of program: TileSteps) {
    places.append((numbers.count, tables.count))
    let first = blocks.count
    var next = unsafe ck_step()
    unsafe next.bits = UInt32(shape.placeCount(below: step.reach))
    switch step.kind {
    case .block:
      unsafe next.kind = CK_STEP_BLOCK
      unsafe setTargets(setBits(step.registers), &next)
      for index in step.range { blocks.append(program.operations[index], registers: step.registers, program.numbers) }
    case .exchange:
      unsafe next.kind = CK_STEP_EXCHANGE
      unsafe setTargets(Array(program.partners[step.range]), &next)
    case .operation:
      unsafe set(program.others[step.range.lowerBound].simplified(), &next)
    }
    blockRanges.append(first..<blocks.count)
    unsafe steps.append(next)
  }

  private mutating func set(_ operation: StateOperation, _ step: inout ck_step) {
    let controls = operation.controls
    unsafe step.inside = ck_condition(mask: shape.packed(controls.mask), values: shape.packed(controls.values))
    unsafe step.outside = ck_condition(mask: controls.mask & ~shape.local, values: controls.values & ~shape.local)
    switch operation {
    case .matrix(let entries, let targets, _):
      unsafe step.kind = CK_STEP_MATRIX
      unsafe setTargets(targets, &step)
      for entry in entries { numbers += [entry.real, entry.imaginary] }
    case .permutation(let table, let targets, _) where CPUState.isMatrix(targets.map(shape.place), laneBits):
      unsafe step.kind = CK_STEP_MATRIX
      unsafe setTargets(targets, &step)
      for entry in CPUState.matrix(of: table) { numbers += [entry.real, entry.imaginary] }
    case .permutation(let table, let targets, _):
      unsafe step.kind = CK_STEP_PERMUTATION
      unsafe setTargets(targets, &step)
      tables += table.map { UInt16($0) }
    case .diagonal(let factors, let targets, _):
      unsafe step.kind = CK_STEP_DIAGONAL
      unsafe setDiagonal(factors, targets, &step)
    case .pauliRotation(let x, let z, let angle, _):
      unsafe step.kind = CK_STEP_PAULI_ROTATION
      let half = Complex(phase: angle / 2)
      unsafe (step.x, step.z, step.outside_z) = (shape.packed(x), shape.packed(z), z & ~shape.local)
      unsafe (step.cosine, step.sine) = (half.real, half.imaginary)
    }
  }

  /// Factors in one table for each value of the targets outside, the targets inside lowest.
  private mutating func setDiagonal(_ factors: [Complex], _ targets: [Int], _ step: inout ck_step) {
    let inside = targets.indices.filter { shape.isLocal(targets[$0]) }
    let outside = targets.indices.filter { !shape.isLocal(targets[$0]) }
    unsafe setTargets(inside.map { targets[$0] }, &step)
    unsafe step.outside_count = UInt32(outside.count)
    unsafe withUnsafeMutableBytes(of: &step.outside_targets) { bytes in
      for (index, bit) in outside.enumerated() { unsafe bytes[index] = UInt8(targets[bit]) }
    }
    let order = inside + outside
    for index in factors.indices {
      let source = order.indices.reduce(0) { $0 | (index >> $1 & 1) << order[$1] }
      numbers += [factors[source].real, factors[source].imaginary]
    }
  }

  private func setTargets(_ targets: [Int], _ step: inout ck_step) {
    unsafe step.target_count = UInt32(targets.count)
    unsafe withUnsafeMutableBytes(of: &step.targets) { bytes in
      for (index, target) in targets.enumerated() { unsafe bytes[index] = UInt8(shape.place(target)) }
    }
  }
}
