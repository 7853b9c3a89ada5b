internal import Circuits

/// Writes the inverses of channels as weighted sums of operations that the same noise model applies to.
struct ChannelInverter {
  let reader: NoiseReader
  /// What each basis operation does to each qubit, noise included.
  private var maps: [Int: [PauliTransferMatrix]] = [:]
  private var known: [Key: QuasiProbability] = [:]

  private struct Key: Hashable {
    var transfer: PauliTransferMatrix
    var qubits: [Int]
  }

  init(_ reader: NoiseReader) { self.reader = reader }

  private static let technique = ProbabilisticErrorCancellation.technique

  /// The inverse of a map of qubits.
  ///
  /// Pauli channels are inverted by Pauli strings alone, if these have Pauli noise themselves.
  ///
  /// - Throws: ``MitigationError``: `singular` for a map without an inverse, `limit_exceeded` for one of too many qubits that is no Pauli
  ///   channel.
  mutating func inverse(of transfer: PauliTransferMatrix, on qubits: [Int]) throws(MitigationError) -> QuasiProbability {
    let key = Key(transfer: transfer, qubits: qubits)
    if let found = known[key] { return found }
    var operations = [[PauliTransferMatrix]]()
    for qubit in qubits { operations.append(try basis(of: qubit)) }
    let result =
      if transfer.isDiagonal, operations.allSatisfy({ $0.prefix(4).allSatisfy(\.isDiagonal) }) {
        try byPaulis(transfer, operations, qubits)
      } else {
        try byBasis(transfer, operations, qubits)
      }
    known[key] = result
    return result
  }

  /// Whether Pauli gates of a qubit have no noise.
  mutating func hasIdealPaulis(_ qubit: Int) throws(MitigationError) -> Bool {
    let found = try basis(of: qubit)
    for (map, operation) in zip(found, BasisOperation.paulis) {
      var ideal = PauliTransferMatrix(qubitCount: 1)
      for instruction in operation.instructions(on: qubit) { ideal = try LocalMap.transfer(of: instruction, on: [qubit]) * ideal }
      if map.distance(to: ideal) > Limits.transferTolerance { return false }
    }
    return true
  }

  private mutating func basis(of qubit: Int) throws(MitigationError) -> [PauliTransferMatrix] {
    if let found = maps[qubit] { return found }
    var result = [PauliTransferMatrix]()
    for operation in BasisOperation.all {
      result.append(try reader.transfer(of: operation.instructions(on: qubit), on: [qubit]))
    }
    maps[qubit] = result
    return result
  }

  // MARK: Pauli channels

  /// The weights of Pauli strings: the Walsh–Hadamard transform of the inverse eigenvalues, where the strings themselves have no noise.
  private func byPaulis(
    _ transfer: PauliTransferMatrix, _ operations: [[PauliTransferMatrix]], _ qubits: [Int]
  ) throws(MitigationError) -> QuasiProbability {
    var weights = [Double]()
    for index in 0..<transfer.dimension {
      let eigenvalue = transfer[index, index]
      guard abs(eigenvalue) > Limits.singularPivot else { throw Self.singular(qubits) }
      weights.append(1 / eigenvalue)
    }
    for (place, maps) in operations.enumerated() {
      let eigenvalues = RealMatrix((0..<4).map { row in (0..<4).map { maps[$0][row, row] } })
      guard let inverse = eigenvalues.inverse() else { throw Self.singular(qubits) }
      weights = Self.applying(inverse, to: weights, digit: place)
    }
    return QuasiProbability(
      terms: weights.enumerated().filter { $0.element.magnitude > Limits.negligibleCoefficient }.map { string, weight in
        .init(coefficient: weight, before: [], after: CliffordConjugation.instructions(string, on: qubits))
      })
  }

  /// A square matrix applied to one digit of an index, whose base is the matrix's size.
  private static func applying(_ matrix: RealMatrix, to vector: [Double], digit: Int) -> [Double] {
    let base = matrix.rowCount
    let stride = (0..<digit).reduce(1) { product, _ in product * base }
    return vector.indices.map { index in
      let row = index / stride % base
      return (0..<base).reduce(0) { $0 + matrix[row, $1] * vector[index + ($1 - row) * stride] }
    }
  }

  // MARK: Other channels

  private func byBasis(
    _ transfer: PauliTransferMatrix, _ operations: [[PauliTransferMatrix]], _ qubits: [Int]
  ) throws(MitigationError) -> QuasiProbability {
    guard qubits.count <= Limits.invertedQubitCount else {
      throw MitigationError(
        .limitExceeded,
        "\(Self.technique): noise on qubits \(qubits) that is no Pauli channel; on at most \(Limits.invertedQubitCount) it is accepted"
      )
    }
    guard let inverse = RealMatrix(transfer).inverse() else { throw Self.singular(qubits) }
    var target = inverse.entries
    var terms = qubits.count == 1 ? [] : try entanglingTerms(&target, operations, qubits)
    terms += try productTerms(target, operations, qubits)
    return QuasiProbability(terms: terms.filter { $0.coefficient.magnitude > Limits.negligibleCoefficient })
  }

  /// Entries of a map of one qubit that may differ from 0 if it keeps the trace: the first of the first row, and all others.
  private static let entries = [(0, 0)] + (1..<4).flatMap { row in (0..<4).map { (row, $0) } }

  /// Writes a map as a sum of products of operations on each qubit.
  private func productTerms(
    _ target: [Double], _ operations: [[PauliTransferMatrix]], _ qubits: [Int]
  ) throws(MitigationError) -> [QuasiProbability.Term] {
    let (size, base) = (1 << (2 * qubits.count), Self.entries.count)
    let count = qubits.reduce(1) { product, _ in product * base }
    var weights = (0..<count).map { index in
      var (row, column, rest) = (0, 0, index)
      for place in qubits.indices {
        let entry = Self.entries[rest % base]
        (row, column, rest) = (row | entry.0 << (2 * place), column | entry.1 << (2 * place), rest / base)
      }
      return target[row * size + column]
    }
    for (place, maps) in operations.enumerated() {
      let columns = RealMatrix(Self.entries.map { row, column in maps.map { $0[row, column] } })
      guard let inverse = columns.inverse() else { throw Self.singular(qubits) }
      weights = Self.applying(inverse, to: weights, digit: place)
    }
    return weights.enumerated().map { index, weight in
      var (after, rest) = ([Instruction](), index)
      for qubit in qubits {
        after += BasisOperation.all[rest % base].instructions(on: qubit)
        rest /= base
      }
      return .init(coefficient: weight, before: [], after: after)
    }
  }

  /// Takes from a map of two qubits what products do not give: correlations in which one qubit acts on the other.
  ///
  /// Quarter turns about products of two letters come first, turned the way that the map turns: coherent noise is undone by these at little cost.
  /// Products followed by a controlled X give the rest.
  private func entanglingTerms(
    _ target: inout [Double], _ operations: [[PauliTransferMatrix]], _ qubits: [Int]
  ) throws(MitigationError) -> [QuasiProbability.Term] {
    let places = (0..<256).filter { index in
      let (row, column) = (index / 16, index % 16)
      return row != 0 && (0..<2).contains { row >> (2 * $0) & 3 == 0 && column >> (2 * $0) & 3 != 0 }
    }
    guard places.contains(where: { abs(target[$0]) > Limits.transferTolerance }) else { return [] }
    var candidates = [(map: [Double], after: [Instruction])]()
    for letters in (0..<9).map({ [$0 % 3 + 1, $0 / 3 + 1] }) {
      for isForward in [true, false] {
        let turn = QuarterTurn(letters: letters, isForward: isForward).instructions(on: qubits)
        let map = try reader.transfer(of: turn, on: qubits).entries
        guard places.reduce(0, { $0 + map[$1] * target[$1] }) > 0 else { continue }
        candidates.append((map, turn))
        break
      }
    }
    let turnCount = candidates.count
    for pair in [qubits, qubits.reversed()] {
      let entangling = Instruction.gate(GateOperation(.standard(.cx), qubits: pair))
      let gate = try reader.transfer(of: [entangling], on: qubits)
      for (first, low) in zip(BasisOperation.all, operations[0]) {
        for (second, high) in zip(BasisOperation.all, operations[1]) {
          let map = (gate * Self.product(low, high)).entries
          candidates.append((map, first.instructions(on: qubits[0]) + second.instructions(on: qubits[1]) + [entangling]))
        }
      }
    }
    let span = LinearSpan(of: candidates.map { candidate in places.map { candidate.map[$0] } }, first: turnCount)
    guard let weights = span.coefficients(of: places.map { target[$0] }) else { throw Self.singular(qubits) }
    return zip(span.chosen, weights).map { index, weight in
      for entry in target.indices { target[entry] -= weight * candidates[index].map[entry] }
      return .init(coefficient: weight, before: [], after: candidates[index].after)
    }
  }

  private static func product(_ low: PauliTransferMatrix, _ high: PauliTransferMatrix) -> PauliTransferMatrix {
    var result = PauliTransferMatrix(qubitCount: 2)
    for row in 0..<16 { for column in 0..<16 { result[row, column] = low[row & 3, column & 3] * high[row >> 2, column >> 2] } }
    return result
  }

  private static func singular(_ qubits: [Int]) -> MitigationError {
    MitigationError(
      .singular,
      "\(technique): noise on qubits \(qubits), or on what cancels it, loses all of some value and cannot be undone; weaker noise is accepted"
    )
  }
}

extension PauliTransferMatrix {
  /// Whether strings keep their directions: the map of a Pauli channel.
  fileprivate var isDiagonal: Bool {
    (0..<dimension).allSatisfy { row in (0..<dimension).allSatisfy { $0 == row || abs(self[row, $0]) <= Limits.transferTolerance } }
  }
}

extension RealMatrix {
  /// The entries of a transfer matrix.
  fileprivate init(_ transfer: PauliTransferMatrix) {
    self.init(rowCount: transfer.dimension, columnCount: transfer.dimension)
    entries = transfer.entries
  }
}
