internal import Circuits
internal import RealModule

/// A unitary matrix as (L₀ ⊕ L₁)·(C, −S; S, C)·(R₀ ⊕ R₁), by the highest bit, with C and S diagonal.
///
/// One-sided Jacobi rotations make the columns of both blocks on the left orthogonal: first those of the upper block, then, of the columns
/// that are long there, those of the lower block, so that short columns are known to their own precision. Taken by descending length each
/// block's columns are made orthonormal; what is off the diagonal then is rounding. Columns that are zero are completed.
///
/// Source: Van Loan (1985), Computing the CS and the generalized singular value decompositions, Numer. Math. 46, for the order of the steps.
struct CosineSineForm {
  private(set) var left: (zero: Matrix, one: Matrix)
  private(set) var right: (zero: Matrix, one: Matrix)
  /// θ with C = cos θ and S = sin θ.
  private(set) var angles: [Double]

  init(_ unitary: Matrix) {
    let bit = unitary.dimension.trailingZeroBitCount - 1
    func block(_ row: Int, _ column: Int) -> Matrix { unitary.block(bit: bit, row: row, column: column) }
    var columns = OrthogonalColumns(upper: block(0, 0), lower: block(1, 0))
    columns.orthogonalize()
    let upper = OrthonormalBasis(columns.upper)
    let lower = OrthonormalBasis(columns.lower)
    left = (Matrix(columns: upper.vectors), Matrix(columns: lower.vectors))
    angles = zip(lower.lengths, upper.lengths).map { Double.atan2(y: $0, x: $1) }
    // U₀₁ = −L₀·S·R₁ and U₁₁ = L₁·C·R₁, and C² + S² = 1.
    let (cosines, sines) = (angles.map { Complex(.cos($0)) }, angles.map { Complex(.sin($0)) })
    let fromLower = (left.one.adjoint() * block(1, 1)).scalingRows(cosines)
    let fromUpper = (left.zero.adjoint() * block(0, 1)).scalingRows(sines)
    let entries = zip(fromLower.entries, fromUpper.entries).map { $0 - $1 }
    right = (Matrix(columns: columns.turns).adjoint(), Matrix(dimension: fromLower.dimension, entries: entries))
  }
}

extension Matrix {
  /// The columns, each a list.
  fileprivate var columns: [[Complex]] { (0..<dimension).map { column in (0..<dimension).map { self[$0, column] } } }

  fileprivate init(columns: [[Complex]]) {
    self.init(
      dimension: columns.count, entries: columns.indices.flatMap { row in columns.map { $0[row] } })
  }
}

/// The columns of two matrices that are one below the other, turned among each other.
private struct OrthogonalColumns {
  var upper: [[Complex]]
  var lower: [[Complex]]
  /// By what the columns were multiplied, as columns.
  var turns: [[Complex]]

  init(upper: Matrix, lower: Matrix) {
    (self.upper, self.lower, turns) = (upper.columns, lower.columns, Matrix.identity(upper.dimension).columns)
  }

  mutating func orthogonalize() {
    orthogonalize(\.upper, Array(upper.indices))
    orthogonalize(\.lower, upper.indices.filter { squaredLength(upper[$0]) > 0.5 })
  }

  private mutating func orthogonalize(_ part: KeyPath<Self, [[Complex]]>, _ indices: [Int]) {
    for _ in 0..<Limits.jacobiSweepCount {
      var hasTurned = false
      for (place, p) in indices.enumerated() {
        for q in indices[(place + 1)...] where rotate(part, p, q) { hasTurned = true }
      }
      if !hasTurned { return }
    }
  }

  /// Makes two columns of a part orthogonal; returns whether that was more than rounding.
  private mutating func rotate(_ part: KeyPath<Self, [[Complex]]>, _ p: Int, _ q: Int) -> Bool {
    let (first, second) = (self[keyPath: part][p], self[keyPath: part][q])
    let (alpha, beta, product) = (squaredLength(first), squaredLength(second), innerProduct(first, second))
    let size = product.length
    guard size > Limits.columnRounding * max(alpha, beta).squareRoot() else { return false }
    let ratio = (beta - alpha) / (2 * size)
    let tangent = (ratio >= 0 ? 1.0 : -1.0) / (abs(ratio) + (1 + ratio * ratio).squareRoot())
    let cosine = 1 / (1 + tangent * tangent).squareRoot()
    let turn = (cosine: cosine, sine: tangent * cosine, phase: product.conjugate / size)
    Self.apply(turn, &upper, p, q)
    Self.apply(turn, &lower, p, q)
    Self.apply(turn, &turns, p, q)
    return true
  }

  private static func apply(
    _ turn: (cosine: Double, sine: Double, phase: Complex), _ columns: inout [[Complex]], _ p: Int, _ q: Int
  ) {
    for row in columns.indices {
      let (a, b) = (columns[p][row], turn.phase * columns[q][row])
      columns[p][row] = turn.cosine * a - turn.sine * b
      columns[q][row] = turn.sine * a + turn.cosine * b
    }
  }
}

/// Orthonormal vectors along columns that are nearly orthogonal, and the columns' lengths.
private struct OrthonormalBasis {
  private(set) var vectors: [[Complex]]
  private(set) var lengths: [Double]

  init(_ columns: [[Complex]]) {
    (vectors, lengths) = (columns, Array(repeating: 0, count: columns.count))
    let sizes = columns.map(squaredLength)
    var done = [Int]()
    for index in columns.indices.sorted(by: { sizes[$0] > sizes[$1] }) {
      var rest = columns[index]
      lengths[index] = separate(&rest, from: done)
      if lengths[index] < Limits.zeroColumn { (rest, lengths[index]) = (completion(done), 0) }
      let scale = 1 / squaredLength(rest).squareRoot()
      vectors[index] = rest.map { scale * $0 }
      done.append(index)
    }
  }

  /// Takes from a vector what lies along others; returns the length of the rest.
  private func separate(_ vector: inout [Complex], from done: [Int]) -> Double {
    var length = squaredLength(vector).squareRoot()
    for _ in 0..<Limits.separationCount {
      for other in done {
        let share = innerProduct(vectors[other], vector)
        for row in vector.indices { vector[row] += -(share * vectors[other][row]) }
      }
      let rest = squaredLength(vector).squareRoot()
      // Twice is enough, but for what was hardly more than rounding.
      if rest > 0.7 * length || rest < Limits.zeroColumn { return rest }
      length = rest
    }
    return length
  }

  /// A vector that is orthogonal to all so far: what is left of the unit vector of which most is left.
  private func completion(_ done: [Int]) -> [Complex] {
    let shares = vectors.indices.map { row in done.reduce(0) { $0 + vectors[$1][row].lengthSquared } }
    let row = shares.indices.min { shares[$0] < shares[$1] } ?? 0
    var result = [Complex](repeating: .zero, count: vectors.count)
    result[row] = .one
    _ = separate(&result, from: done)
    return result
  }
}

private func squaredLength(_ vector: [Complex]) -> Double { vector.reduce(0) { $0 + $1.lengthSquared } }

/// Σ aᵢ*·bᵢ.
private func innerProduct(_ a: [Complex], _ b: [Complex]) -> Complex {
  var sum = Complex.zero
  for (x, y) in zip(a, b) { sum += x.conjugate * y }
  return sum
}
