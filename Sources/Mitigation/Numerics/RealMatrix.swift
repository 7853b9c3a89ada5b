/// A dense real matrix, row after row.
struct RealMatrix: Hashable, Sendable {
  /// The number of rows.
  let rowCount: Int
  /// The number of columns.
  let columnCount: Int
  /// rowCount × columnCount entries.
  var entries: [Double]

  /// Makes a matrix of zeros.
  init(rowCount: Int, columnCount: Int) {
    (self.rowCount, self.columnCount) = (rowCount, columnCount)
    entries = Array(repeating: 0, count: rowCount * columnCount)
  }

  /// Makes a matrix from its rows, all of one length.
  init(_ rows: [[Double]]) {
    (rowCount, columnCount) = (rows.count, rows.first?.count ?? 0)
    entries = Array(rows.joined())
    precondition(entries.count == rowCount * columnCount, "rows of different lengths")
  }

  /// The entry in a row and a column.
  subscript(row: Int, column: Int) -> Double {
    get { entries[row * columnCount + column] }
    set { entries[row * columnCount + column] = newValue }
  }

  /// The matrix times a column.
  func times(_ vector: [Double]) -> [Double] {
    (0..<rowCount).map { row in
      let start = row * columnCount
      return vector.indices.reduce(0) { $0 + entries[start + $1] * vector[$1] }
    }
  }

  /// The rows as columns.
  func transposed() -> RealMatrix {
    var result = RealMatrix(rowCount: columnCount, columnCount: rowCount)
    for row in 0..<rowCount { for column in 0..<columnCount { result[column, row] = self[row, column] } }
    return result
  }

  /// The largest sum of magnitudes in a column.
  var columnNorm: Double {
    (0..<columnCount).reduce(0) { most, column in
      max(most, (0..<rowCount).reduce(0) { $0 + self[$1, column].magnitude })
    }
  }

  /// The inverse of a square matrix by Gauss and Jordan's elimination, the largest pivot of a column first; nil if a pivot is negligible.
  func inverse() -> RealMatrix? {
    precondition(rowCount == columnCount, "the inverse of a matrix of \(rowCount) × \(columnCount)")
    let size = rowCount
    var (rest, result) = (self, RealMatrix(rowCount: size, columnCount: size))
    for index in 0..<size { result[index, index] = 1 }
    for column in 0..<size {
      let pivot = (column..<size).max { rest[$0, column].magnitude < rest[$1, column].magnitude } ?? column
      guard rest[pivot, column].magnitude > Limits.singularPivot else { return nil }
      rest.swapRows(pivot, column)
      result.swapRows(pivot, column)
      let factor = 1 / rest[column, column]
      rest.scaleRow(column, by: factor)
      result.scaleRow(column, by: factor)
      for row in 0..<size where row != column && rest[row, column] != 0 {
        let multiple = -rest[row, column]
        rest.addRow(column, times: multiple, to: row)
        result.addRow(column, times: multiple, to: row)
      }
    }
    return result
  }

  private mutating func swapRows(_ first: Int, _ second: Int) {
    guard first != second else { return }
    for column in 0..<columnCount { entries.swapAt(first * columnCount + column, second * columnCount + column) }
  }

  private mutating func scaleRow(_ row: Int, by factor: Double) {
    for index in row * columnCount..<(row + 1) * columnCount { entries[index] *= factor }
  }

  private mutating func addRow(_ source: Int, times factor: Double, to target: Int) {
    let (from, to) = (source * columnCount, target * columnCount)
    for column in 0..<columnCount { entries[to + column] += factor * entries[from + column] }
  }
}
