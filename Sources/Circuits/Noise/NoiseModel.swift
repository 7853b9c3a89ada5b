/// What noise a device adds to circuits: channels after its gates and while qubits wait, and errors of reading.
///
///     var model = NoiseModel()
///     model.append(.init(gates: ["cx"], channel: try .depolarizing(0.01, qubitCount: 2)))
///     let noisy = try model.applied(to: circuit)
///
/// Rules for certain qubits take the place of those for all qubits; of those that remain each is applied, in order.
public struct NoiseModel: Hashable, Sendable {
  /// Where a rule's channel acts.
  public enum Placement: Hashable, Sendable {
    /// On the gate's qubits, its controls first.
    case operands
    /// On each of the gate's qubits for itself; of channels of one qubit.
    case each
    /// On one of the gate's qubits, by its place among them, controls first; of channels of one qubit.
    case operand(Int)
    /// On each pair of one of the gate's qubits and a neighbour that the gate leaves alone; of channels of two qubits: crosstalk.
    case neighbors
  }

  /// Noise that comes with gates.
  public struct Rule: Hashable, Sendable {
    /// Names of gates; also `delay`, `reset`, and `measure`, whose noise comes before it.
    public var gates: [String]
    /// The gate's qubits, its controls first; nil for all.
    public var qubits: [Int]?
    /// What happens.
    public var channel: Channel
    /// Where.
    public var placement: Placement
    /// Makes a rule.
    public init(gates: [String], qubits: [Int]? = nil, channel: Channel, placement: Placement = .operands) {
      (self.gates, self.qubits, self.channel, self.placement) = (gates, qubits, channel, placement)
    }
  }

  /// How outcomes of qubits that are measured are misread.
  public struct Readout: Hashable, Sendable {
    /// The qubits of the error's bits; nil for each qubit that has no other, of errors of one bit.
    public var qubits: [Int]?
    /// How.
    public var error: ReadoutError
    /// Makes an error of certain qubits, or of all.
    public init(qubits: [Int]? = nil, error: ReadoutError) { (self.qubits, self.error) = (qubits, error) }
  }

  /// What becomes of a qubit in a time; see ``Channel/thermalRelaxation(t1:t2:time:excitedPopulation:)``.
  public struct Relaxation: Hashable, Sendable {
    /// In seconds.
    public var t1: Double
    /// In seconds.
    public var t2: Double
    /// How often |1⟩ is found in the end.
    public var excitedPopulation: Double
    /// Makes the times of a qubit.
    public init(t1: Double, t2: Double, excitedPopulation: Double = 0) {
      (self.t1, self.t2, self.excitedPopulation) = (t1, t2, excitedPopulation)
    }
  }

  /// What messages call it.
  public var name: String
  /// Noise that comes with gates.
  public private(set) var rules: [Rule] = []
  /// Errors of reading.
  public private(set) var readout: [Readout] = []
  /// What delays do to qubits.
  public private(set) var relaxations: [Int: Relaxation] = [:]
  /// Pairs of neighbours.
  public private(set) var coupling: Set<[Int]> = []

  /// Makes a model without noise.
  public init(name: String = "noise") { self.name = name }

  /// Adds a rule.
  ///
  /// - Throws: ``CircuitError`` with code `invalid_channel` if the channel has not as many qubits as the place that it is given.
  public mutating func append(_ rule: Rule) throws(CircuitError) {
    let (count, label) = (rule.channel.qubitCount, "\(name): \(rule.channel.name) after \(rule.gates.joined(separator: ", "))")
    switch rule.placement {
    case .each:
      guard count == 1 else { throw CircuitError(.invalidChannel, "\(label) acts on \(count) qubits, on each one is 1 needed") }
    case .operand(let index):
      guard count == 1 else { throw CircuitError(.invalidChannel, "\(label) acts on \(count) qubits, on one of them is 1 needed") }
      guard index >= 0, index < rule.qubits?.count ?? .max else {
        throw CircuitError(.invalidChannel, "\(label) acts on qubit \(index) of the gate, which is on \(rule.qubits?.count ?? 0)")
      }
    case .neighbors:
      guard count == 2 else {
        throw CircuitError(.invalidChannel, "\(label) acts on \(count) qubits, between neighbours are 2 needed")
      }
    case .operands:
      if let qubits = rule.qubits, qubits.count != count {
        throw CircuitError(.invalidChannel, "\(label) acts on \(count) qubits, the gate is on \(qubits.count)")
      }
    }
    try Self.check(rule.qubits, label)
    rules.append(rule)
  }

  /// Adds an error of reading; of two for one qubit the later is taken.
  ///
  /// - Throws: ``CircuitError`` with code `invalid_channel` if it has not as many bits as there are qubits.
  public mutating func append(_ error: Readout) throws(CircuitError) {
    let label = "\(name): readout error"
    guard error.error.bitCount == error.qubits?.count ?? 1 else {
      throw CircuitError(.invalidChannel, "\(label) of \(error.error.bitCount) bits for \(error.qubits?.count ?? 1) qubits")
    }
    try Self.check(error.qubits, label)
    readout.append(error)
  }

  /// Says what delays do to a qubit.
  ///
  /// - Throws: ``CircuitError`` with code `invalid_channel` for times that no qubit has.
  public mutating func relax(_ qubit: Int, _ relaxation: Relaxation) throws(CircuitError) {
    _ = try Channel.thermalRelaxation(
      t1: relaxation.t1, t2: relaxation.t2, time: 0, excitedPopulation: relaxation.excitedPopulation)
    try Self.check([qubit], "\(name): relaxation")
    relaxations[qubit] = relaxation
  }

  /// Says that two qubits are neighbours.
  ///
  /// - Throws: ``CircuitError`` with code `invalid_channel` for qubits that are no two.
  public mutating func couple(_ first: Int, _ second: Int) throws(CircuitError) {
    try Self.check([first, second], "\(name): coupling")
    coupling.formUnion([[first, second], [second, first]])
  }

  private static func check(_ qubits: [Int]?, _ label: String) throws(CircuitError) {
    guard let qubits else { return }
    guard Set(qubits).count == qubits.count, qubits.allSatisfy((0..<Limits.declaredQubitCount).contains) else {
      throw CircuitError(
        .invalidChannel, "\(label): qubits \(qubits); different ones below \(Limits.declaredQubitCount) are accepted")
    }
  }
}
