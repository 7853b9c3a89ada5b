internal import Circuits

/// Successive operations that mix the same three qubits of a tile or fewer: a work-item holds eight amplitudes and applies all of them.
///
/// Every qubit of the block has a slot, a bit of an amplitude's number. A matrix acts on the lowest slots, and qubits are exchanged between
/// slots before it where they have to be; kernels/tile.cl says what the words mean.
struct OpenCLTileBlock {
  static let qubitCount = 3

  private var operations: [StateOperation] = []
  private var mixed: UInt64 = 0
  /// No fewer words than the operations take in a program.
  private(set) var wordCount = 0
  /// No fewer words than they take in its tables.
  private(set) var tableWordCount = 0

  private enum Kind {
    static let matrices: [UInt64] = [0, 1, 2]
    static let flip: UInt64 = 3
    static let diagonal: UInt64 = 4
    /// By how many qubits the string flips.
    static let pauliRotations: [UInt64] = [5, 6, 7, 8]
  }

  /// Takes an operation if the block then still mixes few enough qubits.
  mutating func take(_ operation: StateOperation) -> Bool {
    let all = mixed | operation.mixedQubits
    guard all.nonzeroBitCount <= Self.qubitCount else { return false }
    mixed = all
    operations.append(operation)
    wordCount += 8
    switch operation {
    case .matrix(let entries, _, _): wordCount += 2 * entries.count
    case .diagonal(let factors, _, _): tableWordCount += 2 * factors.count
    case .permutation(let table, _, _): wordCount += 2 * table.count * table.count
    case .pauliRotation: wordCount += 2
    }
    return true
  }

  /// The step that applies the operations to tiles of these local qubits, three or more; factors are added to the tables.
  func step(localQubits local: UInt64, precision: Precision, tables: inout [UInt64]) -> [UInt64] {
    var slots: [Int] = []
    for operation in operations {
      for qubit in Self.slotOrder(operation) where !slots.contains(qubit) { slots.append(qubit) }
    }
    // Qubits that nothing mixes fill the block; high ones, so that neighbouring work-items have neighbouring amplitudes.
    for qubit in stride(from: 63, through: 0, by: -1) where slots.count < Self.qubitCount {
      if local >> UInt64(qubit) & 1 == 1, !slots.contains(qubit) { slots.append(qubit) }
    }
    var encoder = Encoder(local: local, precision: precision, slots: slots, tables: tables)
    for operation in operations { encoder.append(operation) }
    tables = encoder.tables
    let count = UInt64(OpenCLTileProgram.stepWordCount + encoder.words.count)
    let fixed = gatherBits(bitMask(of: slots), local)
    let (from, to) = (Self.places(of: slots, in: local), Self.places(of: encoder.slots, in: local))
    return [OpenCLTileProgram.Kind.block.rawValue | count << 32, 0, 0, fixed, from, to, encoder.count, 0] + encoder.words
  }

  /// The qubits that an operation mixes, as it would have them in slots.
  private static func slotOrder(_ operation: StateOperation) -> [Int] {
    switch operation {
    case .matrix(_, let targets, _), .permutation(_, let targets, _): targets
    case .diagonal: []
    case .pauliRotation(let x, _, _, _): (0..<64).filter { x >> UInt64($0) & 1 == 1 }
    }
  }

  private static func places(of qubits: [Int], in local: UInt64) -> UInt64 {
    qubits.enumerated().reduce(0) { $0 | UInt64(tilePlace(of: $1.element, local)) << UInt64(8 * $1.offset) }
  }
}

extension OpenCLTileBlock {
  /// Writes the operations of a block.
  private struct Encoder {
    let local: UInt64
    let precision: Precision
    /// The qubit in each slot by now.
    private(set) var slots: [Int]
    private(set) var words: [UInt64] = []
    private(set) var tables: [UInt64]
    private(set) var count: UInt64 = 0
    private let block: UInt64

    init(local: UInt64, precision: Precision, slots: [Int], tables: [UInt64]) {
      (self.local, self.precision, self.slots, self.tables) = (local, precision, slots, tables)
      block = bitMask(of: slots)
    }

    mutating func append(_ operation: StateOperation) {
      switch operation {
      case .matrix(let entries, let targets, let controls): appendMatrix(entries, targets, controls)
      case .permutation(let table, let targets, let controls): appendPermutation(table, targets, controls)
      case .diagonal(let factors, let targets, let controls): appendDiagonal(factors, targets, controls)
      case .pauliRotation(let x, let z, let angle, let controls): appendRotation(x, z, angle, controls)
      }
    }

    private mutating func appendMatrix(_ entries: [Complex], _ targets: [Int], _ controls: Controls) {
      let exchanges = bringDown(targets)
      append(Kind.matrices[targets.count - 1] | exchanges << 8, controls, 0, 0, precision.words(entries))
    }

    private mutating func appendPermutation(_ table: [Int], _ targets: [Int], _ controls: Controls) {
      if table == [1, 0] {
        let exchanges = bringDown(targets)
        append(Kind.flip | exchanges << 8, controls, 0, 0, [])
      } else if table == [0, 2, 1, 3], controls.mask == 0 {
        // A swap of two qubits is one of their names.
        slots = slots.map { $0 == targets[0] ? targets[1] : $0 == targets[1] ? targets[0] : $0 }
      } else {
        var entries = [Complex](repeating: .zero, count: table.count * table.count)
        for (column, row) in table.enumerated() { entries[row * table.count + column] = .one }
        appendMatrix(entries, targets, controls)
      }
    }

    private mutating func appendDiagonal(_ factors: [Complex], _ targets: [Int], _ controls: Controls) {
      let mask = bitMask(of: targets)
      let ascending = targets.sorted()
      let ordered =
        slots.filter { mask >> UInt64($0) & 1 == 1 }
        + ascending.filter { (local & ~block) >> UInt64($0) & 1 == 1 } + ascending.filter { local >> UInt64($0) & 1 == 0 }
      let places = ordered.map { targets.firstIndex(of: $0) ?? 0 }
      // Permutations leave tables of any length, and factors in double are pairs of words.
      if tables.count % 2 == 1 { tables.append(0) }
      let first = tables.count * MemoryLayout<UInt64>.stride / precision.amplitudeByteCount
      tables += precision.words((0..<factors.count).map { factors[Int(scatterBits($0, at: places))] })
      append(
        Kind.diagonal | slotBits(mask) << 24, controls, gatherBits(mask & local & ~block, local), mask & ~local, [UInt64(first)])
    }

    private mutating func appendRotation(_ x: UInt64, _ z: UInt64, _ angle: Double, _ controls: Controls) {
      let factors = PauliFactors(x: x, z: z, angle: angle)
      let exchanges = bringDown(slots.filter { x >> UInt64($0) & 1 == 1 })
      append(
        Kind.pauliRotations[x.nonzeroBitCount] | exchanges << 8 | (factors.isReal ? 1 << 27 : 0), controls,
        gatherBits(z & local & ~block, local) | slotBits(z) << 32, z & ~local,
        precision.words([Complex(factors.cosine, factors.sine)]))
    }

    /// Brings qubits to the lowest slots, in their order; returns the exchanges that do.
    private mutating func bringDown(_ qubits: [Int]) -> UInt64 {
      var exchanges: UInt64 = 0
      for (slot, qubit) in qubits.prefix(2).enumerated() {
        guard let found = slots.firstIndex(of: qubit), found != slot else { continue }
        // Slots 0 and 1, 0 and 2, 1 and 2.
        exchanges |= 1 << UInt64(slot + found - 1)
        slots.swapAt(slot, found)
      }
      return exchanges
    }

    private mutating func append(
      _ head: UInt64, _ controls: Controls, _ fourth: UInt64, _ fifth: UInt64, _ rest: [UInt64]
    ) {
      let inside = local & ~block
      let (mask, values) = (slotBits(controls.mask), slotBits(controls.values))
      var active: UInt64 = 0
      for amplitude in 0..<UInt64(8) where amplitude & mask == values { active |= 1 << amplitude }
      let controlled = gatherBits(controls.mask & inside, local) | gatherBits(controls.values & inside, local) << 32
      var operation = [head | active << 16, controls.mask & ~local, controls.values & ~local, controlled, fourth, fifth]
      operation += rest
      // As in a step, numbers in double are pairs of words.
      if operation.count % 2 == 1 { operation.append(0) }
      operation[0] |= UInt64(operation.count) << 32
      words += operation
      self.count += 1
    }

    /// The bits of a mask at the qubits of the slots.
    private func slotBits(_ mask: UInt64) -> UInt64 {
      slots.enumerated().reduce(0) { $0 | (mask >> UInt64($1.element) & 1) << UInt64($1.offset) }
    }
  }
}
