internal import Circuits

/// A channel on qubits of a state: what can happen, and how probable it is.
///
/// A class, because every trajectory looks at every step: of a value each array would be counted once more.
package final class NoiseStep: Sendable {
  let channel: Channel
  let qubits: [Int]
  private let shape: ChannelOutcomes
  /// What each outcome does, the norm left aside; nil where it leaves the state as it is.
  private let operations: [StateOperation?]
  /// The strings, on the state's qubits, whose values probabilities are made of; none where probabilities are fixed.
  let paulis: [PauliMask]

  /// - Parameter shape: Of the channel.
  init(_ channel: Channel, _ shape: ChannelOutcomes, qubits: [Int]) {
    (self.channel, self.shape, self.qubits) = (channel, shape, qubits)
    paulis = shape.strings.map { string in
      let mapped = string.mapped(to: qubits)
      return PauliMask(x: mapped.x, z: mapped.z)
    }
    let isFixed = shape.strings.isEmpty
    operations = shape.outcomes.map { outcome in
      isFixed
        ? Self.operation(outcome.matrix, qubits) : .matrix(outcome.matrix.entries, targets: qubits, controls: .none)
    }
  }

  /// Whether probabilities do not depend on the state.
  var isFixed: Bool { paulis.isEmpty }
  /// Which of a program's channels it is.
  var number: Int { shape.number }
  /// How probable outcome 0 is in any state, and the draws that choose it therefore: those below a bound.
  var leastProbability: Double { shape.leastProbability }
  var certainDraw: UInt64 { shape.certainDraw }

  /// The probabilities of the outcomes, which add up to the norm's square, from the values of ``paulis`` in a state.
  func probabilities(_ values: [Double]) -> [Double] {
    if isFixed { return shape.outcomes.map(\.probability) }
    return shape.outcomes.map { outcome in max(zip(outcome.weights, values).reduce(0) { $0 + $1.0 * $1.1 }, 0) }
  }

  /// What an outcome does; the norm is what is left of it.
  func operation(_ outcome: Int) -> StateOperation? { operations[outcome] }

  /// What an outcome does to a state in which it has a probability; the norm becomes 1, unless probabilities are fixed.
  func operation(_ outcome: Int, probability: Double) -> StateOperation? {
    guard !isFixed, case .matrix(let entries, let targets, let controls)? = operations[outcome] else { return operations[outcome] }
    let scale = 1 / probability.squareRoot()
    return .matrix(entries.map { scale * $0 }, targets: targets, controls: controls)
  }

  private static func operation(_ unitary: Matrix, _ qubits: [Int]) -> StateOperation? {
    if unitary == .identity(unitary.dimension) { return nil }
    let structure: GateStructure = unitary.isDiagonal ? .diagonal : unitary.permutationTable != nil ? .permutation : .dense
    return StateOperation.lowered(.matrix(unitary, structure: structure, targets: qubits, controls: []))
  }
}
