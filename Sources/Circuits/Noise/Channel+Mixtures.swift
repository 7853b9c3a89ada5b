// Channels that are mixtures of unitaries, found among those that are written otherwise.

extension Channel {
  /// This channel as a mixture of unitaries; nil if it is not found to be one.
  func asMixture() -> Channel? {
    guard case .kraus(let operators) = form else { return self }
    return multiplesOfUnitaries(operators) ?? (qubitCount == 1 ? unitalMixture() : nil)
  }

  /// Operators √p·U: K†K is p times the identity.
  private func multiplesOfUnitaries(_ operators: [Matrix]) -> Channel? {
    var outcomes = [Outcome]()
    for matrix in operators {
      let square = matrix.adjoint() * matrix
      let probability = square.diagonalEntries.reduce(0) { $0 + $1.real } / Double(square.dimension)
      let identity = Matrix.identity(square.dimension).scaled(by: probability)
      guard probability > 0, square.distance(to: identity) <= Limits.mixtureTolerance * probability else { return nil }
      outcomes.append(Outcome(probability: probability, unitary: matrix.scaled(by: 1 / probability.squareRoot())))
    }
    // Not a mixture if it is refused as one.
    return try? Channel(mixture: outcomes, name: name)
  }

  /// A channel of one qubit that keeps the maximally mixed state: two rotations of the Bloch ball, and a Pauli channel in between.
  ///
  /// Source: Ruskai, Szarek and Werner, arXiv:quant-ph/0101003 (2001).
  private func unitalMixture() -> Channel? {
    let transfer = PauliTransferMatrix(self)
    let axes = [1, 3, 2]
    guard axes.allSatisfy({ abs(transfer[$0, 0]) <= Limits.mixtureTolerance }) else { return nil }
    let parts = BlochMap(axes.map { row in axes.map { transfer[row, $0] } }).rotationsAndScales()
    let (x, y, z) = (parts.scales[0], parts.scales[1], parts.scales[2])
    let probabilities = [(1 + x + y + z) / 4, (1 + x - y - z) / 4, (1 - x + y - z) / 4, (1 - x - y + z) / 4]
    let (first, last) = (parts.first.unitary(), parts.last.unitary())
    let outcomes = zip(probabilities, [0, 1, 3, 2]).filter { $0.0 > Limits.negligibleKrausWeight }.map { probability, digit in
      Outcome(probability: probability, unitary: last * PauliString(qubitCount: 1, digits: digit).matrix() * first)
    }
    // What is rounded must not be seen: else the channel stays as it was written.
    guard let found = try? Channel(mixture: outcomes, name: name) else { return nil }
    return PauliTransferMatrix(found).distance(to: transfer) <= Limits.mixtureTolerance ? found : nil
  }
}
