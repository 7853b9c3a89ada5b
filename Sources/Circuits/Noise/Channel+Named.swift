internal import RealModule

// The channels that have names. Parameters are those of Qiskit Aer's errors of the same names.
//
// Source: Nielsen and Chuang (2010), §8.3.

extension Channel {
  /// Pauli strings, each applied with its probability.
  ///
  /// - Parameter outcomes: Strings of the same 1 to ``Limits/channelQubitCount`` qubits; the probabilities add up to 1.
  /// - Throws: ``CircuitError`` with code `invalid_channel`.
  public static func pauli(_ outcomes: [(PauliString, Double)], name: String = "pauli") throws(CircuitError) -> Channel {
    for (string, _) in outcomes where string.qubitCount > Limits.channelQubitCount {
      throw CircuitError(
        .invalidChannel, "\(name): a string of \(string.qubitCount) qubits; at most \(Limits.channelQubitCount) are accepted")
    }
    return try Channel(mixture: outcomes.map { Outcome(probability: $1, unitary: $0.matrix()) }, name: name)
  }

  /// Replaces the state by the maximally mixed one: (1 − λ)·ρ + λ·Tr(ρ)·I/2ᵏ.
  ///
  /// - Parameter strength: λ, from 0 to 4ᵏ/(4ᵏ − 1), at which all Pauli strings but the identity come equally often.
  /// - Throws: ``CircuitError`` with code `invalid_channel`.
  public static func depolarizing(_ strength: Double, qubitCount: Int = 1) throws(CircuitError) -> Channel {
    let name = "depolarizing"
    guard (1...Limits.channelQubitCount).contains(qubitCount) else {
      throw CircuitError(.invalidChannel, "\(name): \(qubitCount) qubits; 1 to \(Limits.channelQubitCount) are accepted")
    }
    let count = 1 << (2 * qubitCount), most = Double(count) / Double(count - 1)
    try check(strength, 0...most, "strength", name)
    let each = strength / Double(count)
    let strings = (0..<UInt64(count)).map { PauliString(qubitCount: qubitCount, digits: $0) }
    return try pauli(strings.enumerated().map { ($1, $0 == 0 ? 1 - each * Double(count - 1) : each) }, name: name)
  }

  /// X with a probability.
  public static func bitFlip(_ probability: Double) throws(CircuitError) -> Channel { try flip(1, probability, "bit-flip") }

  /// Z with a probability.
  public static func phaseFlip(_ probability: Double) throws(CircuitError) -> Channel { try flip(2, probability, "phase-flip") }

  /// Y with a probability.
  public static func bitPhaseFlip(_ probability: Double) throws(CircuitError) -> Channel {
    try flip(3, probability, "bit-phase-flip")
  }

  private static func flip(_ digit: UInt64, _ probability: Double, _ name: String) throws(CircuitError) -> Channel {
    try check(probability, 0...1, "probability", name)
    let strings = [0, digit].map { PauliString(qubitCount: 1, digits: $0) }
    return try pauli([(strings[0], 1 - probability), (strings[1], probability)], name: name)
  }

  /// Lets |1⟩ fall to |0⟩.
  ///
  /// - Parameter rate: γ, the probability that it does.
  /// - Throws: ``CircuitError`` with code `invalid_channel`.
  public static func amplitudeDamping(_ rate: Double) throws(CircuitError) -> Channel {
    try generalizedAmplitudeDamping(rate, excitedPopulation: 0, name: "amplitude-damping")
  }

  /// Lets a qubit go to where its surroundings are.
  ///
  /// - Parameters:
  ///   - rate: γ, the probability that it does.
  ///   - excitedPopulation: How often |1⟩ is found in the end.
  /// - Throws: ``CircuitError`` with code `invalid_channel`.
  public static func generalizedAmplitudeDamping(_ rate: Double, excitedPopulation: Double) throws(CircuitError) -> Channel {
    try generalizedAmplitudeDamping(rate, excitedPopulation: excitedPopulation, name: "generalized-amplitude-damping")
  }

  private static func generalizedAmplitudeDamping(_ rate: Double, excitedPopulation: Double, name: String) throws(CircuitError)
    -> Channel
  {
    try check(rate, 0...1, "rate", name)
    try check(excitedPopulation, 0...1, "excited population", name)
    let (kept, fallen) = ((1 - rate).squareRoot(), rate.squareRoot())
    let (down, up) = ((1 - excitedPopulation).squareRoot(), excitedPopulation.squareRoot())
    return try Channel(
      kraus: [
        .real([[down, 0], [0, down * kept]]), .real([[0, down * fallen], [0, 0]]), .real([[up * kept, 0], [0, up]]),
        .real([[0, 0], [up * fallen, 0]]),
      ], name: name)
  }

  /// Loses the phase between |0⟩ and |1⟩.
  ///
  /// - Parameter rate: λ; what is off the diagonal of ρ is multiplied by √(1 − λ).
  /// - Throws: ``CircuitError`` with code `invalid_channel`.
  public static func phaseDamping(_ rate: Double) throws(CircuitError) -> Channel {
    try check(rate, 0...1, "rate", "phase-damping")
    return try Channel(
      kraus: [.real([[1, 0], [0, (1 - rate).squareRoot()]]), .real([[0, 0], [0, rate.squareRoot()]])], name: "phase-damping")
  }

  /// What a qubit's surroundings do to it in a time.
  ///
  /// - Parameters:
  ///   - t1: How fast it relaxes to where its surroundings are, in seconds; may be infinite.
  ///   - t2: How fast it loses its phase, in seconds, at most 2·`t1`; may be infinite if `t1` is.
  ///   - time: In seconds.
  ///   - excitedPopulation: How often |1⟩ is found in the end.
  /// - Throws: ``CircuitError`` with code `invalid_channel`.
  public static func thermalRelaxation(
    t1: Double, t2: Double, time: Double, excitedPopulation: Double = 0
  ) throws(CircuitError) -> Channel {
    let name = "thermal-relaxation"
    for (value, label) in [(t1, "T1"), (t2, "T2")] where !(value > 0) {
      throw CircuitError(.invalidChannel, "\(name): \(label) is \(value) s; it has to be above 0")
    }
    guard t2 <= 2 * t1 else {
      throw CircuitError(.invalidChannel, "\(name): T2 is \(t2) s and T1 \(t1) s; T2 is at most 2·T1 = \(2 * t1) s")
    }
    guard time >= 0, time.isFinite else {
      throw CircuitError(.invalidChannel, "\(name): a time of \(time) s; it has to be 0 or more")
    }
    try check(excitedPopulation, 0...1, "excited population", name)
    let (relaxed, phase) = (Double.exp(-time / t1), Double.exp(-time / t2))
    var transfer = PauliTransferMatrix(qubitCount: 1)
    (transfer[1, 1], transfer[3, 3], transfer[2, 2]) = (phase, phase, relaxed)
    transfer[2, 0] = (1 - 2 * excitedPopulation) * (1 - relaxed)
    return try Channel(transfer, name: name)
  }

  /// Puts a qubit into |0⟩ or |1⟩ with a probability each.
  ///
  /// - Throws: ``CircuitError`` with code `invalid_channel` unless both are probabilities, and their sum is.
  public static func reset(toZero zero: Double, toOne one: Double = 0) throws(CircuitError) -> Channel {
    let name = "reset"
    try check(zero, 0...1, "probability of 0", name)
    try check(one, 0...(1 - zero), "probability of 1", name)
    let (kept, down, up) = ((1 - zero - one).squareRoot(), zero.squareRoot(), one.squareRoot())
    return try Channel(
      kraus: [
        .real([[kept, 0], [0, kept]]), .real([[down, 0], [0, 0]]), .real([[0, down], [0, 0]]), .real([[0, 0], [up, 0]]),
        .real([[0, 0], [0, up]]),
      ], name: name)
  }

  /// A unitary that is applied every time: a coherent error.
  ///
  /// - Throws: ``CircuitError`` with code `invalid_channel`.
  public static func unitary(_ matrix: Matrix, name: String = "unitary") throws(CircuitError) -> Channel {
    try Channel(mixture: [Outcome(probability: 1, unitary: matrix)], name: name)
  }

  /// A rotation exp(−iθP/2) more than was asked for; about ZZ it is what neighbours do to each other.
  ///
  /// - Parameter angle: θ, in radians.
  /// - Throws: ``CircuitError`` with code `invalid_channel`.
  public static func overRotation(_ angle: Double, about string: PauliString) throws(CircuitError) -> Channel {
    let name = "over-rotation"
    guard angle.isFinite else { throw CircuitError(.invalidChannel, "\(name): an angle of \(angle) rad") }
    guard (1...Limits.channelQubitCount).contains(string.qubitCount) else {
      throw CircuitError(.invalidChannel, "\(name): \(string.qubitCount) qubits; 1 to \(Limits.channelQubitCount) are accepted")
    }
    let (cosine, sine) = (Double.cos(angle / 2), Double.sin(angle / 2))
    let matrix = Matrix.identity(1 << string.qubitCount).scaled(by: cosine) + string.matrix().scaled(by: Complex(0, -sine))
    return try unitary(matrix, name: name)
  }

  private static func check(_ value: Double, _ range: ClosedRange<Double>, _ label: String, _ name: String) throws(CircuitError) {
    guard range.contains(value) else {
      throw CircuitError(.invalidChannel, "\(name): a \(label) of \(value); \(range.lowerBound) to \(range.upperBound) is accepted")
    }
  }
}
