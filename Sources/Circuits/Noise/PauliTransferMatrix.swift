/// A map of the operators on a few qubits, in the basis of the Pauli strings: R[p, q] = 2⁻ᵏ·Tr(P·E(Q)), real for every channel.
///
/// Strings are numbered in base 4, qubit 0's digit least significant: 0 for I, 1 for X, 2 for Z, 3 for Y.
///
/// Source: Greenbaum, arXiv:1509.02921 (2015).
public struct PauliTransferMatrix: Hashable, Sendable {
  /// k.
  public let qubitCount: Int
  /// 4ᵏ × 4ᵏ entries, row after row.
  public private(set) var entries: [Double]

  /// How many strings there are: 4ᵏ.
  public var dimension: Int { 1 << (2 * qubitCount) }

  /// Makes the identity.
  public init(qubitCount: Int) {
    precondition((1...Limits.channelQubitCount).contains(qubitCount), "a transfer matrix of \(qubitCount) qubits")
    self.qubitCount = qubitCount
    let dimension = 1 << (2 * qubitCount)
    entries = (0..<dimension * dimension).map { $0 % (dimension + 1) == 0 ? 1 : 0 }
  }

  /// Makes the matrix of a channel.
  public init(_ channel: Channel) { self.init(kraus: channel.krausOperators, qubitCount: channel.qubitCount) }

  /// Makes the matrix of a unitary on up to ``Limits/channelQubitCount`` qubits.
  public init(unitary: Matrix) { self.init(kraus: [unitary], qubitCount: unitary.dimension.trailingZeroBitCount) }

  private init(kraus operators: [Matrix], qubitCount: Int) {
    self.init(qubitCount: qubitCount)
    let strings = Self.strings(qubitCount)
    for (column, string) in strings.enumerated() {
      let image = operators.reduce(Matrix.zero(1 << qubitCount)) { $0 + $1 * string * $1.adjoint() }
      for (row, other) in strings.enumerated() {
        self[row, column] = other.realTraceOfProduct(with: image) / Double(1 << qubitCount)
      }
    }
    // What rounding leaves where terms cancel: zeros are left out when maps are applied, and Pauli channels are known by them.
    let least = Double.ulpOfOne * (entries.map(abs).max() ?? 0)
    for index in entries.indices where abs(entries[index]) <= least { entries[index] = 0 }
  }

  /// The entry in a row and a column.
  public subscript(row: Int, column: Int) -> Double {
    get { entries[row * dimension + column] }
    set { entries[row * dimension + column] = newValue }
  }

  /// First the other map, then this one.
  public static func * (a: PauliTransferMatrix, b: PauliTransferMatrix) -> PauliTransferMatrix {
    precondition(a.qubitCount == b.qubitCount, "product of maps of \(a.qubitCount) and \(b.qubitCount) qubits")
    var result = a
    let size = a.dimension
    var products = [Double](repeating: 0, count: size * size)
    for row in 0..<size {
      // Most entries are zero: those of Clifford gates but one in each row, those of Pauli channels but the diagonal.
      for inner in 0..<size where a.entries[row * size + inner] != 0 {
        let factor = a.entries[row * size + inner]
        for column in 0..<size { products[row * size + column] += factor * b.entries[inner * size + column] }
      }
    }
    result.entries = products
    return result
  }

  /// The largest difference of two entries.
  public func distance(to other: PauliTransferMatrix) -> Double {
    zip(entries, other.entries).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  /// The matrix Σ |i⟩⟨j| ⊗ E(|i⟩⟨j|), which is positive if and only if the map is completely positive.
  func choiMatrix() -> Matrix {
    let (strings, size) = (Self.strings(qubitCount), 1 << qubitCount)
    // |i⟩⟨j| = 2⁻ᵏ Σ ⟨j|Q|i⟩·Q.
    var result = Matrix.zero(size * size)
    for (column, string) in strings.enumerated() {
      var image = Matrix.zero(size)
      for (row, other) in strings.enumerated() where self[row, column] != 0 { image = image + other.scaled(by: self[row, column]) }
      for i in 0..<size {
        for j in 0..<size where string[j, i] != .zero {
          let factor = string[j, i] * Complex(1 / Double(size))
          for a in 0..<size { for b in 0..<size { result[i * size + a, j * size + b] += factor * image[a, b] } }
        }
      }
    }
    return result
  }

  private static func strings(_ qubitCount: Int) -> [Matrix] {
    (0..<UInt64(1) << UInt64(2 * qubitCount)).map { PauliString(qubitCount: qubitCount, digits: $0).matrix() }
  }
}

extension PauliString {
  /// Makes a string from its number in base 4: 0 for I, 1 for X, 2 for Z, 3 for Y, qubit 0's digit least significant.
  package init(qubitCount: Int, digits: UInt64) {
    var (x, z) = (UInt64(0), UInt64(0))
    for qubit in 0..<UInt64(qubitCount) {
      x |= (digits >> (2 * qubit) & 1) << qubit
      z |= (digits >> (2 * qubit + 1) & 1) << qubit
    }
    self.init(qubitCount: qubitCount, x: x, z: z)
  }
}
