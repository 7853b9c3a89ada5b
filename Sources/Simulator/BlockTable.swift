internal import Circuits

/// The factors of a diagonal in the order in which a block reads them: the qubits outside the tile highest, those inside a block of memory lowest.
struct BlockTable {
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
    let first = operation.firstNumber
    let places = (0..<width).map { Int(gatherBits(UInt64($0), lanes)) }
    numbers.reserveCapacity(numbers.count + stride << outside.nonzeroBitCount)
    // The targets inside a block of memory are the lowest of an index, and those outside the tile may lie below rows.
    let (rowBits, outsideBits) = (gatherBits(rows, operation.targets), gatherBits(outside, operation.targets))
    var far: UInt64 = 0
    repeat {
      var near: UInt64 = 0
      repeat {
        let start = first + Int(far | near)
        for place in places { numbers.append(source[start + place].real) }
        if !isReal { for place in places { numbers.append(source[start + place].imaginary) } }
        near = (near &- rowBits) & rowBits
      } while near != 0
      far = (far &- outsideBits) & outsideBits
    } while far != 0
  }

  /// Adds what the place of a block of memory in the tile adds to an entry's place, for the lower and the upper bits of it.
  func appendLookup(length: Int, to lookup: inout [UInt32]) {
    let places = shape.packed(rows) >> UInt64(shape.laneCount)
    var step = UInt32(entryLength)
    for part in 0..<2 {
      // Each bit doubles what is there.
      let start = lookup.count
      lookup.append(0)
      for bit in 0..<length.trailingZeroBitCount {
        let isTarget = places >> UInt64(part * length.trailingZeroBitCount + bit) & 1 == 1
        let added = isTarget ? step : 0
        for index in start..<lookup.count { lookup.append(lookup[index] &+ added) }
        if isTarget { step *= 2 }
      }
    }
  }

  /// Adds what each element of a group adds to an entry's place.
  func appendOffsets(_ registers: UInt64, to lookup: inout [UInt32]) {
    for element in UInt64(0)..<8 {
      let row = gatherBits(scatterBits(element, registers), rows)
      lookup.append(UInt32(row) * UInt32(entryLength))
    }
  }
}
