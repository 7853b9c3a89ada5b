/// When each instruction of a circuit starts, each as soon or as late as its qubits allow, and the circuit in which qubits that wait say so.
///
///     let schedule = try Schedule(circuit, on: .named("manila"))
///     let noisy = try model.applied(to: schedule.padded)
///
/// In ``padded`` a delay stands before each instruction for which a qubit has waited since its last one. After a qubit's last instruction there is
/// none: nobody asks any more. Before its first it is |0⟩, which relaxation leaves as it is: there is a delay only where instructions start as
/// late as possible, so that whoever reads the circuit and starts them as soon as possible finds the same times.
///
/// Barriers make their qubits wait for each other. So does control flow, and whatever reads classical memory, on all qubits: the
/// instructions between two of these, and each body of control flow, are a part with a clock of its own that starts at 0. At the end of a part
/// all qubits that are still needed have waited for its last instruction, as which branch is taken is not known before.
public struct Schedule: Hashable, Sendable {
  /// When instructions start.
  public enum Policy: Hashable, Sendable, CaseIterable {
    /// As soon as their qubits are free.
    case asSoonAsPossible
    /// As late as their part does not end later for it: qubits stay |0⟩ for longer, and then wait less.
    case asLateAsPossible
  }

  /// An instruction and its time.
  public struct Step: Hashable, Sendable {
    /// As in ``Schedule/padded``; control flow with what its bodies have become.
    public var instruction: Instruction
    /// The number of control flow instructions and reads of memory at the top level up to this one.
    public var part: Int
    /// In seconds since the start of the part.
    public var start: Double
    /// In seconds; 0 for control flow, whose time depends on what is measured.
    public var duration: Double
  }

  /// How long an operation takes on certain qubits, in seconds: a gate by its name, controls first, `measure` or `reset`.
  public typealias Duration = (_ name: String, _ qubits: [Int]) throws(CircuitError) -> Double

  /// The circuit's instructions at the top level, without delays for waits, in the circuit's order.
  public private(set) var steps: [Step]
  /// The circuit with a delay for each wait.
  public private(set) var padded: Circuit

  /// Schedules a circuit.
  ///
  /// - Throws: ``CircuitError``: `not_finite` for a duration that is no number or below 0, also in the circuit's delays; `unbound_parameter` for
  ///   a delay whose time is not known before the circuit runs; whatever `duration` throws.
  public init(_ circuit: Circuit, policy: Policy = .asSoonAsPossible, duration: Duration) throws(CircuitError) {
    var writer = ScheduleWriter(circuit, policy)
    padded = circuit
    steps = []
    (padded.instructions, steps) = try writer.written(circuit.instructions, duration)
  }

  /// Schedules a circuit with the durations of a device.
  ///
  /// - Throws: ``CircuitError`` with code `not_on_device` as ``DeviceModel/check(_:)``, and as ``init(_:duration:)``.
  public init(_ circuit: Circuit, on device: DeviceModel, policy: Policy = .asSoonAsPossible) throws(CircuitError) {
    try device.check(circuit)
    try self.init(circuit, policy: policy) { (name, qubits) throws(CircuitError) in
      guard let found = device.duration(of: name, on: qubits) else {
        throw CircuitError(.notOnDevice, "\(name) on \(qubits): \(device.name) has no such gate")
      }
      return found
    }
  }

  /// When the last instruction of the last part at the top level ends, in seconds since the part's start: of a circuit without control flow, how
  /// long it takes.
  public var duration: Double {
    let last = steps.last?.part
    return steps.filter { $0.part == last }.reduce(0) { max($0, $1.start + $1.duration) }
  }
}
