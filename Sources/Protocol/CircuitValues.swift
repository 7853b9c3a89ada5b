public import Circuits

/// What one run of a circuit gave; what was not asked for is absent.
public struct CircuitValues: Hashable, Sendable {
  /// The expectation value of one observable.
  public struct Expectation: Hashable, Sendable {
    /// The value.
    public var value: Double
    /// Its standard error, where it was estimated from samples.
    public var standardError: Double?
    /// Its derivative by each parameter, in the order of the row; empty if not asked for.
    public var gradient: [Double]
    /// What mitigation made of the value; `nil` if not asked for.
    public var mitigated: MitigatedValue?

    /// Makes an expectation value.
    public init(value: Double, standardError: Double? = nil, gradient: [Double] = [], mitigated: MitigatedValue? = nil) {
      self.value = value
      self.standardError = standardError
      self.gradient = gradient
      self.mitigated = mitigated
    }
  }

  /// How many qubits the circuit has.
  public var qubitCount: Int
  /// How many shots were drawn, if any.
  public var shots: Int?
  /// Over how many trajectories values are averaged, where they were asked for.
  public var trajectories: Int?
  /// How often each outcome was drawn.
  public var counts: Counts?
  /// The probability of each basis state.
  public var probabilities: [Double]?
  /// The amplitudes in basis state order, each as real part, imaginary part.
  public var statevector: [Double]?
  /// One a requested observable, in that order.
  public var expectations: [Expectation]
  /// The method that ran.
  public var method: String
  /// The device it ran on.
  public var device: String
  /// The arithmetic used.
  public var precision: ExecutionSettings.Precision
  /// What was left out; nil if everything was simulated.
  public var pruned: Pruning?
  /// Time spent on parsing and planning, this circuit's share.
  public var compileTime: Duration
  /// Time spent on executing, this circuit's share.
  public var executeTime: Duration
  /// Approximations made and escalations, for people.
  public var notes: [String]

  /// Makes values; all but the first are absent by default.
  public init(
    qubitCount: Int, shots: Int? = nil, trajectories: Int? = nil, counts: Counts? = nil, probabilities: [Double]? = nil,
    statevector: [Double]? = nil, expectations: [Expectation] = [], method: String = "", device: String = "",
    precision: ExecutionSettings.Precision = .single,
    pruned: Pruning? = nil, compileTime: Duration = .zero, executeTime: Duration = .zero, notes: [String] = []
  ) {
    self.qubitCount = qubitCount
    self.shots = shots
    self.trajectories = trajectories
    self.counts = counts
    self.probabilities = probabilities
    self.statevector = statevector
    self.expectations = expectations
    self.method = method
    self.device = device
    self.precision = precision
    self.pruned = pruned
    self.compileTime = compileTime
    self.executeTime = executeTime
    self.notes = notes
  }
}
