internal import RealModule

// Channels from other ways of writing a map.

extension Channel {
  /// Makes a channel of its Pauli transfer matrix.
  ///
  /// - Throws: ``CircuitError`` with code `invalid_channel` if the map does not keep the trace, or is not completely positive, to 1e-8.
  public init(_ transfer: PauliTransferMatrix, name: String = "transfer") throws(CircuitError) {
    try self.init(kraus: Self.krausOperators(choi: transfer.choiMatrix(), name), name: name)
  }

  /// Makes a channel of its superoperator, which acts on the columns of ρ one below the other: S = Σ K* ⊗ K, as Qiskit's SuperOp.
  ///
  /// - Throws: ``CircuitError`` with code `invalid_channel` if it is not 4ᵏ×4ᵏ, does not keep the trace, or is not completely positive, to 1e-8.
  public init(superoperator: Matrix, name: String = "superoperator") throws(CircuitError) {
    let size = 1 << (superoperator.dimension.trailingZeroBitCount / 2)
    guard superoperator.dimension == size * size, (2...1 << Limits.channelQubitCount).contains(size) else {
      throw CircuitError(
        .invalidChannel,
        "\(name): a matrix of dimension \(superoperator.dimension); 4ᵏ for k = 1 to \(Limits.channelQubitCount) qubits is accepted")
    }
    guard superoperator.entries.allSatisfy(\.isFinite) else {
      throw CircuitError(.invalidChannel, "\(name): an entry is not finite")
    }
    // Column i + size·j holds the image of |i⟩⟨j|, its own entry (a, b) in row a + size·b.
    var choi = Matrix.zero(size * size)
    for i in 0..<size {
      for j in 0..<size {
        for a in 0..<size { for b in 0..<size { choi[i * size + a, j * size + b] = superoperator[a + size * b, i + size * j] } }
      }
    }
    try self.init(kraus: Self.krausOperators(choi: choi, name), name: name)
  }

  /// First this channel, then another.
  ///
  /// - Throws: ``CircuitError`` with code `invalid_channel` if they act on different numbers of qubits.
  public func followed(by other: Channel) throws(CircuitError) -> Channel {
    guard qubitCount == other.qubitCount else {
      throw CircuitError(.invalidChannel, "\(name) on \(qubitCount) qubits followed by \(other.name) on \(other.qubitCount)")
    }
    let name = "\(self.name), \(other.name)"
    if case .mixture(let first) = form, case .mixture(let second) = other.form,
      first.count * second.count <= Limits.krausOperatorCount
    {
      let outcomes = first.flatMap { a in
        second.map { Outcome(probability: a.probability * $0.probability, unitary: $0.unitary * a.unitary) }
      }
      return try Channel(mixture: outcomes, name: name)
    }
    return try Channel(PauliTransferMatrix(other) * PauliTransferMatrix(self), name: name)
  }

  /// Operators whose products make a positive matrix: Cholesky's decomposition, the largest of what is left on the diagonal first.
  private static func krausOperators(choi: Matrix, _ name: String) throws(CircuitError) -> [Matrix] {
    let size = 1 << (choi.dimension.trailingZeroBitCount / 2)
    var (rest, operators) = (choi, [Matrix]())
    for _ in 0..<choi.dimension {
      let pivot = (0..<choi.dimension).max { rest[$0, $0].real < rest[$1, $1].real } ?? 0
      let weight = rest[pivot, pivot].real
      guard weight > Limits.negligibleKrausWeight else { break }
      let column = (0..<choi.dimension).map { rest[$0, pivot] * Complex(1 / weight.squareRoot()) }
      for row in 0..<choi.dimension {
        for other in 0..<choi.dimension { rest[row, other] = rest[row, other] - column[row] * column[other].conjugate }
      }
      var found = Matrix.zero(size)
      for i in 0..<size { for a in 0..<size { found[a, i] = column[i * size + a] } }
      operators.append(found)
    }
    guard rest.distance(to: .zero(choi.dimension)) <= Limits.channelTolerance else {
      throw CircuitError(.invalidChannel, "\(name): the map is not completely positive")
    }
    return operators
  }
}
