internal import Circuits

/// Operations as the kernel `run_tiles` reads them; kernels/tile.cl says what the words mean.
struct OpenCLTileProgram {
  static let stepWordCount = 8

  enum Kind: UInt64 {
    case block
    case matrix
    case permutation
    case pauliRotation
  }

  private var words: [UInt64] = []
  private var tables: [UInt64] = []
  private var stepCount = 0
  /// The block that further operations may join; its step is not among the words yet.
  private var block: OpenCLTileBlock?
  private let local: UInt64
  private let precision: Precision

  /// An empty program for tiles of these local qubits, three or more.
  init(localQubits: UInt64, precision: Precision) {
    local = localQubits
    self.precision = precision
  }

  /// Whether there is nothing to do.
  var isEmpty: Bool { words.isEmpty && block == nil }

  /// Whether the next operation may be one too many for the constant memory of every device, or for the ring of tables.
  var isFull: Bool {
    let wordCount = words.count + Self.stepWordCount + (block?.wordCount ?? 0)
    return wordCount + Self.largestOperationWordCount > Limits.openCLTileProgramByteCount / MemoryLayout<UInt64>.stride
      || tables.count + (block?.tableWordCount ?? 0) >= Limits.openCLTileTableWordCount
  }

  /// A matrix on four qubits in double, after the step of a block that ends before it.
  private static let largestOperationWordCount = 2 * stepWordCount + 2 << (2 * Limits.openCLTileMatrixQubitCount)

  /// What the kernel is given.
  struct Encoded {
    let words: [UInt64]
    let tables: [UInt64]
    let stepCount: Int
  }

  /// Ends the program.
  mutating func finish() -> Encoded {
    closeBlock()
    precondition(words.count * MemoryLayout<UInt64>.stride <= Limits.openCLTileProgramByteCount, "a program past its bound")
    return Encoded(words: words, tables: tables, stepCount: stepCount)
  }

  /// Adds an operation that mixes local qubits only.
  mutating func append(_ operation: StateOperation) {
    if block?.take(operation) == true { return }
    closeBlock()
    var opened = OpenCLTileBlock()
    if opened.take(operation) {
      block = opened
    } else {
      appendStep(operation)
    }
  }

  private mutating func closeBlock() {
    guard let block = block.take() else { return }
    words += block.step(localQubits: local, precision: precision, tables: &tables)
    stepCount += 1
  }

  /// Adds a step of its own for an operation that no block takes.
  private mutating func appendStep(_ operation: StateOperation) {
    let controls = operation.controls
    var step = [0, controls.mask & ~local, controls.values & ~local, 0, 0, 0, 0, 0]
    var (head, fixed) = (UInt64(0), gatherBits(controls.mask, local))
    switch operation {
    case .matrix(let entries, let targets, _):
      head = Kind.matrix.rawValue
      step[4] = targets.enumerated().reduce(0) { $0 | UInt64(tilePlace(of: $1.element, local)) << UInt64(8 * $1.offset) }
      fixed |= gatherBits(bitMask(of: targets), local)
      step += precision.words(entries)
    case .permutation(let table, let targets, _):
      head = Kind.permutation.rawValue
      fixed |= gatherBits(bitMask(of: targets), local)
      let places = targets.map { tilePlace(of: $0, local) }
      let cycles = permutationCycles(table).map { cycle in cycle.map { scatterBits($0, at: places) } }
      (step[4], step[5]) = (UInt64(cycles.count), UInt64(tables.count))
      tables += Self.words(cycles)
    case .pauliRotation(let x, let z, let angle, _):
      let factors = PauliFactors(x: x, z: z, angle: angle)
      head = Kind.pauliRotation.rawValue | (factors.isReal ? 1 << 16 : 0)
      (step[4], step[5]) = (gatherBits(x, local) | gatherBits(z, local) << 32, z & ~local)
      fixed |= gatherBits(factors.pivot, local)
      step += precision.words([Complex(factors.cosine, factors.sine)])
    case .diagonal: preconditionFailure("a diagonal, which every block takes")
    }
    // Numbers in double are pairs of words, which every step begins with anew.
    if step.count % 2 == 1 { step.append(0) }
    step[0] = head | UInt64(step.count) << 32
    step[3] = fixed | gatherBits(controls.values, local) << 32
    words += step
    stepCount += 1
  }

  /// Where each cycle begins and the last one ends, then their places.
  private static func words(_ cycles: [[UInt64]]) -> [UInt64] {
    var starts: [UInt64] = [0]
    for cycle in cycles { starts.append(starts[starts.count - 1] + UInt64(cycle.count)) }
    return starts + cycles.joined()
  }
}

/// Where a local qubit lies in the tile.
func tilePlace(of qubit: Int, _ local: UInt64) -> Int { (local & (1 << UInt64(qubit) - 1)).nonzeroBitCount }

extension Precision {
  /// Complex numbers in this precision, as the words of a program.
  func words(_ numbers: [Complex]) -> [UInt64] {
    switch self {
    case .single: numbers.map { UInt64(Float($0.real).bitPattern) | UInt64(Float($0.imaginary).bitPattern) << 32 }
    case .double: numbers.flatMap { [$0.real.bitPattern, $0.imaginary.bitPattern] }
    }
  }
}
