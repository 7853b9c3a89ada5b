public import Circuits

/// Probabilistic error cancellation: noise that is known is undone on average by operations that are drawn at random, each with a sign.
///
///     let cancelled = try ProbabilisticErrorCancellation(model).cancelled(circuit)
///     let variants = try cancelled.variants(count: 4000, using: &generator)
///     let results = try run(variants.map(\.circuit))        // with the noise of the model
///     let estimate = try cancelled.estimate(variants, results)
///
/// The inverse of each channel E of the model is Σ ηᵢBᵢ, Bᵢ operations with the model's noise on themselves and Σηᵢ = 1. Drawing Bᵢ with probability
/// |ηᵢ|/γ and multiplying by γ·sign(ηᵢ), γ = Σ|ηᵢ|, gives the value without noise on average, at γ² times the variance. Costs multiply.
///
/// Errors of reading are left to ``ReadoutMitigation``.
///
/// Sources: Temme, Bravyi and Gambetta, arXiv:1612.02058 (2016); Endo, Benjamin and Li, arXiv:1712.09271 (2017); van den Berg, Minev, Kandala and
/// Temme, arXiv:2201.09866 (2022).
public struct ProbabilisticErrorCancellation: Hashable, Sendable {
  /// The noise that circuits are run with.
  public var model: NoiseModel
  /// Whether the noise of Clifford gates is made Pauli noise first, by random Pauli gates around them; those have to be free of noise.
  public var isTwirled: Bool

  /// Makes the technique for a model.
  public init(_ model: NoiseModel, isTwirled: Bool = false) { (self.model, self.isTwirled) = (model, isTwirled) }

  static let technique = "pec"

  /// Finds what undoes the noise of each instruction of a circuit. Parameters stay parameters.
  ///
  /// - Throws: ``MitigationError``: `unsupported_instruction` for control flow, classical memory and noise in the circuit itself, `singular` for
  ///   noise that cannot be undone, `limit_exceeded` above a cost of ``Limits/cancellationCost``, `invalid_circuit` if the model does not fit
  ///   the circuit.
  public func cancelled(_ circuit: Circuit) throws(MitigationError) -> CancelledCircuit {
    try Self.check(circuit)
    let reader = NoiseReader(model, qubitCount: circuit.qubitCount)
    let noise = try MitigationError.wrapping(Self.technique) { () throws(CircuitError) in
      try reader.noise(of: circuit.instructions, classicalBitCount: circuit.classicalBitCount)
    }
    var (inverter, sites, cost) = (ChannelInverter(reader), [CancelledCircuit.Site](), 1.0)
    for (index, (instruction, channels)) in zip(circuit.instructions, noise).enumerated() where !channels.isEmpty {
      for inverse in try inverses(of: channels, at: instruction, &inverter) {
        cost *= inverse.cost
        guard cost <= Limits.cancellationCost else {
          throw MitigationError(
            .limitExceeded,
            "\(Self.technique): a cost of γ = \(cost) up to instruction \(index); at most \(Limits.cancellationCost) is accepted, with weaker noise or fewer gates"
          )
        }
        sites.append(.init(instruction: index, inverse: inverse))
      }
    }
    return CancelledCircuit(circuit: circuit, sites: sites)
  }

  /// What undoes the channels of one instruction, in the order in which it is to run: the last channel's inverse first.
  private func inverses(
    of channels: [NoiseReader.Noise], at instruction: Instruction, _ inverter: inout ChannelInverter
  ) throws(MitigationError) -> [QuasiProbability] {
    if isTwirled, case .gate(let gate) = instruction, let conjugation = CliffordConjugation(gate),
      channels.allSatisfy({ $0.qubits.allSatisfy(conjugation.qubits.contains) })
    {
      return [try twirledInverse(of: channels, conjugation, &inverter)]
    }
    var merged = [(map: PauliTransferMatrix, qubits: [Int])]()
    for (channel, qubits) in channels {
      let map = PauliTransferMatrix(channel)
      if let last = merged.last, last.qubits == qubits {
        merged[merged.count - 1].map = map * last.map
      } else {
        merged.append((map, qubits))
      }
    }
    var result = [QuasiProbability]()
    for (map, qubits) in merged.reversed() { result.append(try inverter.inverse(of: map, on: qubits)) }
    return result
  }

  /// The inverse of what the noise of a gate G is on average over Pauli strings Q: Q stands after the noise, and G†QG before the gate.
  private func twirledInverse(
    of channels: [NoiseReader.Noise], _ conjugation: CliffordConjugation, _ inverter: inout ChannelInverter
  ) throws(MitigationError) -> QuasiProbability {
    let qubits = conjugation.qubits
    for qubit in qubits {
      guard try inverter.hasIdealPaulis(qubit) else {
        throw MitigationError(
          .unsupportedInstruction,
          "\(Self.technique): twirling with x, y and z on qubit \(qubit), of which \(model.name) has noise; without twirling it is accepted"
        )
      }
    }
    var map = PauliTransferMatrix(qubitCount: qubits.count)
    for (channel, places) in channels { map = LocalMap.transfer(of: channel, at: places, on: qubits) * map }
    for row in 0..<map.dimension { for column in 0..<map.dimension where row != column { map[row, column] = 0 } }
    let inverse = try inverter.inverse(of: map, on: qubits)
    // The products of Pauli strings are such strings, so one of them stands after the gate.
    let share = 1 / Double(map.dimension)
    let terms = (0..<map.dimension).flatMap { string in
      inverse.terms.map { term in
        QuasiProbability.Term(
          coefficient: term.coefficient * share, before: CliffordConjugation.instructions(string, on: qubits),
          after: CliffordConjugation.instructions(conjugation.after[string], on: qubits) + term.after)
      }
    }
    return QuasiProbability(terms: terms)
  }

  private static func check(_ circuit: Circuit) throws(MitigationError) {
    for (index, instruction) in circuit.instructions.enumerated() {
      let isNoise = if case .channel = instruction { true } else { false }
      guard !isNoise, !instruction.isClassical else {
        throw MitigationError(
          .unsupportedInstruction,
          "\(technique): instruction \(index) is \(isNoise ? "noise, which the model adds to the variants" : "classical control"); gates, barriers, delays, resets and measurements are accepted"
        )
      }
    }
  }
}
