/// What noise does to the state of a few qubits: a completely positive map that keeps the trace.
///
///     let damping = try Channel.amplitudeDamping(0.02)
///     let noise = try Channel.depolarizing(0.01, qubitCount: 2)
///
/// Two channels are equal if they are written the same way, which is more than to be the same map.
public struct Channel: Hashable, Sendable {
  /// A unitary and how often it is applied.
  public struct Outcome: Hashable, Sendable {
    /// Its probability, whatever the state.
    public let probability: Double
    /// What is applied then.
    public let unitary: Matrix
    /// Makes an outcome; ``Channel/init(mixture:name:)`` checks.
    public init(probability: Double, unitary: Matrix) { (self.probability, self.unitary) = (probability, unitary) }
  }

  /// How a channel is written.
  public enum Form: Hashable, Sendable {
    /// Unitaries that are drawn without looking at the state; their probabilities are positive and add up to 1.
    case mixture([Outcome])
    /// Kraus operators K: ρ becomes Σ KρK†, and operator K comes with probability Tr(KρK†).
    case kraus([Matrix])
  }

  /// What messages call it.
  public let name: String
  /// How many qubits it acts on: 1 to ``Limits/channelQubitCount``. Qubit 0 is the least significant bit of its matrices' indices.
  public let qubitCount: Int
  /// A mixture of unitaries wherever the constructor finds one, because it is drawn without computing a norm.
  public let form: Form

  /// Of matrices two entries of the first are enough: circuits have a channel after every gate, each of which is looked up.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(name)
    hasher.combine(qubitCount)
    let first: Matrix?
    switch form {
    case .mixture(let outcomes):
      for outcome in outcomes { hasher.combine(outcome.probability) }
      first = outcomes.first?.unitary
    case .kraus(let operators):
      hasher.combine(operators.count)
      first = operators.first
    }
    hasher.combine(first?.entries.first)
    hasher.combine(first?.entries.last)
  }

  /// Makes a channel that is known to be one.
  init(name: String, qubitCount: Int, form: Form) { (self.name, self.qubitCount, self.form) = (name, qubitCount, form) }

  /// Makes a channel of unitaries that come with fixed probabilities; those of probability 0 are left out.
  ///
  /// - Throws: ``CircuitError`` with code `invalid_channel` for matrices that are not unitaries of one size, and for numbers that are no
  ///   probabilities or do not add up to 1, to 1e-8.
  public init(mixture outcomes: [Outcome], name: String = "mixture") throws(CircuitError) {
    let qubitCount = try Self.qubitCount(of: outcomes.map(\.unitary), name)
    for (index, outcome) in outcomes.enumerated() where !outcome.unitary.isUnitary() {
      throw CircuitError(.invalidChannel, "\(name): matrix \(index) is not unitary")
    }
    let probabilities = try Self.normalized(outcomes.map(\.probability), name)
    let kept = zip(probabilities, outcomes).filter { $0.0 > 0 }.map { Outcome(probability: $0.0, unitary: $0.1.unitary) }
    self.init(name: name, qubitCount: qubitCount, form: .mixture(kept))
  }

  /// Makes a channel of Kraus operators. One whose operators are multiples of unitaries, and one of one qubit that leaves the maximally mixed
  /// state as it is, becomes a mixture.
  ///
  /// - Throws: ``CircuitError`` with code `invalid_channel` for matrices that are not of one size, or for which ΣK†K is not the identity, to
  ///   1e-8 in each entry.
  public init(kraus operators: [Matrix], name: String = "kraus") throws(CircuitError) {
    let qubitCount = try Self.qubitCount(of: operators, name)
    let total = operators.reduce(Matrix.zero(1 << qubitCount)) { $0 + $1.adjoint() * $1 }
    let error = total.distance(to: .identity(1 << qubitCount))
    guard error <= Limits.channelTolerance else {
      throw CircuitError(
        .invalidChannel,
        "\(name): the sum of K†K over \(operators.count) operators is off the identity by \(error); it has to be the identity")
    }
    let written = Channel(name: name, qubitCount: qubitCount, form: .kraus(operators.filter { !$0.isZero }))
    self = written.asMixture() ?? written
  }

  /// The Kraus operators: of a mixture √p·U for each unitary.
  public var krausOperators: [Matrix] {
    switch form {
    case .kraus(let operators): operators
    case .mixture(let outcomes): outcomes.map { $0.unitary.scaled(by: $0.probability.squareRoot()) }
    }
  }

  /// The density matrix after this channel has acted on all of its qubits.
  public func applied(to state: Matrix) -> Matrix {
    krausOperators.reduce(Matrix.zero(state.dimension)) { $0 + $1 * state * $1.adjoint() }
  }

  // MARK: Checks

  private static func qubitCount(of matrices: [Matrix], _ name: String) throws(CircuitError) -> Int {
    guard let dimension = matrices.first?.dimension, matrices.count <= Limits.krausOperatorCount else {
      throw CircuitError(.invalidChannel, "\(name): \(matrices.count) matrices; 1 to \(Limits.krausOperatorCount) are accepted")
    }
    let qubitCount = dimension.trailingZeroBitCount
    guard dimension == 1 << qubitCount, (1...Limits.channelQubitCount).contains(qubitCount) else {
      throw CircuitError(
        .invalidChannel,
        "\(name): a matrix of dimension \(dimension); 2ᵏ for k = 1 to \(Limits.channelQubitCount) qubits is accepted")
    }
    for (index, matrix) in matrices.enumerated() {
      guard matrix.dimension == dimension else {
        throw CircuitError(
          .invalidChannel, "\(name): matrix \(index) has dimension \(matrix.dimension), the first has \(dimension)")
      }
      guard matrix.entries.allSatisfy(\.isFinite) else {
        throw CircuitError(.invalidChannel, "\(name): matrix \(index) has an entry that is not finite")
      }
    }
    return qubitCount
  }

  /// Probabilities that add up to 1, as far as a double can say.
  static func normalized(_ probabilities: [Double], _ name: String) throws(CircuitError) -> [Double] {
    for (index, probability) in probabilities.enumerated()
    where !(probability >= -Limits.channelTolerance && probability <= 1 + Limits.channelTolerance) {
      throw CircuitError(.invalidChannel, "\(name): probability \(index) is \(probability); 0 to 1 is accepted")
    }
    let kept = probabilities.map { max($0, 0) }
    let total = kept.reduce(0, +)
    guard abs(total - 1) <= Limits.channelTolerance else {
      throw CircuitError(.invalidChannel, "\(name): the probabilities add up to \(total), not to 1")
    }
    // Numbers that add up to 1 but for rounding stay as they are, so that a channel that is written and read again is the same.
    return abs(total - 1) <= Limits.roundedSum ? kept : kept.map { $0 / total }
  }
}
