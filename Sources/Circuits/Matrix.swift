internal import RealModule

/// A square complex matrix, row-major.
public struct Matrix: Hashable, Sendable {
  /// The number of rows, and of columns.
  public let dimension: Int
  /// dimension² entries, row after row.
  public private(set) var entries: [Complex]

  /// Makes a matrix of `dimension²` row-major entries.
  public init(dimension: Int, entries: [Complex]) {
    precondition(entries.count == dimension * dimension, "\(entries.count) entries for a matrix of dimension \(dimension)")
    self.dimension = dimension
    self.entries = entries
  }

  /// Makes a matrix from its rows.
  public init(_ rows: [[Complex]]) {
    self.init(dimension: rows.count, entries: Array(rows.joined()))
  }

  /// Makes the identity.
  public static func identity(_ dimension: Int) -> Matrix { diagonal(Array(repeating: .one, count: dimension)) }

  /// Makes a diagonal matrix.
  public static func diagonal(_ factors: [Complex]) -> Matrix {
    var result = Matrix(dimension: factors.count, entries: Array(repeating: .zero, count: factors.count * factors.count))
    for (index, factor) in factors.enumerated() { result[index, index] = factor }
    return result
  }

  /// The entry in a row and a column.
  public subscript(row: Int, column: Int) -> Complex {
    get { entries[row * dimension + column] }
    set { entries[row * dimension + column] = newValue }
  }

  /// The conjugate transpose.
  public func adjoint() -> Matrix {
    var result = self
    for row in 0..<dimension { for column in 0..<dimension { result[row, column] = self[column, row].conjugate } }
    return result
  }

  /// The matrix product; O(dimension³).
  public static func * (a: Matrix, b: Matrix) -> Matrix {
    precondition(a.dimension == b.dimension, "product of matrices of dimensions \(a.dimension) and \(b.dimension)")
    var result = Matrix(dimension: a.dimension, entries: Array(repeating: .zero, count: a.entries.count))
    for row in 0..<a.dimension {
      for inner in 0..<a.dimension where a[row, inner] != .zero {
        for column in 0..<a.dimension { result[row, column] += a[row, inner] * b[inner, column] }
      }
    }
    return result
  }

  /// The Kronecker product; `other` acts on the less significant bits.
  public func tensor(_ other: Matrix) -> Matrix {
    let size = dimension * other.dimension
    var result = Matrix(dimension: size, entries: Array(repeating: .zero, count: size * size))
    for row in 0..<size {
      for column in 0..<size {
        result[row, column] =
          self[row / other.dimension, column / other.dimension] * other[row % other.dimension, column % other.dimension]
      }
    }
    return result
  }

  /// The largest |aᵢⱼ − bᵢⱼ|.
  public func distance(to other: Matrix) -> Double {
    zip(entries, other.entries).reduce(0) { max($0, ($1.0 - $1.1).length) }
  }

  /// Whether every entry of U·U† is within `tolerance` of the identity's.
  public func isUnitary(tolerance: Double = 1e-8) -> Bool {
    entries.allSatisfy(\.isFinite) && (self * adjoint()).distance(to: .identity(dimension)) <= tolerance
  }

  /// Whether every entry off the diagonal is exactly zero.
  public var isDiagonal: Bool {
    entries.indices.allSatisfy { $0 / dimension == $0 % dimension || entries[$0] == .zero }
  }

  /// The diagonal entries.
  public var diagonalEntries: [Complex] { (0..<dimension).map { self[$0, $0] } }

  /// Where each basis state goes, if every column holds exactly one entry, and that is 1; else nil.
  public var permutationTable: [Int]? {
    var table = [Int]()
    for column in 0..<dimension {
      let nonzero = (0..<dimension).filter { self[$0, column] != .zero }
      guard nonzero.count == 1, self[nonzero[0], column] == .one else { return nil }
      table.append(nonzero[0])
    }
    return Set(table).count == dimension ? table : nil
  }
}
