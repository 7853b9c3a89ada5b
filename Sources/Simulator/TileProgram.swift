internal import CKernels
internal import Circuits

/// The steps of a tile pass as the kernels take them.
@safe struct TileProgram {
  private var steps: [ck_step] = unsafe []
  private var numbers: [Double] = []
  private var tables: [UInt16] = []
  /// Where each step's numbers and table begin.
  private var places: [(number: Int, table: Int)] = []
  private let local: UInt64

  /// Translates a pass; `laneBits` qubits lie inside a vector.
  init(_ pass: TilePass, laneBits: Int) {
    local = pass.localQubits
    for operation in pass.operations { append(operation.simplified(), laneBits) }
  }

  /// Calls a body with the steps, whose pointers hold as long as it runs.
  func withSteps(_ body: (UnsafeBufferPointer<ck_step>) -> Void) {
    unsafe numbers.withUnsafeBufferPointer { numbers in
      unsafe tables.withUnsafeBufferPointer { tables in
        var pointed = unsafe steps
        for (index, place) in places.enumerated() {
          unsafe pointed[index].numbers = numbers.baseAddress.map { unsafe $0 + place.number }
          unsafe pointed[index].table = tables.baseAddress.map { unsafe $0 + place.table }
        }
        unsafe pointed.withUnsafeBufferPointer { unsafe body($0) }
      }
    }
  }

  private mutating func append(_ operation: StateOperation, _ laneBits: Int) {
    var step = unsafe ck_step()
    places.append((numbers.count, tables.count))
    let controls = operation.controls
    unsafe step.inside = ck_condition(mask: packed(controls.mask), values: packed(controls.values))
    unsafe step.outside = ck_condition(mask: controls.mask & ~local, values: controls.values & ~local)
    switch operation {
    case .matrix(let entries, let targets, _):
      unsafe step.kind = CK_STEP_MATRIX
      unsafe setTargets(targets, &step)
      for entry in entries { numbers += [entry.real, entry.imaginary] }
    case .permutation(let table, let targets, _) where CPUState.isMatrix(targets.map(place), laneBits):
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
      unsafe (step.x, step.z, step.outside_z) = (packed(x), packed(z), z & ~local)
      unsafe (step.cosine, step.sine) = (half.real, half.imaginary)
    }
    unsafe steps.append(step)
  }

  /// Factors in one table for each value of the targets outside, the targets inside lowest.
  private mutating func setDiagonal(_ factors: [Complex], _ targets: [Int], _ step: inout ck_step) {
    let inside = targets.indices.filter { local >> UInt64(targets[$0]) & 1 == 1 }
    let outside = targets.indices.filter { local >> UInt64(targets[$0]) & 1 == 0 }
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
      for (index, target) in targets.enumerated() { unsafe bytes[index] = UInt8(place(target)) }
    }
  }

  /// Where a local qubit lies in the tile.
  private func place(_ qubit: Int) -> Int { (local & ((1 << UInt64(qubit)) - 1)).nonzeroBitCount }

  /// The bits of a mask that are local, at their places in the tile.
  private func packed(_ mask: UInt64) -> UInt64 {
    var (rest, result) = (mask & local, UInt64(0))
    while rest != 0 {
      result |= 1 << UInt64(place(rest.trailingZeroBitCount))
      rest &= rest - 1
    }
    return result
  }
}
