internal import CKernels
internal import Circuits

/// The operations of blocks as the kernels take them, with their numbers in the state's precision.
@safe struct BlockProgram {
  private var operations: [ck_block_operation] = unsafe []
  /// Where each operation's numbers, lookup and mask of lanes begin.
  private var places: [(number: Int, lookup: Int?, keep: Int?)] = []
  /// Each operation's begin at a multiple of ``alignment``, so that a vector of factors is aligned.
  private var numbers: [Double] = []
  /// Two parts of a lookup and eight offsets for each diagonal.
  private var lookups: [UInt32] = []
  /// One bit for each amplitude in a block of memory.
  private var masks: [UInt32] = []
  private let shape: TileShape
  private let precision: Precision

  private static let alignment = 16
  private static let lookupLength = Int(CK_LOOKUP_LENGTH)

  init(_ shape: TileShape, _ precision: Precision) { (self.shape, self.precision) = (shape, precision) }

  /// How many operations there are.
  var count: Int { unsafe operations.count }

  // MARK: Operations

  mutating func append(_ operation: StateOperation, registers: [Int]) {
    numbers += [Double](repeating: 0, count: -numbers.count & (Self.alignment - 1))
    var next = unsafe ck_block_operation()
    var place: (number: Int, lookup: Int?, keep: Int?) = (numbers.count, nil, nil)
    let controls = operation.controls
    let elements = (0..<8).filter { Self.holds(controls, element: $0, registers) }
    unsafe next.program.elements = elements.reduce(0) { $0 | 1 << UInt32($1) }
    switch operation {
    case .matrix(let entries, let targets, _):
      unsafe next.program.code = matrixCode(entries, targets.map { Self.place($0, registers) })
    case .permutation(_, let targets, _): unsafe setExchange(targets.map { Self.place($0, registers) }, &next)
    case .diagonal(let factors, let targets, _):
      place.lookup = lookups.count
      unsafe setDiagonal(DiagonalFactors(factors, targets), registers, &next)
    case .pauliRotation: preconditionFailure("a Pauli rotation does not fit a block")
    }
    unsafe setConditions(controls, registers, &next)
    place.keep = unsafe setLanes(controls, &next)
    unsafe operations.append(next)
    places.append(place)
  }

  private static func place(_ target: Int, _ registers: [Int]) -> Int {
    guard let place = registers.firstIndex(of: target) else {
      preconditionFailure("an operation on qubit \(target) in a block on \(registers)")
    }
    return place
  }

  private static func holds(_ controls: Controls, element: Int, _ registers: [Int]) -> Bool {
    registers.enumerated().allSatisfy { bit, qubit in
      controls.mask >> UInt64(qubit) & 1 == 0 || controls.values >> UInt64(qubit) & 1 == UInt64(element >> bit & 1)
    }
  }

  private mutating func matrixCode(_ entries: [Complex], _ targets: [Int]) -> UInt32 {
    if targets.count == 2 {
      for entry in entries { numbers += [entry.real, entry.imaginary] }
      return CK_MATRIX_2.rawValue + UInt32(targets[0] + targets[1] - 1)
    }
    let isUnit = entries[0] == .one && entries[3] == .one
    if isUnit, entries[1].imaginary == 0, entries[2].imaginary == 0 {
      numbers += [entries[1].real, entries[2].real]
      return CK_ROTATE_REAL.rawValue + UInt32(targets[0])
    }
    if isUnit, entries[1].real == 0, entries[2].real == 0 {
      numbers += [entries[1].imaginary, entries[2].imaginary]
      return CK_ROTATE_IMAGINARY.rawValue + UInt32(targets[0])
    }
    for entry in entries { numbers += [entry.real, entry.imaginary] }
    return CK_MATRIX_1.rawValue + UInt32(targets[0])
  }

  /// Two halves, or two qubits: then only the elements in which they differ take part.
  private func setExchange(_ targets: [Int], _ next: inout ck_block_operation) {
    let direction = targets.reduce(UInt32(0)) { $0 | 1 << UInt32($1) }
    unsafe next.program.code = CK_EXCHANGE.rawValue + direction
    guard targets.count == 2 else { return }
    for element in UInt32(0)..<8 where (element & direction).nonzeroBitCount != 1 {
      unsafe next.program.elements &= ~(1 << element)
    }
  }

  private mutating func setDiagonal(_ diagonal: DiagonalFactors, _ registers: [Int], _ next: inout ck_block_operation) {
    let table = BlockTable(diagonal, shape)
    for (index, outside) in table.outside.enumerated() {
      unsafe withUnsafeMutableBytes(of: &next.outside_targets) { unsafe $0[index] = UInt8(outside) }
    }
    unsafe next.outside_count = UInt32(table.outside.count)
    unsafe next.table_byte_count = table.stride * precision.amplitudeByteCount / 2
    unsafe next.program.code =
      switch (table.isReal, table.hasLanes) {
      case (false, false): CK_DIAGONAL.rawValue
      case (true, false): CK_DIAGONAL_REAL.rawValue
      case (false, true): CK_DIAGONAL_LANES.rawValue
      case (true, true): CK_DIAGONAL_REAL_LANES.rawValue
      }
    numbers += table.numbers
    lookups += table.lookup(length: Self.lookupLength) + table.offsets(registers)
  }

  private func setConditions(_ controls: Controls, _ registers: [Int], _ next: inout ck_block_operation) {
    let lanes = UInt64(shape.blockWidth - 1)
    let mask = controls.mask & ~(lanes | bitMask(of: registers))
    unsafe next.program.inside = ck_condition(mask: shape.packed(mask), values: shape.packed(controls.values & mask))
    unsafe next.outside = ck_condition(mask: mask & ~shape.local, values: controls.values & mask & ~shape.local)
  }

  /// Marks an operation of which only some lanes, or a diagonal of which only some elements, take part.
  private mutating func setLanes(_ controls: Controls, _ next: inout ck_block_operation) -> Int? {
    let lanes = UInt64(shape.blockWidth - 1)
    let isMasked = controls.mask & lanes != 0
    let code = unsafe next.program.code
    let isExchange = (CK_EXCHANGE.rawValue + 1..<CK_DIAGONAL.rawValue).contains(code)
    unsafe next.program.is_masked = isMasked
    unsafe next.program.restores = isMasked && !isExchange || code >= CK_DIAGONAL.rawValue && next.program.elements != 0xff
    guard unsafe isMasked || next.program.restores else { return nil }
    let kept = (0..<shape.blockWidth).filter { (UInt64($0) ^ controls.values) & controls.mask & lanes == 0 }
    masks.append(kept.reduce(0) { $0 | 1 << UInt32($1) })
    return masks.count - 1
  }

  // MARK: Memory

  /// Calls a body with the operations, whose pointers hold as long as it runs.
  func withOperations(_ body: (UnsafeBufferPointer<ck_block_operation>) -> Void) {
    let realByteCount = precision.amplitudeByteCount / 2
    let byteCount = max(numbers.count * realByteCount, 1)
    unsafe withUnsafeTemporaryAllocation(byteCount: byteCount + masks.count * 64 + 64, alignment: 64) { memory in
      guard let start = memory.baseAddress else { return }
      let keep = unsafe start + (byteCount + 63) / 64 * 64
      unsafe writeNumbers(to: start)
      unsafe writeMasks(to: keep)
      unsafe lookups.withUnsafeBufferPointer { lookups in
        var pointed = unsafe operations
        for (index, place) in places.enumerated() {
          unsafe pointed[index].program.numbers = UnsafeRawPointer(start + place.number * realByteCount)
          if let mask = place.keep { unsafe pointed[index].program.keep = UnsafeRawPointer(keep + 64 * mask) }
          guard let lookup = place.lookup, let base = lookups.baseAddress else { continue }
          unsafe pointed[index].program.lookup = unsafe base + lookup
          unsafe pointed[index].program.offsets = unsafe base + lookup + 2 * Self.lookupLength
        }
        unsafe pointed.withUnsafeBufferPointer { unsafe body($0) }
      }
    }
  }

  private func writeNumbers(to start: UnsafeMutableRawPointer) {
    switch precision {
    case .single:
      let reals = unsafe start.bindMemory(to: Float.self, capacity: numbers.count)
      for (index, number) in numbers.enumerated() { unsafe reals[index] = Float(number) }
    case .double:
      let reals = unsafe start.bindMemory(to: Double.self, capacity: numbers.count)
      for (index, number) in numbers.enumerated() { unsafe reals[index] = number }
    }
  }

  private func writeMasks(to start: UnsafeMutableRawPointer) {
    for (index, mask) in masks.enumerated() {
      for lane in 0..<shape.blockWidth {
        let value = mask >> UInt32(lane) & 1 == 1 ? -1 : 0
        switch precision {
        case .single: unsafe start.storeBytes(of: Int32(value), toByteOffset: 64 * index + 4 * lane, as: Int32.self)
        case .double: unsafe start.storeBytes(of: Int64(value), toByteOffset: 64 * index + 8 * lane, as: Int64.self)
        }
      }
    }
  }
}
