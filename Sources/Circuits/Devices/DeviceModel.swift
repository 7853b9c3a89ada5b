/// A quantum device as its calibration describes it: how long its qubits remember, how often its gates and readings fail, and how long they take.
///
///     let manila = try DeviceModel.named("manila")
///     try manila.check(circuit)
///     let noisy = try manila.noiseModel().applied(to: circuit)
///
/// Figures that a calibration lacks, or that no device can have, are mended where it is known how and refused else; ``notes`` lists what was
/// mended. See ``init(json:)``.
public struct DeviceModel: Hashable, Sendable {
  /// What is known of one qubit.
  public struct Qubit: Hashable, Sendable {
    /// How fast it relaxes to |0⟩, in seconds; nil: it does not.
    public var t1: Double?
    /// How fast it loses its phase, in seconds, at most 2·``t1``; nil: it does not.
    public var t2: Double?
    /// In hertz; no noise depends on it.
    public var frequency: Double?
    /// How often 0 is read as 1.
    public var zeroAsOne = 0.0
    /// How often 1 is read as 0.
    public var oneAsZero = 0.0
    /// How long a measurement takes, in seconds.
    public var readoutDuration = 0.0

    /// How often an outcome is misread, 0 and 1 being equally frequent.
    public var readoutError: Double { (zeroAsOne + oneAsZero) / 2 }
  }

  /// What is known of one gate on certain qubits.
  public struct Figures: Hashable, Sendable {
    /// 1 − F, the average fidelity over all states; nil: relaxation for the gate's duration is all that is known.
    public var error: Double?
    /// In seconds.
    public var duration: Double
    /// Makes figures.
    public init(error: Double?, duration: Double) { (self.error, self.duration) = (error, duration) }
  }

  /// What messages and options call it.
  public var name: String
  /// Where the figures come from.
  public var source: String
  /// Under which licence.
  public var license: String?
  /// The day of the calibration, as YYYY-MM-DD.
  public var calibrated: String?
  /// Qubit by qubit.
  public internal(set) var qubits: [Qubit] = []
  /// The gates in which the device's programs are written.
  public internal(set) var basisGates: [String] = []
  /// By the name of the gate and by its qubits, its controls first; `reset` is among them. Read with ``figures(_:on:)``.
  public internal(set) var gates: [String: [[Int]: Figures]] = [:]
  /// What of the figures was mended, and how.
  public internal(set) var notes: [String] = []

  /// How many qubits it has.
  public var qubitCount: Int { qubits.count }

  init(name: String, source: String) { (self.name, self.source) = (name, source) }

  /// The figures of a gate on certain qubits; those of a pair in one direction hold in the other too, unless that has its own.
  ///
  /// A gate of two qubits in the direction that a device does not have is the one that it has between gates of one qubit.
  public func figures(_ gate: String, on operands: [Int]) -> Figures? {
    gates[gate]?[operands] ?? gates[gate]?[operands.reversed()]
  }

  /// Pairs of qubits that have a gate, the lower qubit first, in order.
  public var coupling: [[Int]] {
    let pairs = Set(gates.values.flatMap(\.keys).filter { $0.count == 2 }.map { $0.sorted() })
    return pairs.sorted { ($0[0], $0[1]) < ($1[0], $1[1]) }
  }

  /// The qubits that have a gate with a qubit, in order.
  public func neighbors(of qubit: Int) -> [Int] {
    Set(gates.values.flatMap(\.keys).filter { $0.count == 2 && $0.contains(qubit) }.map { $0[0] == qubit ? $0[1] : $0[0] }).sorted()
  }
}
