internal import Circuits

/// The factors of a diagonal in the order in which a block reads them: the qubits outside the tile highest, those inside a block of memory lowest.
@safe struct BlockTable {
  private let operation: BlockOperation
  private let source: [Complex]
  private let shape: TileShape
  /// The targets outside the tile, those inside it and above a block of memory, and those inside a block of memory.
  let outside: UInt64
  let rows: UInt64
  private let lanes: UInt64
  let isReal: Bool

  /// The table of a diagonal whose factors stand in `source`.
  init(_ operation: BlockOperation, _ source: [Complex], _ shape: TileShape) {
    (self.operation, self.source, self.shape) = (operation, source, shape)
    outside = operation.targets & ~shape.local
    lanes = operation.targets & UInt64(shape.blockWidth - 1)
    rows = operation.targets & ~(outside | lanes)
    let range = operation.firstNumber..<(operation.firstNumber + operation.numberCount)
    isReal = source[range].allSatisfy { $0.imaginary == 0 }
  }

  /// Whether amplitudes in one block of memory have different factors.
  var hasLanes: Bool { lanes != 0 }
  /// Factors for one block of memory.
  private var width: Int { hasLanes ? shape.blockWidth : 1 }
  /// Reals for one block of memory.
  var entryLength: Int { width * (isReal ? 1 : 2) }
  /// Reals for one value of the qubits outside.
  var stride: Int { entryLength << rows.nonzeroBitCount }

  /// Adds all factors.
  func appendNumbers(to numbers: inout [Double]) {
    let start = numbers.count
    numbers.append(contentsOf: repeatElement(0, count: stride << outside.nonzeroBitCount))
    unsafe numbers.withUnsafeMutableBufferPointer { numbers in
      unsafe source.withUnsafeBufferPointer { factors in
        guard let to = numbers.baseAddress, let from = factors.baseAddress else { return }
        unsafe writeNumbers(from + operation.firstNumber, to + start)
      }
    }
  }

  private func writeNumbers(_ factors: UnsafePointer<Complex>, _ numbers: UnsafeMutablePointer<Double>) {
    let (width, isReal) = (width, isReal)
    var places = InlineArray<16, Int>(repeating: 0)
    if hasLanes { for lane in 0..<width { places[lane] = Int(gatherBits(UInt64(lane), lanes)) } }
    // The targets inside a block of memory are the lowest of an index, and those outside the tile may lie below rows.
    let (rowBits, outsideBits) = (gatherBits(rows, operation.targets), gatherBits(outside, operation.targets))
    var (next, far) = unsafe (numbers, UInt64(0))
    repeat {
      var near: UInt64 = 0
      repeat {
        let entry = unsafe factors + Int(far | near)
        for lane in 0..<width { unsafe next[lane] = entry[places[lane]].real }
        if !isReal { for lane in 0..<width { unsafe next[width + lane] = entry[places[lane]].imaginary } }
        unsafe next += isReal ? width : 2 * width
        near = (near &- rowBits) & rowBits
      } while near != 0
      far = (far &- outsideBits) & outsideBits
    } while far != 0
  }

  /// Adds what the place of a block of memory in the tile adds to an entry's place, for the lower and the upper bits of it.
  func appendLookup(length: Int, to lookup: inout [UInt32]) {
    let (width, start) = (length.trailingZeroBitCount, lookup.count)
    let places = shape.packed(rows) >> UInt64(shape.laneCount)
    let upperWidth = max(0, shape.local.nonzeroBitCount - shape.laneCount - width)
    lookup.append(contentsOf: repeatElement(0, count: length + 1 << upperWidth))
    var step = UInt32(entryLength)
    unsafe lookup.withUnsafeMutableBufferPointer { lookup in
      guard let lower = lookup.baseAddress else { return }
      unsafe step = Self.fill(lower + start, width, places, step)
      unsafe step = Self.fill(lower + start + length, upperWidth, places >> UInt64(width), step)
    }
  }

  /// Writes a sum for each subset of `width` bits, which add one step, two, four and so on where they are targets; returns the next step.
  private static func fill(_ sums: UnsafeMutablePointer<UInt32>, _ width: Int, _ targets: UInt64, _ first: UInt32) -> UInt32 {
    var step = first
    for bit in 0..<width {
      let isTarget = targets >> UInt64(bit) & 1 == 1
      let added = isTarget ? step : 0
      // Each bit doubles what is there.
      for index in 0..<(1 << bit) { unsafe sums[index + 1 << bit] = sums[index] &+ added }
      if isTarget { step *= 2 }
    }
    return step
  }

  /// Adds what each element of a group adds to an entry's place.
  func appendOffsets(_ registers: UInt64, to lookup: inout [UInt32]) {
    var rest = registers
    lookup.append(0)
    for bit in 0..<3 {
      let register = rest & (~rest + 1)
      rest &= rest - 1
      // Each register doubles what is there.
      let added = rows & register == 0 ? 0 : UInt32(entryLength) << UInt32((rows & (register - 1)).nonzeroBitCount)
      for _ in 0..<(1 << bit) { lookup.append(lookup[lookup.count - 1 << bit] + added) }
    }
  }
}
