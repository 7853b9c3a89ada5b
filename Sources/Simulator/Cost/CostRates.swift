/// How long the parts of a run take on one thread, in seconds.
///
/// Measured on an AMD EPYC (family 26) with AVX-512 by the circuits of `ketwork bench noise` with `KETWORK_THREADS=1`, which prints what they predict
/// beside what it measures. Only ratios decide: on a machine twice as fast the same method is chosen. They do not depend on the machine or on what
/// else it does, so that every worker chooses alike.
///
/// Those of gates too wide for maps, of stabilizer states and of drawn shots: by layers of Clifford gates on 4 to 16 qubits with depolarizing after
/// each and 64 to 100,000 shots, with and without feedback, beside density matrices and trajectories on the same.
struct CostRates: Sendable {
  /// A gate or channel, by either method: what is made of it before any row runs.
  var instruction: Double

  // A state vector.
  /// A gate, whatever the state's size, where it is applied on its own.
  var gate: Double
  /// A gate, whatever the state's size, where it is planned with others.
  var plannedGate: Double
  /// A gate, for each amplitude: on a tile, together with others.
  var gateAmplitude: Double
  /// A gate of a trajectory, whatever the state's size: most are planned once for all.
  var sharedGate: Double
  /// Shots that find the same, whatever the state's size.
  var history: Double
  /// The value of a Pauli string: what was planned so far is applied first.
  var string: Double
  var stringAmplitude: Double
  /// A shot's draw at a site.
  var draw: Double
  /// Reading a history's end, for each amplitude: sampling, probabilities, or the value of one string.
  var readAmplitude: Double

  // A density matrix.
  /// A map: its matrix, and its product with those that are applied together with it.
  var map: Double
  /// Each operator of a map, by the map's qubits: of a channel that comes again nothing.
  var operators: [Double]
  /// A pass, for each real, by the map's qubits.
  var passReal: [Double]
  /// A gate on more qubits than a map has, for each real and digit that it writes in another basis.
  var wideDigit: Double
  /// The same, for each term of a row of its matrix.
  var wideTerm: Double
  /// A possible outcome of shots.
  var outcome: Double

  // Any state.
  /// A shot's draw of an outcome, put together with equal ones.
  var shot: Double

  // A stabilizer state.
  /// A gate or channel: what it is found to be, and the reference sample.
  var cliffordGate: Double
  /// A gate, for 64 shots or 64 strings.
  var frameWord: Double
  /// A shot's draw of an error.
  var frameDraw: Double
  /// A shot's outcome, put together with equal ones.
  var frameOutcome: Double
  /// A step on a tableau, and a qubit that is measured at the end.
  var tableauStep: Double

  /// The rates of a precision.
  static func rates(_ precision: Precision) -> CostRates { precision == .single ? single : double }

  private static let single = CostRates(
    instruction: 2.5e-6, gate: 0.8e-6, plannedGate: 2e-6, gateAmplitude: 0.07e-9, sharedGate: 0.4e-6, history: 8e-6, string: 1e-6,
    stringAmplitude: 0.3e-9, draw: 6e-9,
    readAmplitude: 1e-9, map: 9e-6,
    operators: [0, 2e-6, 4e-6, 100e-6], passReal: [0, 0.14e-9, 0.28e-9, 1.1e-9], wideDigit: 0.6e-9, wideTerm: 1.2e-9,
    outcome: 200e-9,
    shot: 60e-9,
    cliffordGate: 2e-6, frameWord: 1e-9, frameDraw: 2e-9, frameOutcome: 25e-9, tableauStep: 200e-9)
  private static let double = CostRates(
    instruction: 2.5e-6, gate: 0.8e-6, plannedGate: 2e-6, gateAmplitude: 0.12e-9, sharedGate: 0.4e-6, history: 8e-6, string: 1e-6,
    stringAmplitude: 0.4e-9, draw: 6e-9,
    readAmplitude: 1.5e-9, map: 9e-6,
    operators: [0, 2e-6, 4e-6, 100e-6], passReal: [0, 0.26e-9, 0.52e-9, 2.1e-9], wideDigit: 0.6e-9, wideTerm: 1.2e-9,
    outcome: 200e-9,
    shot: 60e-9,
    cliffordGate: 2e-6, frameWord: 1e-9, frameDraw: 2e-9, frameOutcome: 25e-9, tableauStep: 200e-9)
}
