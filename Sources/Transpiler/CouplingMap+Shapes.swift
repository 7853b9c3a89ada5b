extension CouplingMap {
  /// Qubits in a row, each coupled with the next.
  public static func line(_ count: Int) throws(TranspilerError) -> CouplingMap {
    try CouplingMap(qubitCount: count, edges: stride(from: 1, to: count, by: 1).map { [$0 - 1, $0] })
  }

  /// A line whose ends are coupled.
  public static func ring(_ count: Int) throws(TranspilerError) -> CouplingMap {
    let closing = count > 2 ? [[0, count - 1]] : []
    return try CouplingMap(qubitCount: count, edges: stride(from: 1, to: count, by: 1).map { [$0 - 1, $0] } + closing)
  }

  /// Rows of qubits, each coupled with those beside, above and below it; numbered row by row.
  public static func grid(rows: Int, columns: Int) throws(TranspilerError) -> CouplingMap {
    guard rows > 0, columns > 0, rows <= Limits.physicalQubitCount, columns <= Limits.physicalQubitCount else {
      throw TranspilerError(
        .invalidTarget, "a grid of \(rows) × \(columns); 1 to \(Limits.physicalQubitCount) rows and columns are taken")
    }
    let across = (0..<rows).flatMap { row in
      stride(from: 1, to: columns, by: 1).map { [row * columns + $0 - 1, row * columns + $0] }
    }
    let down = stride(from: 1, to: rows, by: 1).flatMap { row in
      (0..<columns).map { [(row - 1) * columns + $0, row * columns + $0] }
    }
    return try CouplingMap(qubitCount: rows * columns, edges: across + down)
  }

  /// Every qubit coupled with every other.
  public static func full(_ count: Int) throws(TranspilerError) -> CouplingMap {
    try CouplingMap(qubitCount: count, edges: (0..<max(count, 0)).flatMap { first in (0..<first).map { [$0, first] } })
  }
}
