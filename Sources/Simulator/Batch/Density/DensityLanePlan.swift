internal import Circuits

/// A noisy circuit on a few qubits as steps on the 4ⁿ values of Pauli strings: what `ck_lane_density.h` describes.
///
/// Factors of Pauli channels wait until a rotation comes that mixes strings with different ones; those that meet are one.
struct DensityLanePlan {
  /// Values that a rotation mixes: r_q takes sin θ·r_r, and r_r takes −sin θ·r_q.
  struct Pair: Hashable {
    var q: Int
    var r: Int
  }

  /// A string's number with a coefficient.
  struct Entry: Hashable {
    var string: Int
    var factor: Double
  }

  enum Step: Hashable {
    case rotation(number: Int, [Pair])
    case factors([Entry])
    /// The entries of each string.
    case map([[Entry]])
  }

  let qubitCount: Int
  private(set) var steps: [Step] = []
  /// States that going backwards needs: those before steps that are no rotations.
  var keptCount: Int { steps.count { if case .rotation = $0 { false } else { true } } }
  private var pending: [Double]
  private var images: Images?
  private var pairs: [[UInt64]: [Pair]] = [:]

  /// Plans the rotations and the maps of a circuit.
  init(_ circuit: RotationCircuit) {
    qubitCount = circuit.qubitCount
    pending = Array(repeating: 1, count: 1 << (2 * circuit.qubitCount))
    var next = 0
    for (number, rotation) in circuit.rotations.enumerated() {
      while next < circuit.maps.count, circuit.maps[next].position <= number {
        append(circuit.maps[next])
        next += 1
      }
      append(rotation, number)
    }
    for map in circuit.maps[next...] { append(map) }
    flush()
  }

  private mutating func append(_ rotation: RotationCircuit.Rotation, _ number: Int) {
    let pairs = pairs[[rotation.x, rotation.z]] ?? self.pairs(of: rotation)
    self.pairs[[rotation.x, rotation.z]] = pairs
    if pairs.contains(where: { pending[$0.q] != pending[$0.r] }) { flush() }
    steps.append(.rotation(number: number, pairs))
  }

  /// exp(iθP/2)·Q·exp(−iθP/2) = cos θ·Q − i sin θ·QP for a string Q that anticommutes with P.
  private func pairs(of rotation: RotationCircuit.Rotation) -> [Pair] {
    let axis = SignedPauli(x: rotation.x, z: rotation.z)
    let strings = (0..<1 << (2 * qubitCount)).map { SignedPauli(number: $0, qubitCount: qubitCount) }
    return strings.enumerated().compactMap { number, string in
      guard !string.commutes(with: axis) else { return nil }
      let product = string * axis
      let partner = SignedPauli(x: product.x, z: product.z, phase: product.phase + 3)
      let other = Int(stringNumber(x: partner.x, z: partner.z))
      // Each pair is met twice, once from each side.
      return partner.isNegative ? nil : Pair(q: number, r: other)
    }
  }

  private mutating func append(_ map: RotationCircuit.Map) {
    if images?.frame != map.frame { images = Images(map.frame, qubitCount: qubitCount) }
    guard let images else { return }
    let rows = images.rows(of: map.map)
    let isDiagonal = rows.enumerated().allSatisfy { row, entries in entries.allSatisfy { $0.string == row } }
    if isDiagonal {
      for (row, entries) in rows.enumerated() { pending[row] *= entries.first?.factor ?? 0 }
    } else {
      flush()
      steps.append(.map(rows))
    }
  }

  private mutating func flush() {
    let factors = pending.enumerated().filter { $0.element != 1 }.map { Entry(string: $0.offset, factor: $0.element) }
    if !factors.isEmpty { steps.append(.factors(factors)) }
    pending = Array(repeating: 1, count: pending.count)
  }
}

/// What a frame makes of all strings.
private struct Images {
  let frame: CliffordFrame
  private let numbers: [Int]
  private let signs: [Double]

  init(_ frame: CliffordFrame, qubitCount: Int) {
    self.frame = frame
    let images = (0..<1 << (2 * qubitCount)).map { frame.image(of: SignedPauli(number: $0, qubitCount: qubitCount)) }
    numbers = images.map { Int(stringNumber(x: $0.x, z: $0.z)) }
    signs = images.map { $0.isNegative ? -1 : 1 }
  }

  /// A map before the Clifford gates, as the entries of each string.
  func rows(of map: TransferMap) -> [[DensityLanePlan.Entry]] {
    var rows = [[DensityLanePlan.Entry]](repeating: [], count: numbers.count)
    let mask = map.qubits.reduce(0) { $0 | 3 << (2 * $1) }
    let places = (0..<map.matrix.dimension).map { local in
      map.qubits.enumerated().reduce(0) { $0 | (local >> (2 * $1.offset) & 3) << (2 * $1.element) }
    }
    for rest in numbers.indices where rest & mask == 0 {
      for (row, place) in places.enumerated() {
        let target = rest | place
        for (column, other) in places.enumerated() where map.matrix[row, column] != 0 {
          let source = rest | other
          rows[numbers[target]].append(
            .init(string: numbers[source], factor: signs[target] * signs[source] * map.matrix[row, column]))
        }
      }
    }
    return rows
  }
}

extension SignedPauli {
  /// The Hermitian string of a number (``DensityStorage``).
  fileprivate init(number: Int, qubitCount: Int) {
    let string = PauliString(qubitCount: qubitCount, digits: UInt64(number))
    self.init(x: string.x, z: string.z)
  }
}
