internal import Circuits
internal import Simulator

/// One pass over a state that is worth timing alone.
struct PassCase {
  /// What a pass does.
  enum Work {
    case operation(StateOperation)
    case norm
    case expectations([PauliMask])
    case samples(Int)
  }

  /// `matrix 2`, `diagonal 12`: the kind, and on how many qubits.
  var name: String
  /// On which qubits, for a person.
  var qubits: String
  var work: Work
  /// The share that it should reach of what the memory or the arithmetic allows, whichever is slower.
  var goal: Double

  /// Bytes read and written by the pass alone; sums read only.
  func bytesMoved(qubitCount: Int, precision: Precision) -> Int {
    switch work {
    case .operation(let operation): return operation.bytesMoved(qubitCount: qubitCount, precision: precision)
    case .norm, .samples: return precision.amplitudeByteCount << qubitCount
    case .expectations(let paulis): return (precision.amplitudeByteCount << qubitCount) * Set(paulis.map(\.x)).count
    }
  }

  /// Floating-point operations of a matrix as it is applied: 8 for each complex multiplication and addition; 0 where memory rules.
  func operationCount(qubitCount: Int) -> Int {
    guard case .operation(.matrix(let matrix, _, let controls)) = work else { return 0 }
    let size = Int(Double(matrix.count).squareRoot())
    return 8 * size * controls.subspaceSize(qubitCount: qubitCount)
  }
}

/// What passes should reach of the ceiling: bytes at the speed of scaling a state in place, or arithmetic at the processor's peak.
private enum PassGoal {
  /// Every byte of the lines that are touched is used.
  static let sweep = 0.9
  /// Only half of each line changes, and all of it moves.
  static let halfLines = 0.45
  /// Matrices on three qubits and more, which are bound by both.
  static let wideMatrix = 0.7
  /// A sum reads and does not write; many at once share the reading, and take longer than it.
  static let norm = 0.8
  static let strings = 0.5
  static let manySigns = 0.1
  static let samples = 0.5
  static let manySamples = 0.05
}

extension PassCase {
  /// The fewest qubits on which every case can be placed.
  static let leastQubitCount = 16

  /// The most qubits on which a thousand strings are timed; on more they take minutes on slow devices.
  static let manyStringsQubitCount = 22

  /// Every kind of pass, on low, middle and high qubits.
  static func all(qubitCount: Int, seed: UInt64) -> [PassCase] {
    var generator = SplitMix64(seed: seed)
    return oneQubit(qubitCount, &generator) + dense(qubitCount, &generator) + structured(qubitCount, &generator)
      + sums(qubitCount, &generator)
  }

  private static func oneQubit(_ qubitCount: Int, _ generator: inout SplitMix64) -> [PassCase] {
    let entries = unitary(1, &generator)
    return (0..<qubitCount).map { PassCase("matrix 1", [$0], PassGoal.sweep, .matrix(entries, targets: [$0], controls: .none)) }
  }

  private static func dense(_ qubitCount: Int, _ generator: inout SplitMix64) -> [PassCase] {
    (2...6).flatMap { width in
      let entries = unitary(width, &generator)
      let starts = [0, 8, qubitCount - width]
      let places = starts.map { Array($0..<$0 + width) } + [spread(width, qubitCount)]
      let goal = width > 2 ? PassGoal.wideMatrix : PassGoal.sweep
      return places.map { PassCase("matrix \(width)", $0, goal, .matrix(entries, targets: $0, controls: .none)) }
    }
  }

  /// Qubits as far from each other as they can be.
  private static func spread(_ width: Int, _ qubitCount: Int) -> [Int] {
    (0..<width).map { $0 * (qubitCount - 1) / (width - 1) }
  }

  private static func structured(_ qubitCount: Int, _ generator: inout SplitMix64) -> [PassCase] {
    let top = qubitCount - 1
    let pairs = [[0, 1], [0, top], [8, 9], [top, 0], [top - 1, top]]
    let flips = pairs.map { pair in
      let control = UInt64(1) << UInt64(pair[0])
      let goal = pair[0] < lineQubitCount ? PassGoal.halfLines : PassGoal.sweep
      return PassCase(
        "cx", pair, goal, .permutation([1, 0], targets: [pair[1]], controls: Controls(mask: control, values: control)))
    }
    let swaps = pairs.map { pair in
      let goal = pair.contains { $0 < lineQubitCount } ? PassGoal.halfLines : PassGoal.sweep
      return PassCase("swap", pair, goal, .permutation([0, 2, 1, 3], targets: pair, controls: .none))
    }
    let widths = [1, 2, 6, 12]
    let diagonals = widths.flatMap { width in
      let factors = (0..<1 << width).map { _ in Complex(length: 1, phase: generator.nextAngle()) }
      return [0, qubitCount - width].map {
        let targets = Array($0..<$0 + width)
        return PassCase("diagonal \(width)", targets, PassGoal.sweep, .diagonal(factors, targets: targets, controls: .none))
      }
    }
    let everything = UInt64(1) << UInt64(qubitCount) - 1
    let rotations = [("X", everything, 0), ("Z", 0, everything), ("Y", everything, everything)].map { axis, x, z in
      PassCase(
        name: "rotation \(axis)", qubits: "all", work: .operation(.pauliRotation(x: x, z: z, angle: 0.3, controls: .none)),
        goal: PassGoal.sweep)
    }
    return flips + swaps + diagonals + rotations
  }

  private static func sums(_ qubitCount: Int, _ generator: inout SplitMix64) -> [PassCase] {
    let everything = UInt64(1) << UInt64(qubitCount) - 1
    let diagonal = (0..<100).map { _ in PauliMask(x: 0, z: generator.next() & everything) }
    let random = (0..<1_000).map { _ in PauliMask(x: generator.next() & everything, z: generator.next() & everything) }
    let many = PassCase(name: "1,000 Pauli strings", qubits: "all", work: .expectations(random), goal: PassGoal.strings)
    return [
      PassCase(name: "norm", qubits: "all", work: .norm, goal: PassGoal.norm),
      PassCase(name: "100 Z strings", qubits: "all", work: .expectations(diagonal), goal: PassGoal.manySigns),
      PassCase(name: "10 Pauli strings", qubits: "all", work: .expectations(Array(random.prefix(10))), goal: PassGoal.strings),
      PassCase(name: "1,000 samples", qubits: "all", work: .samples(1_000), goal: PassGoal.samples),
      PassCase(name: "1,000,000 samples", qubits: "all", work: .samples(1_000_000), goal: PassGoal.manySamples),
    ] + (qubitCount <= manyStringsQubitCount ? [many] : [])
  }

  private static func unitary(_ width: Int, _ generator: inout SplitMix64) -> [Complex] {
    let matrix = Matrix.haarRandom(dimension: 1 << width, using: &generator)
    return (0..<1 << width).flatMap { row in (0..<1 << width).map { matrix[row, $0] } }
  }

  /// Amplitudes that lie in one line of memory, in either precision, differ in the lowest qubits.
  private static let lineQubitCount = 3

  private init(_ name: String, _ qubits: [Int], _ goal: Double, _ operation: StateOperation) {
    let isRun = qubits.count > 2 && zip(qubits, qubits.dropFirst()).allSatisfy { $1 == $0 + 1 }
    let text = isRun ? "\(qubits[0]) to \(qubits[qubits.count - 1])" : qubits.map(String.init).joined(separator: ", ")
    self.init(name: name, qubits: text, work: .operation(operation), goal: goal)
  }
}
