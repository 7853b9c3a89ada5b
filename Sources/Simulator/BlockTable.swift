internal import Circuits

/// A diagonal's factors, and the qubits that choose among them, the first in bit 0 of an index.
struct DiagonalFactors {
  let factors: [Complex]
  let targets: [Int]

  init(_ factors: [Complex], _ targets: [Int]) { (self.factors, self.targets) = (factors, targets) }
}

/// The factors of a diagonal in the order in which a block reads them: the qubits outside the tile highest, those inside a block of memory lowest.
struct BlockTable {
  private let diagonal: DiagonalFactors
  private let shape: TileShape
  /// The targets outside the tile, those inside it and above a block of memory, and those inside a block of memory.
  let outside: [Int]
  private let rows: [Int]
  private let lanes: [Int]
  let isReal: Bool

  init(_ diagonal: DiagonalFactors, _ shape: TileShape) {
    (self.diagonal, self.shape) = (diagonal, shape)
    outside = diagonal.targets.filter { !shape.isLocal($0) }
    rows = diagonal.targets.filter { shape.isLocal($0) && $0 >= shape.laneCount }
    lanes = diagonal.targets.filter { $0 < shape.laneCount }
    isReal = diagonal.factors.allSatisfy { $0.imaginary == 0 }
  }

  /// Whether amplitudes in one block of memory have different factors.
  var hasLanes: Bool { !lanes.isEmpty }
  /// Reals for one block of memory.
  private var entryLength: Int { (hasLanes ? shape.blockWidth : 1) * (isReal ? 1 : 2) }
  /// Reals for one value of the qubits outside.
  var stride: Int { entryLength << rows.count }

  /// All factors.
  var numbers: [Double] {
    var result = [Double](repeating: 0, count: stride << outside.count)
    let bits = diagonal.targets.enumerated()
    for (index, factor) in diagonal.factors.enumerated() {
      var (base, laneBits) = (0, 0)
      for (bit, qubit) in bits where index >> bit & 1 == 1 {
        if qubit < shape.laneCount {
          laneBits |= 1 << qubit
        } else if let row = rows.firstIndex(of: qubit) {
          base += entryLength << row
        } else if let place = outside.firstIndex(of: qubit) {
          base += stride << place
        }
      }
      write(factor, at: base, laneBits, &result)
    }
    return result
  }

  private func write(_ factor: Complex, at base: Int, _ laneBits: Int, _ result: inout [Double]) {
    guard hasLanes else {
      result[base] = factor.real
      if !isReal { result[base + 1] = factor.imaginary }
      return
    }
    let mask = lanes.reduce(0) { $0 | 1 << $1 }
    for lane in 0..<shape.blockWidth where lane & mask == laneBits {
      result[base + lane] = factor.real
      if !isReal { result[base + shape.blockWidth + lane] = factor.imaginary }
    }
  }

  /// What the place of a block of memory in the tile adds to an entry's place, for the lower and the upper bits of it.
  func lookup(length: Int) -> [UInt32] {
    let width = length.trailingZeroBitCount
    var steps = [UInt32](repeating: 0, count: 2 * width)
    for (row, qubit) in rows.enumerated() { steps[shape.place(qubit) - shape.laneCount] = UInt32(entryLength << row) }
    var result = [UInt32](repeating: 0, count: 2 * length)
    for part in 0..<2 {
      for index in 1..<length {
        // The lowest bit adds its step to the entry without it.
        let bit = index.trailingZeroBitCount
        result[part * length + index] = result[part * length + (index & (index - 1))] + steps[part * width + bit]
      }
    }
    return result
  }

  /// What each element of a group adds to an entry's place.
  func offsets(_ registers: [Int]) -> [UInt32] {
    (0..<8).map { element in
      registers.enumerated().reduce(UInt32(0)) { sum, register in
        guard element >> register.offset & 1 == 1, let row = rows.firstIndex(of: register.element) else { return sum }
        return sum + UInt32(entryLength << row)
      }
    }
  }
}
