public import Circuits

/// What to run: one circuit template, rows of parameter values, and what is wanted of each row.
public struct SimulationRequest: Sendable {
  /// The template.
  public var circuit: Circuit
  /// Parameter values, rows × parameters, in the order of the circuit's parameters; one empty row for a circuit without parameters.
  public var rows: [[Double]]
  /// How many shots are sampled of each row; nil for none.
  public var shots: Int?
  /// Observables whose expectation values are wanted; each has as many qubits as the circuit.
  public var observables: [Observable]
  /// Whether the probabilities of all basis states are wanted.
  public var wantsProbabilities: Bool
  /// Whether the amplitudes are wanted.
  public var wantsStatevector: Bool
  /// Seeds every draw, together with `circuitIndex`, the row and the shot.
  public var seed: UInt64
  /// The circuit's place in its job: it keys the randomness, so that results do not depend on the order of execution.
  public var circuitIndex: UInt32
  /// The index of the first row in its job, when a part of the rows is run.
  public var firstRow: UInt32
  /// The format of the amplitudes.
  public var precision: Precision
  /// Whether results must be the same on every kind of device.
  public var isReproducible: Bool
  /// How circuits are simulated.
  public var method = SimulationMethod.auto
  /// Over how many trajectories values and probabilities are averaged, in place of exact ones; at most so many where an error is aimed at. Nil for
  /// exact values. Those are values of the state: errors of reading are of shots.
  public var trajectories: Int?
  /// The standard error of each observable's value at which no more trajectories are drawn, and the most that one more may change it by: so that
  /// noise which is too rare to have come is not taken for none. Nil where the number of trajectories is given.
  public var targetError: Double?
  /// Whether the plan of the first row is told, and each of its passes timed.
  package var explainsPlan = false
  /// How the derivatives of each observable's value by each parameter are computed; nil where they are not wanted.
  package var differentiation: DifferentiationMethod?

  /// Makes a request for one row without parameters; nothing but the state is computed until something is asked for.
  public init(
    circuit: Circuit, rows: [[Double]] = [[]], shots: Int? = nil, observables: [Observable] = [], wantsProbabilities: Bool = false,
    wantsStatevector: Bool = false, seed: UInt64 = 0, circuitIndex: UInt32 = 0, firstRow: UInt32 = 0,
    precision: Precision = .single,
    isReproducible: Bool = false
  ) {
    self.circuit = circuit
    self.rows = rows
    self.shots = shots
    self.observables = observables
    self.wantsProbabilities = wantsProbabilities
    self.wantsStatevector = wantsStatevector
    self.seed = seed
    self.circuitIndex = circuitIndex
    self.firstRow = firstRow
    self.precision = precision
    self.isReproducible = isReproducible
  }
}

/// What came of one row.
public struct SimulationResult: Hashable, Sendable {
  /// An observable's expectation value.
  public struct Expectation: Hashable, Sendable {
    /// The value; exact unless it was averaged over shots.
    public var value: Double
    /// The standard error of the average over shots; 0 where the value is exact.
    public var standardError: Double
    /// Its derivative by each parameter, in the circuit's order; empty if not asked for.
    public var gradient: [Double] = []
  }

  /// The row's index in its job.
  public var row: UInt32
  /// The circuit's qubits.
  public var qubitCount: Int
  /// The shots that were drawn; nil for none.
  public var shots: Int?
  /// The trajectories that values are averages over, where they were asked for.
  public var trajectories: Int?
  /// How often each outcome came; they add up to the shots.
  public var counts: Counts?
  /// The probability of each basis state; 2ⁿ entries.
  public var probabilities: [Double]?
  /// One value for each observable, in the order of the request.
  public var expectations: [Expectation]
  /// The amplitudes in basis state order; 2ⁿ entries.
  public var statevector: [Complex]?
  /// The method that ran.
  public var method: String
  /// The device that ran it.
  public var device: String
  /// The format of the amplitudes.
  public var precision: Precision
  /// The total probability of measurement histories that exact enumeration left out; 0 for everything else.
  public var discardedProbability: Double
  /// What was left out because nothing that was asked for depends on it; nil if everything was simulated.
  public var pruned: Pruning?
  /// Time to prepare the plan, in seconds.
  public var compileSeconds: Double
  /// Time to run it, in seconds.
  public var executeSeconds: Double
  /// The passes that it took, where they were asked for.
  package var plan: PlanReport?
}
