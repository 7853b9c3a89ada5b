internal import CKernels
internal import Circuits

/// The operations of blocks as the kernels take them, with their numbers in the state's precision.
@safe struct BlockProgram {
  private var operations: [ck_block_operation] = unsafe []
  /// Where each operation's numbers, lookup and mask of lanes begin.
  private var places: [Place] = []
  /// Each operation's begin at a multiple of ``alignment``, so that a vector of factors is aligned.
  private var numbers: [Double] = []
  /// Two parts of a lookup, and elsewhere eight offsets, for each diagonal; those of equal tables are shared.
  private var lookups: [UInt32] = []
  private var lookupKeys: [LookupKey] = []
  /// One bit for each amplitude in a block of memory.
  private var masks: [UInt32] = []
  private let shape: TileShape
  private let precision: Precision

  private struct Place {
    var number: Int
    var lookup = 0
    var offsets: Int?
    var keep: Int?
  }

  private struct LookupKey {
    let rows: UInt64
    let entryLength: Int
    let place: Int
  }

  private static let alignment = 16
  private static let lookupLength = Int(CK_LOOKUP_LENGTH)

  init(_ shape: TileShape, _ precision: Precision, operationCount: Int) {
    (self.shape, self.precision) = (shape, precision)
    unsafe operations.reserveCapacity(operationCount)
    places.reserveCapacity(operationCount)
    numbers.reserveCapacity(2 * Self.alignment * operationCount)
  }

  /// How many operations there are.
  var count: Int { unsafe operations.count }

  // MARK: Operations

  /// Adds an operation of a block on three registers, whose numbers stand in `source`.
  mutating func append(_ operation: BlockOperation, registers: UInt64, _ source: [Complex]) {
    for _ in 0..<(-numbers.count & (Self.alignment - 1)) { numbers.append(0) }
    var next = unsafe ck_block_operation()
    var place = Place(number: numbers.count)
    let controls = operation.controls
    unsafe next.program.elements = Self.elements(controls, registers)
    let targets = UInt32(gatherBits(operation.targets, registers))
    switch operation.kind {
    case .matrix: unsafe next.program.code = matrixCode(operation, targets, source)
    case .cartan: unsafe next.program.code = cartanCode(operation, targets, source)
    case .exchange: unsafe setExchange(targets, &next)
    case .diagonal:
      let table = BlockTable(operation, source, shape)
      unsafe setDiagonal(table, &next)
      place.lookup = lookup(of: table)
      place.offsets = lookups.count
      table.appendOffsets(registers, to: &lookups)
    }
    unsafe setConditions(controls, registers, &next)
    place.keep = unsafe setLanes(controls, &next)
    unsafe operations.append(next)
    places.append(place)
  }

  /// The elements of a group that meet the controls, one bit each.
  private static func elements(_ controls: Controls, _ registers: UInt64) -> UInt32 {
    guard controls.mask & registers != 0 else { return 0xff }
    let (mask, values) = (gatherBits(controls.mask, registers), gatherBits(controls.values, registers))
    return (0..<8).reduce(0) { $1 & mask == values ? $0 | 1 << UInt32($1) : $0 }
  }

  /// The code of a matrix on these registers, one bit each; writes its numbers.
  private mutating func matrixCode(_ operation: BlockOperation, _ targets: UInt32, _ source: [Complex]) -> UInt32 {
    let entries = source[operation.firstNumber..<(operation.firstNumber + operation.numberCount)]
    let first = entries.startIndex
    let place = targets.nonzeroBitCount == 2 ? Self.number(ofPair: targets) : UInt32(targets.trailingZeroBitCount)
    switch MatrixForm(entries) {
    case .realRotation:
      for index in 1...2 { numbers.append(entries[first + index].real) }
      return CK_ROTATE_REAL.rawValue + place
    case .imaginaryRotation:
      for index in 1...2 { numbers.append(entries[first + index].imaginary) }
      return CK_ROTATE_IMAGINARY.rawValue + place
    case .shear:
      for row in 0..<4 { append(entries[(first + 3 * row + 3)...(first + 3 * row + 3)]) }
      return CK_SHEAR.rawValue + place
    case .imaginaryShear:
      for row in 0..<4 { numbers.append(entries[first + 3 * row + 3].imaginary) }
      return CK_SHEAR_IMAGINARY.rawValue + place
    case .dense:
      append(entries)
      return (targets.nonzeroBitCount == 2 ? CK_MATRIX_2.rawValue : CK_MATRIX_1.rawValue) + place
    }
  }

  /// Registers 0 and 1, 0 and 2, 1 and 2.
  private static func number(ofPair targets: UInt32) -> UInt32 { (targets - 2) / 2 }

  /// The code of a Cartan form; writes its numbers: the rotations', then row by row those of the core.
  private mutating func cartanCode(_ operation: BlockOperation, _ targets: UInt32, _ source: [Complex]) -> UInt32 {
    let first = operation.firstNumber
    append(source[first..<(first + 2)])
    for row in 0..<4 {
      append(source[(first + 2 + row)..<(first + 3 + row)])
      append(source[(first + 6 + row)..<(first + 7 + row)])
    }
    return CK_CARTAN.rawValue + Self.number(ofPair: targets)
  }

  private mutating func append(_ entries: ArraySlice<Complex>) {
    for entry in entries {
      numbers.append(entry.real)
      numbers.append(entry.imaginary)
    }
  }

  /// Two halves, or two qubits: then only the elements in which they differ take part.
  private func setExchange(_ direction: UInt32, _ next: inout ck_block_operation) {
    unsafe next.program.code = CK_EXCHANGE.rawValue + direction
    guard direction.nonzeroBitCount == 2 else { return }
    for element in UInt32(0)..<8 where (element & direction).nonzeroBitCount != 1 {
      unsafe next.program.elements &= ~(1 << element)
    }
  }

  private mutating func setDiagonal(_ table: BlockTable, _ next: inout ck_block_operation) {
    unsafe next.outside_count = UInt32(table.outside.nonzeroBitCount)
    unsafe withUnsafeMutableBytes(of: &next.outside_targets) { bytes in
      for (index, outside) in setBits(table.outside).enumerated() { unsafe bytes[index] = UInt8(outside) }
    }
    unsafe next.table_byte_count = table.stride * precision.amplitudeByteCount / 2
    unsafe next.program.code =
      switch (table.isReal, table.hasLanes) {
      case (false, false): CK_DIAGONAL.rawValue
      case (true, false): CK_DIAGONAL_REAL.rawValue
      case (false, true): CK_DIAGONAL_LANES.rawValue
      case (true, true): CK_DIAGONAL_REAL_LANES.rawValue
      }
    table.appendNumbers(to: &numbers)
  }

  /// Where the lookup of a table begins.
  private mutating func lookup(of table: BlockTable) -> Int {
    let (rows, entryLength) = (table.rows, table.rows == 0 ? 0 : table.entryLength)
    // Not a dictionary: to hash a key takes longer than to look at all of these.
    let recent = max(0, lookupKeys.count - Limits.recentLookupCount)
    for index in recent..<lookupKeys.count where lookupKeys[index].rows == rows && lookupKeys[index].entryLength == entryLength {
      return lookupKeys[index].place
    }
    lookupKeys.append(LookupKey(rows: rows, entryLength: entryLength, place: lookups.count))
    table.appendLookup(length: Self.lookupLength, to: &lookups)
    return lookupKeys[lookupKeys.count - 1].place
  }

  private func setConditions(_ controls: Controls, _ registers: UInt64, _ next: inout ck_block_operation) {
    if controls.mask == 0 { return }
    let lanes = UInt64(shape.blockWidth - 1)
    let mask = controls.mask & ~(lanes | registers)
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
    let isDiagonal = (CK_DIAGONAL.rawValue..<CK_SHEAR.rawValue).contains(code)
    unsafe next.program.restores = isMasked && !isExchange || isDiagonal && next.program.elements != 0xff
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
          guard let offsets = place.offsets, let base = lookups.baseAddress else { continue }
          unsafe pointed[index].program.lookup = unsafe base + place.lookup
          unsafe pointed[index].program.offsets = unsafe base + offsets
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
