internal import Circuits

/// Noise of Pauli strings on a few qubits: what stabilizer states stay stabilizer states under.
struct PauliNoise {
  /// A string on the circuit's qubits, and how often it comes.
  struct Error {
    var x: [Int]
    var z: [Int]
    var probability: Double
  }

  /// The strings other than the identity.
  let errors: [Error]
  /// A draw below the first bound chooses the first error, and so on; above all bounds there is none.
  private let bounds: [UInt64]

  /// The channel as noise of Pauli strings; nil for one that is none.
  init?(_ channel: Channel, qubits: [Int]) {
    guard case .mixture(let outcomes) = channel.form else { return nil }
    var errors = [Error]()
    for outcome in outcomes {
      guard let string = outcome.unitary.pauliString else { return nil }
      func places(_ bits: UInt64) -> [Int] { qubits.indices.filter { bits >> UInt64($0) & 1 == 1 }.map { qubits[$0] } }
      guard string.x | string.z != 0 else { continue }
      errors.append(Error(x: places(string.x), z: places(string.z), probability: outcome.probability))
    }
    self.errors = errors
    bounds = RandomStream.bounds(errors.map(\.probability))
  }

  /// The probability that there is no error, and that of each.
  var probabilities: [Double] { [max(0, 1 - errors.reduce(0) { $0 + $1.probability })] + errors.map(\.probability) }

  /// Which error a draw chooses, if any.
  func error(_ draw: UInt64) -> Error? {
    guard let last = bounds.last, draw < last else { return nil }
    return errors[bounds.firstIndex { draw < $0 } ?? 0]
  }
}

extension Matrix {
  /// The Pauli string that a matrix is up to a phase; nil if it is none.
  fileprivate var pauliString: PauliString? {
    let count = dimension.trailingZeroBitCount
    guard let x = (0..<dimension).first(where: { self[$0, 0].lengthSquared > 0.5 }) else { return nil }
    let first = self[x, 0]
    // ⟨x ⊕ b|P|b⟩ = phase·(−1)^|z∧b|.
    let z = (0..<count).filter { (self[x ^ 1 << $0, 1 << $0] - first).lengthSquared > 1 }.reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
    for row in 0..<dimension {
      for column in 0..<dimension {
        let sign: Double = (UInt64(column) & z).nonzeroBitCount & 1 == 0 ? 1 : -1
        let expected = row == column ^ x ? sign * first : .zero
        guard (self[row, column] - expected).lengthSquared < Limits.cliffordTolerance * Limits.cliffordTolerance else { return nil }
      }
    }
    return PauliString(qubitCount: count, x: UInt64(x), z: z)
  }
}
