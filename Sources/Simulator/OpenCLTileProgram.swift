internal import Circuits

/// Operations as the kernel `run_tiles` reads them; kernels/tile.cl says what the words mean.
struct OpenCLTileProgram {
  private(set) var words: [UInt64] = []
  private(set) var stepCount = 0
  private let local: UInt64
  private let precision: Precision

  private enum Kind: UInt64 {
    case matrix
    case diagonal
    case permutation
    case pauliRotation
  }

  /// An empty program for tiles of these local qubits.
  init(localQubits: UInt64, precision: Precision) {
    local = localQubits
    self.precision = precision
  }

  /// Adds an operation that mixes local qubits only.
  mutating func append(_ operation: StateOperation) {
    let start = words.count
    let controls = operation.controls
    words += [0, controls.mask & ~local, controls.values & ~local, 0, 0, 0, 0, 0]
    var fixed = gatherBits(controls.mask, local)
    let head: UInt64
    switch operation {
    case .matrix(let matrix, let targets, _):
      head = Kind.matrix.rawValue | UInt64(targets.count) << 8
      words[start + 4] = targets.enumerated().reduce(0) { $0 | UInt64(place(of: $1.element)) << UInt64(8 * $1.offset) }
      fixed |= gatherBits(bitMask(of: targets), local)
      append(matrix)
    case .diagonal(let factors, let targets, _):
      head = Kind.diagonal.rawValue
      appendDiagonal(factors, targets, at: start)
    case .permutation(let table, let targets, _):
      head = Kind.permutation.rawValue
      fixed |= gatherBits(bitMask(of: targets), local)
      appendCycles(permutationCycles(table).map { cycle in cycle.map { scatterBits($0, at: targets.map(place)) } }, at: start)
    case .pauliRotation(let x, let z, let angle, _):
      let rotation = PauliFactors(x: x, z: z, angle: angle)
      head = Kind.pauliRotation.rawValue | (rotation.isReal ? 1 << 16 : 0)
      words[start + 4] = gatherBits(x, local) | gatherBits(z, local) << 32
      words[start + 5] = z & ~local
      fixed |= gatherBits(rotation.pivot, local)
      append([Complex(rotation.cosine, rotation.sine)])
    }
    // Numbers in double are pairs of words, which every step begins with anew.
    if words.count % 2 == 1 { words.append(0) }
    words[start] = head | UInt64(words.count - start) << 32
    words[start + 3] = fixed | gatherBits(controls.values, local) << 32
    stepCount += 1
  }

  /// Factors in one table for each value of the targets outside, the targets inside lowest, each part by place.
  private mutating func appendDiagonal(_ factors: [Complex], _ targets: [Int], at start: Int) {
    let mask = bitMask(of: targets)
    words[start + 4] = gatherBits(mask & local, local)
    words[start + 5] = mask & ~local
    let (local, ascending) = (local, targets.indices.sorted { targets[$0] < targets[$1] })
    let inside = ascending.filter { local >> UInt64(targets[$0]) & 1 == 1 }
    let outside = ascending.filter { local >> UInt64(targets[$0]) & 1 == 0 }
    append((0..<factors.count).map { factors[Int(scatterBits($0, at: inside + outside))] })
  }

  private mutating func appendCycles(_ cycles: [[UInt64]], at start: Int) {
    words[start + 4] = UInt64(cycles.count)
    var end: UInt64 = 0
    words.append(end)
    for cycle in cycles {
      end += UInt64(cycle.count)
      words.append(end)
    }
    for cycle in cycles { words += cycle }
  }

  private mutating func append(_ numbers: [Complex]) {
    switch precision {
    case .single:
      words += numbers.map { UInt64(Float($0.real).bitPattern) | UInt64(Float($0.imaginary).bitPattern) << 32 }
    case .double:
      for number in numbers { words += [number.real.bitPattern, number.imaginary.bitPattern] }
    }
  }

  /// Where a local qubit lies in the tile.
  private func place(of qubit: Int) -> Int { (local & (1 << UInt64(qubit) &- 1)).nonzeroBitCount }
}
