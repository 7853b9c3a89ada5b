internal import RealModule

/// A real 3×3 matrix: what a map of one qubit does to the vector of (X, Y, Z).
struct BlochMap {
  /// Three rows.
  private(set) var rows: [[Double]]

  init(_ rows: [[Double]]) { self.rows = rows }

  /// This matrix as last · diag(scales) · first, first and last rotations; a diagonal matrix keeps its axes.
  ///
  /// One-sided Jacobi: columns are turned until they are orthogonal; their lengths are the scales, up to signs, which make rotations of
  /// reflections.
  func rotationsAndScales() -> (first: BlochMap, scales: [Double], last: BlochMap) {
    let identity = BlochMap([[1, 0, 0], [0, 1, 0], [0, 0, 1]])
    if (0..<3).allSatisfy({ row in (0..<3).allSatisfy { row == $0 || rows[row][$0] == 0 } }) {
      return (identity, (0..<3).map { rows[$0][$0] }, identity)
    }
    var (columns, turned) = (transposed.rows, identity.rows)
    for _ in 0..<Limits.jacobiSweepCount {
      for (p, q) in [(0, 1), (0, 2), (1, 2)] { Self.orthogonalize(p, q, &columns, &turned) }
    }
    var scales = columns.map { Self.dot($0, $0).squareRoot() }
    var last = Self.completed(zip(columns, scales).map { column, scale in scale > 0 ? column.map { $0 / scale } : [0, 0, 0] })
    var first = BlochMap(turned)
    if first.determinant < 0 {
      first.rows[0] = first.rows[0].map { -$0 }
      scales[0] = -scales[0]
    }
    last = last.transposed
    if last.determinant < 0 {
      for row in 0..<3 { last.rows[row][0] = -last.rows[row][0] }
      scales[0] = -scales[0]
    }
    return (first, scales, last)
  }

  /// Turns two columns, and the same two rows of what has been turned, until the columns are orthogonal.
  private static func orthogonalize(_ p: Int, _ q: Int, _ columns: inout [[Double]], _ turned: inout [[Double]]) {
    let (a, b, c) = (dot(columns[p], columns[p]), dot(columns[q], columns[q]), dot(columns[p], columns[q]))
    guard abs(c) > 0x1p-60 * (a * b).squareRoot() else { return }
    let ratio = (b - a) / (2 * c)
    let tangent = (ratio < 0 ? -1 : 1) / (abs(ratio) + (1 + ratio * ratio).squareRoot())
    let cosine = 1 / (1 + tangent * tangent).squareRoot()
    let sine = cosine * tangent
    func turn(_ vectors: inout [[Double]]) {
      let (first, second) = (vectors[p], vectors[q])
      vectors[p] = zip(first, second).map { cosine * $0 - sine * $1 }
      vectors[q] = zip(first, second).map { sine * $0 + cosine * $1 }
    }
    turn(&columns)
    turn(&turned)
  }

  /// Three orthogonal unit vectors, of which some may be missing.
  private static func completed(_ vectors: [[Double]]) -> BlochMap {
    var result = vectors
    for index in 0..<3 where dot(result[index], result[index]) == 0 {
      let others = (0..<3).filter { $0 != index && dot(result[$0], result[$0]) > 0 }.map { result[$0] }
      let candidates = (0..<3).map { axis in (0..<3).map { $0 == axis ? 1.0 : 0 } }.map { axis in
        others.reduce(axis) { vector, other in
          let overlap = dot(axis, other)
          return zip(vector, other).map { $0 - overlap * $1 }
        }
      }
      let longest = candidates.max { dot($0, $0) < dot($1, $1) } ?? [1, 0, 0]
      let length = dot(longest, longest).squareRoot()
      result[index] = longest.map { $0 / length }
    }
    return BlochMap(result)
  }

  /// The unitary whose rotation of the Bloch ball this is; of the two, which differ in sign, either.
  ///
  /// A rotation by θ about n is cos(θ/2) − i·sin(θ/2)·(n·σ): the four numbers follow from the largest of their squares.
  func unitary() -> Matrix {
    let (r, trace) = (rows, rows[0][0] + rows[1][1] + rows[2][2])
    let squares = [1 + trace] + (0..<3).map { 1 + 2 * r[$0][$0] - trace }
    let largest = squares.indices.max { squares[$0] < squares[$1] } ?? 0
    let twice = squares[largest].squareRoot()
    let differences = [r[2][1] - r[1][2], r[0][2] - r[2][0], r[1][0] - r[0][1]]
    var numbers = [0.0, 0, 0, 0]
    numbers[largest] = twice / 2
    if largest == 0 {
      for axis in 0..<3 { numbers[axis + 1] = differences[axis] / (2 * twice) }
    } else {
      let axis = largest - 1
      numbers[0] = differences[axis] / (2 * twice)
      for other in 0..<3 where other != axis { numbers[other + 1] = (r[axis][other] + r[other][axis]) / (2 * twice) }
    }
    let (w, x, y, z) = (numbers[0], numbers[1], numbers[2], numbers[3])
    return Matrix([[Complex(w, -z), Complex(-y, -x)], [Complex(y, -x), Complex(w, z)]])
  }

  private var transposed: BlochMap { BlochMap((0..<3).map { row in (0..<3).map { rows[$0][row] } }) }

  private var determinant: Double {
    let r = rows
    return r[0][0] * (r[1][1] * r[2][2] - r[1][2] * r[2][1]) - r[0][1] * (r[1][0] * r[2][2] - r[1][2] * r[2][0])
      + r[0][2] * (r[1][0] * r[2][1] - r[1][1] * r[2][0])
  }

  private static func dot(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
}
