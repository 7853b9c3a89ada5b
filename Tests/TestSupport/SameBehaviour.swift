public import Circuits

/// Compares circuits by what they do.
public enum SameBehaviour {
  /// The unitary of a circuit of gates, column by column.
  public static func unitary(_ circuit: Circuit, parameters: [Double] = []) throws -> Matrix {
    let size = 1 << circuit.qubitCount
    var result = Matrix(dimension: size, entries: Array(repeating: .zero, count: size * size))
    let memory = try circuit.initialMemory(parameters)
    for column in 0..<size {
      var amplitudes = Array(repeating: Complex.zero, count: size)
      amplitudes[column] = .one
      for instruction in circuit.instructions {
        guard case .gate(let operation) = instruction else { continue }
        amplitudes = ReferenceInterpreter.applying(try operation.resolved(in: memory), to: amplitudes)
      }
      for row in 0..<size { result[row, column] = amplitudes[row] }
    }
    return result
  }

  /// The largest |aᵢⱼ − e^{iφ}bᵢⱼ| for the φ that makes the largest entries agree.
  public static func distanceUpToPhase(_ a: Matrix, _ b: Matrix) -> Double {
    let largest = a.entries.indices.max { a.entries[$0].length < a.entries[$1].length } ?? 0
    let phase = Complex(phase: a.entries[largest].phase - b.entries[largest].phase)
    return a.distance(to: Matrix(dimension: b.dimension, entries: b.entries.map { phase * $0 }))
  }

  /// The largest difference of two distributions.
  public static func distance(_ a: [String: Double], _ b: [String: Double]) -> Double {
    Set(a.keys).union(b.keys).reduce(0) { max($0, abs((a[$1] ?? 0) - (b[$1] ?? 0))) }
  }
}
