internal import FoundationEssentials
internal import Transpiler

/// The value of `--coupling`: a shape with its size, or a file.
enum CouplingOption {
  private struct File: Decodable {
    var qubits: Int
    var edges: [[Int]]
  }

  /// Reads a coupling map.
  ///
  /// - Throws: ``Failure`` for what is none, ``TranspilerError`` for a size or an edge that cannot be.
  static func map(_ text: String) throws -> CouplingMap {
    if text.hasSuffix(".json") {
      let bytes = try Files.read(text)
      do {
        let file = try JSONDecoder().decode(File.self, from: Data(bytes))
        return try CouplingMap(qubitCount: file.qubits, edges: file.edges)
      } catch let error as TranspilerError { throw error } catch {
        throw Failure(.invalidData, "\(text): {\"qubits\": 3, \"edges\": [[0, 1], [1, 2]]} is needed: \(error)")
      }
    }
    let parts = text.split(separator: ":", maxSplits: 1)
    let sizes = parts.count == 2 ? parts[1].split(separator: "x").map { Int($0) } : []
    switch (parts.first ?? "", sizes.count) {
    case ("line", 1): if let count = sizes[0] { return try .line(count) }
    case ("ring", 1): if let count = sizes[0] { return try .ring(count) }
    case ("full", 1): if let count = sizes[0] { return try .full(count) }
    case ("grid", 2): if let rows = sizes[0], let columns = sizes[1] { return try .grid(rows: rows, columns: columns) }
    default: break
    }
    throw Failure(.usage, "--coupling '\(text)': line:N, ring:N, grid:RxC, full:N or a .json file is accepted")
  }
}
