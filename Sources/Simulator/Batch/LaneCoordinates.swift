/// Coordinates of the basis states that rotations reach from |0…0⟩: the span of their flip masks.
///
/// A basis state in it is Σ sⱼbⱼ (mod 2), with sⱼ the value of functional j, a parity of qubits. Functionals are parities that are measured
/// where there are such, so that their masks become single bits.
struct LaneCoordinates {
  /// Parities of qubits, one for each coordinate.
  private(set) var functionals: [UInt64] = []
  /// The basis to which they are dual.
  private(set) var basis: [UInt64] = []

  /// The number of coordinates.
  var count: Int { basis.count }

  /// Spans masks.
  ///
  /// - Parameters:
  ///   - directions: The masks that are spanned.
  ///   - preferred: Parities that become coordinates as far as they are independent there.
  init(spanning directions: [UInt64], preferring preferred: [UInt64], qubitCount: Int) {
    var echelon = BinaryEchelon()
    let generators = directions.filter { echelon.insert($0) }
    var independent = BinaryEchelon()
    var values = [UInt64]()
    for functional in preferred + (0..<qubitCount).map({ 1 << UInt64($0) }) where values.count < generators.count {
      let value = Self.values(of: functional, at: generators)
      guard independent.insert(value) else { continue }
      functionals.append(functional)
      values.append(value)
    }
    basis = Self.dual(values).map { mask in setBits(mask).reduce(0) { $0 ^ generators[$1] } }
  }

  /// The coordinates of a mask in the span; nil for one outside.
  func coordinates(of mask: UInt64) -> UInt32? {
    let result = Self.values(of: mask, at: functionals)
    return setBits(result).reduce(mask, { $0 ^ basis[$1] }) == 0 ? UInt32(result) : nil
  }

  /// A parity of qubits as one of coordinates.
  func parity(of mask: UInt64) -> UInt32 { UInt32(Self.values(of: mask, at: basis)) }

  /// Changes the basis until no mask lies in the span of the highest coordinates alone: to their vectors some of the others are added.
  ///
  /// - Throws: ``SimulatorError`` with code `unsupported` if none of the bases that are tried does that.
  mutating func keepOffTop(_ topCount: Int, _ masks: [UInt64]) throws(SimulatorError) {
    let bottomCount = count - topCount
    let bottom = UInt32(truncatingIfNeeded: UInt64(1) << UInt64(bottomCount) - 1)
    for attempt in 0..<Limits.spreadAttemptCount {
      var changed = self
      for top in 0..<topCount where attempt > 0 {
        changed.add((top + topCount * (attempt - 1)) % bottomCount, to: bottomCount + top)
        if attempt * topCount > bottomCount { changed.add((5 * top + 3 * attempt) % bottomCount, to: bottomCount + top) }
      }
      if masks.allSatisfy({ mask in mask == 0 || changed.coordinates(of: mask).map { $0 & bottom != 0 } ?? true }) {
        self = changed
        return
      }
    }
    throw SimulatorError(.unsupported, "a batch of states whose rotations leave no coordinates for lanes")
  }

  /// Adds one vector of the basis to another.
  private mutating func add(_ from: Int, to: Int) {
    basis[to] ^= basis[from]
    functionals[from] ^= functionals[to]
  }

  /// One bit for each vector: the parity of what it shares with a mask.
  private static func values(of mask: UInt64, at vectors: [UInt64]) -> UInt64 {
    vectors.enumerated().reduce(0) { $0 | UInt64(($1.element & mask).nonzeroBitCount & 1) << UInt64($1.offset) }
  }

  /// For rows wᵢ of an invertible matrix, the masks cₖ with |wᵢ ∧ cₖ| odd for i = k only, by Gauss–Jordan elimination.
  private static func dual(_ rows: [UInt64]) -> [UInt64] {
    var left = rows
    var right = rows.indices.map { UInt64(1) << UInt64($0) }
    for column in rows.indices {
      let bit = UInt64(1) << UInt64(column)
      guard let pivot = left.indices.dropFirst(column).first(where: { left[$0] & bit != 0 }) else {
        preconditionFailure("functionals that are not independent")
      }
      left.swapAt(column, pivot)
      right.swapAt(column, pivot)
      for row in rows.indices where row != column && left[row] & bit != 0 {
        left[row] ^= left[column]
        right[row] ^= right[column]
      }
    }
    // Row j of the inverse has the bits j of all cₖ.
    return rows.indices.map { k in
      right.enumerated().reduce(0) { $0 | ($1.element >> UInt64(k) & 1) << UInt64($1.offset) }
    }
  }
}

/// Vectors over the integers mod 2, each with a highest bit of its own.
struct BinaryEchelon {
  private var rows: [UInt64] = []

  /// The number of independent vectors that were inserted.
  var rank: Int { rows.count }

  /// What is left of a vector without those in the span.
  func reduced(_ vector: UInt64) -> UInt64 {
    rows.reduce(vector) { min($0, $0 ^ $1) }
  }

  /// Adds a vector; false if it is in the span already.
  mutating func insert(_ vector: UInt64) -> Bool {
    let rest = reduced(vector)
    guard rest != 0 else { return false }
    rows.append(rest)
    return true
  }
}
