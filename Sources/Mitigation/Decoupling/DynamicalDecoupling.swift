public import Circuits

/// Dynamical decoupling: qubits that wait for others are turned over and back, so that slow and coherent errors cancel.
///
///     let decoupled = try DynamicalDecoupling(.xy4).decoupled(circuit, on: device)
///
/// A circuit is scheduled, each instruction as soon as its qubits are free, and each wait of one qubit in which the pulses fit is filled; the rest
/// of the time is shared out around them. The circuit's unitary stays, up to the global phase that ``DecouplingSequence/xy4`` tells of. Values
/// need no further work: ``MitigatedEstimate`` is not made.
///
/// Sources: Viola and Lloyd, arXiv:quant-ph/9803057 (1998); Ezzell, Pokharel, Tewala, Quiroz and Lidar, arXiv:2207.03670 (2022).
public struct DynamicalDecoupling: Hashable, Sendable {
  /// The pulses.
  public var sequence: DecouplingSequence
  /// How often the sequence is put into a window.
  public var repetitions: Int
  /// Windows are left alone in which pulses would be closer than this, in seconds.
  public var leastSpacing: Double

  /// A circuit with pulses.
  public struct Result: Hashable, Sendable {
    /// The circuit, with delays for all waits.
    public var circuit: Circuit
    /// How many windows were filled.
    public var filledCount: Int
    /// How many windows were too short.
    public var skippedCount: Int
  }

  /// Makes the technique.
  public init(_ sequence: DecouplingSequence, repetitions: Int = 1, leastSpacing: Double = 0) {
    (self.sequence, self.repetitions, self.leastSpacing) = (sequence, repetitions, leastSpacing)
  }

  static let technique = "dd"

  /// A circuit scheduled with a device's durations, its waits filled.
  ///
  /// - Throws: ``MitigationError``: `invalid_circuit` for what the device does not have, and as ``decoupled(_:duration:)``.
  public func decoupled(_ circuit: Circuit, on device: DeviceModel) throws(MitigationError) -> Result {
    try MitigationError.wrapping(Self.technique) { () throws(CircuitError) in try device.check(circuit) }
    return try decoupled(circuit) { (name, qubits) throws(CircuitError) in
      guard let found = device.duration(of: name, on: qubits) else {
        throw CircuitError(.notOnDevice, "\(name) on \(qubits): \(device.name) has no such gate")
      }
      return found
    }
  }

  /// A circuit scheduled with given durations, its waits filled. Parameters stay parameters; waits whose time is not known are refused.
  ///
  /// - Throws: ``MitigationError``: `invalid_option` for repetitions outside of 1 to ``Limits/pulseCount`` pulses or a spacing below 0,
  ///   `invalid_circuit` for what the schedule refuses.
  public func decoupled(_ circuit: Circuit, duration: Schedule.Duration) throws(MitigationError) -> Result {
    let most = Limits.pulseCount / sequence.pulses.count
    guard (1...most).contains(repetitions), leastSpacing >= 0 else {
      throw MitigationError(
        .invalidOption,
        "\(Self.technique): \(repetitions) repetitions at least \(leastSpacing) s apart; 1 to \(most), 0 s or more apart, are accepted"
      )
    }
    var writer = PulseWriter(self)
    return try MitigationError.wrapping(Self.technique) { () throws(CircuitError) in
      let padded = try Schedule(circuit, duration: duration).padded
      let filled = try writer.written(padded.instructions, duration)
      return Result(
        circuit: try padded.replacingInstructions(by: filled), filledCount: writer.filledCount, skippedCount: writer.skippedCount)
    }
  }
}

/// Puts pulses in the place of delays.
private struct PulseWriter {
  private let technique: DynamicalDecoupling
  private let pulses: [Gate]
  private(set) var filledCount = 0
  private(set) var skippedCount = 0

  init(_ technique: DynamicalDecoupling) {
    self.technique = technique
    pulses = (0..<technique.repetitions).flatMap { _ in technique.sequence.pulses }
  }

  mutating func written(_ instructions: [Instruction], _ duration: Schedule.Duration) throws(CircuitError) -> [Instruction] {
    var result = [Instruction]()
    for instruction in instructions {
      if case .delay(let seconds, let qubits) = instruction, let time = seconds.literal?.double {
        for qubit in qubits { result += try window(time, on: qubit, duration) }
      } else {
        result.append(try instruction.mappingBodies { (body) throws(CircuitError) in try written(body, duration) })
      }
    }
    return result
  }

  private mutating func window(
    _ time: Double, on qubit: Int, _ duration: Schedule.Duration
  ) throws(CircuitError) -> [Instruction] {
    var idle = time
    for gate in pulses { idle -= try duration(gate.name, [qubit]) }
    // Between pulses lies the largest share of the time in all sequences.
    guard idle > 0, idle / Double(pulses.count) >= technique.leastSpacing else {
      skippedCount += 1
      return [.delay(seconds: ClassicalExpression(time), qubits: [qubit])]
    }
    filledCount += 1
    let shares = technique.sequence.shares(pulseCount: pulses.count)
    var result = [Instruction]()
    for (index, share) in shares.enumerated() {
      if share > 0 { result.append(.delay(seconds: ClassicalExpression(idle * share), qubits: [qubit])) }
      if index < pulses.count { result.append(.gate(GateOperation(.standard(pulses[index]), qubits: [qubit]))) }
    }
    return result
  }
}
