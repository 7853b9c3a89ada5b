internal import Circuits

/// A channel on qubits of a state: what can happen, and how probable it is.
///
/// A class, because every trajectory looks at every step: of a value each array would be counted once more.
package final class NoiseStep: Sendable {
  let channel: Channel
  let qubits: [Int]
  private let shape: ChannelOutcomes
  /// The strings, on the state's qubits, whose values probabilities are made of; none where probabilities are fixed.
  let paulis: [PauliMask]

  /// - Parameter shape: Of the channel.
  init(_ channel: Channel, _ shape: ChannelOutcomes, qubits: [Int]) {
    (self.channel, self.shape, self.qubits) = (channel, shape, qubits)
    paulis = shape.strings.map { string in
      let mapped = string.mapped(to: qubits)
      return PauliMask(x: mapped.x, z: mapped.z)
    }
  }

  /// Whether probabilities do not depend on the state.
  var isFixed: Bool { paulis.isEmpty }
  /// Which of a program's channels it is.
  var number: Int { shape.number }
  /// How probable outcome 0 is in any state, and the draws that choose it therefore: those below a bound.
  var leastProbability: Double { shape.leastProbability }
  var certainDraw: UInt64 { shape.certainDraw }

  /// What a draw chooses; nil if that depends on the state.
  func outcome(_ draw: UInt64) -> UInt8? { shape.draws?.outcome(draw) }

  /// The probabilities of the outcomes, which add up to the norm's square, from the values of ``paulis`` in a state.
  func probabilities(_ values: [Double]) -> [Double] {
    if isFixed { return shape.outcomes.map(\.probability) }
    return shape.outcomes.map { outcome in max(zip(outcome.weights, values).reduce(0) { $0 + $1.0 * $1.1 }, 0) }
  }

  /// What an outcome does; the norm is what is left of it. Nil where it leaves the state as it is.
  ///
  /// Made when it is asked for: of most sites most outcomes never come.
  func operation(_ outcome: Int) -> StateOperation? { operation(shape.outcomes[outcome], scale: 1) }

  /// What an outcome does to a state in which it has a probability; the norm becomes 1, unless probabilities are fixed.
  func operation(_ outcome: Int, probability: Double) -> StateOperation? {
    operation(shape.outcomes[outcome], scale: 1 / probability.squareRoot())
  }

  private func operation(_ outcome: ChannelOutcomes.Outcome, scale: Double) -> StateOperation? {
    guard let structure = outcome.structure else { return nil }
    if isFixed { return StateOperation.lowered(.matrix(outcome.matrix, structure: structure, targets: qubits, controls: [])) }
    let entries = scale == 1 ? outcome.matrix.entries : outcome.matrix.entries.map { scale * $0 }
    return .matrix(entries, targets: qubits, controls: .none)
  }
}
