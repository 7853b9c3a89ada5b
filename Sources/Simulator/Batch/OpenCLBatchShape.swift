internal import CKernels

/// How the circuits of a part of a batch are spread over work-groups, and where their states lie.
struct OpenCLBatchShape: Hashable {
  /// log₂ of the circuits of a group, of the work-items that hold each, and of what is in a window at once: chunks of eight products, or groups
  /// of elements whose rotations are undone.
  private(set) var circuitBits: Int
  let itemBits: Int
  private(set) var windowBits: Int
  /// Partial sums of a circuit, or products of a table's entries, an even number.
  let levelCount: Int
  /// Whether a group's memory is local.
  let isLocal: Bool
  /// What a group's memory takes.
  let groupByteCount: Int

  /// The work-items of a group.
  var groupSize: Int { 1 << (circuitBits + itemBits) }

  /// The circuits of a group.
  var circuitCount: Int { 1 << circuitBits }

  /// The groups of so many rows.
  func groupCount(_ rowCount: Int) -> Int { (rowCount + circuitCount - 1) / circuitCount }

  /// The circuits whose states are in global memory at once, of one group at least; nil where they are in local memory.
  var waveCount: Int? { isLocal ? nil : max(1, Limits.openCLBatchWaveByteCount / groupByteCount) * circuitCount }

  /// Fills groups with circuits as far as local memory goes; where it is too small for one state alone, groups are full and lie in global
  /// memory.
  ///
  /// - Parameters:
  ///   - bits: The coordinates of a state.
  ///   - sumBits: Those over which sums are taken.
  ///   - factorCount: What the tables of one block take.
  ///   - groupSize: Work-items of a group at most; a power of two.
  ///   - localMemoryByteCount: What the device gives to a group.
  init(bits: Int, sumBits: Int, isReal: Bool, factorCount: Int, precision: Precision, groupSize: Int, localMemoryByteCount: Int) {
    let blockQubitCount = isReal ? Limits.laneRealBlockQubitCount : Limits.laneComplexBlockQubitCount
    let real = precision.amplitudeByteCount / 2
    let strandBits = bits - sumBits
    let levels = (Self.levelCount(bits: sumBits) << strandBits + 1) & ~1
    let state = real << (bits + (isReal ? 0 : 1))
    func byteCount(windowBits: Int) -> Int { 8 * levels + state + real * max(2 * factorCount, 7 << windowBits) }

    let itemBits = min(groupSize.trailingZeroBitCount, bits - blockQubitCount)
    self.init(
      itemBits: itemBits, windowBits: strandBits...max(strandBits, min(itemBits, bits - 3)), levelCount: levels,
      groupSize: groupSize, localMemoryByteCount: localMemoryByteCount, byteCount: byteCount)
  }

  /// The same for circuits whose rotations are undone, each with two states.
  ///
  /// - Parameters:
  ///   - operationCount: What a slice has at most.
  ///   - entryCount: What a table has at most.
  init(
    undoing bits: Int, sumBits: Int, isReal: Bool, operationCount: Int, entryCount: Int, precision: Precision, groupSize: Int,
    localMemoryByteCount: Int
  ) {
    let halfBits = (isReal ? Limits.laneRealBlockQubitCount : Limits.laneComplexBlockQubitCount) - 1
    let real = precision.amplitudeByteCount / 2
    let entries = (entryCount << (bits - sumBits) + 1) & ~1
    let states = 2 * real << (bits + (isReal ? 0 : 1))
    let itemBits = min(groupSize.trailingZeroBitCount, bits - halfBits)
    self.init(
      itemBits: itemBits, windowBits: 0...min(itemBits, sumBits - halfBits), levelCount: entries, groupSize: groupSize,
      localMemoryByteCount: localMemoryByteCount
    ) { 8 * entries + states + real * operationCount << $0 }
  }

  /// The same for density matrices, of which a window has rotations whose parts are put together at once.
  ///
  /// - Parameters:
  ///   - matrixCount: How often a group's memory has the values of all strings.
  ///   - hasParts: Whether derivatives are taken.
  init(
    densitiesOf qubitCount: Int, matrixCount: Int, hasParts: Bool, precision: Precision, groupSize: Int, localMemoryByteCount: Int
  ) {
    let partCount = max(1, 1 << (2 * qubitCount - 2) / CK_DENSITY_PART_PAIRS)
    let itemBits = min(groupSize.trailingZeroBitCount, partCount.trailingZeroBitCount)
    self.init(
      itemBits: itemBits, windowBits: 0...(hasParts ? min(itemBits, Limits.openCLDensityWindowBits) : 0), levelCount: 0,
      groupSize: groupSize, localMemoryByteCount: localMemoryByteCount
    ) { precision.realByteCount * (matrixCount << (2 * qubitCount) + (hasParts ? partCount << $0 : 0)) }
  }

  /// - Parameters:
  ///   - windowBits: How large windows may be; the largest that fits local memory.
  ///   - byteCount: What a circuit takes with a window of so many bits.
  private init(
    itemBits: Int, windowBits: ClosedRange<Int>, levelCount: Int, groupSize: Int, localMemoryByteCount: Int,
    byteCount: (Int) -> Int
  ) {
    let groupBits = groupSize.trailingZeroBitCount
    (self.itemBits, self.windowBits, self.levelCount) = (itemBits, windowBits.upperBound, levelCount)
    let room = localMemoryByteCount - localMemoryByteCount / Limits.openCLBatchLocalReserve
    isLocal = byteCount(windowBits.lowerBound) <= room
    if isLocal {
      while byteCount(self.windowBits) > room { self.windowBits -= 1 }
    }
    let one = byteCount(self.windowBits)
    circuitBits = 0
    while circuitBits + itemBits < groupBits, !isLocal || one << (circuitBits + 1) <= room { circuitBits += 1 }
    // A whole number of double2, of which the memory consists.
    groupByteCount = (one + 15) / 16 * 16 << circuitBits
  }

  /// The sums of chunks of eight, of chunks of those, and so on, each filled up to whole chunks.
  private static func levelCount(bits: Int) -> Int {
    var (count, length) = (0, 1 << (bits - 3))
    while length > 1 {
      let next = (length + 7) / 8
      count += 8 * next
      length = next
    }
    return count + 1
  }
}

extension OpenCLBatchShape {
  /// What kernels are told of it.
  var words: SIMD4<UInt32> { SIMD4(UInt32(circuitBits), UInt32(itemBits), UInt32(windowBits), UInt32(levelCount)) }
}
