/// A device, ready to run circuits: what users of the simulator hold.
///
///     let simulator = try CircuitSimulator(device: "auto")
///     let results = try simulator.run(SimulationRequest(circuit: bell, shots: 1000))
///
/// Belongs to one thread at a time. Memory is kept between runs of the same size.
public final class CircuitSimulator {
  private let host: CircuitExecutor<HostRegister>

  /// Makes the device ready.
  ///
  /// - Parameter device: `auto` or `cpu`.
  /// - Throws: ``SimulatorError`` with code `unknown_device` that lists what is accepted.
  public init(device: String = "auto") throws(SimulatorError) {
    guard device == "auto" || device == "cpu" else {
      throw SimulatorError(.unknownDevice, "no device '\(device)'; auto and cpu are accepted")
    }
    host = CircuitExecutor { (qubitCount, precision) throws(SimulatorError) in
      try HostRegister(qubitCount: qubitCount, precision: precision)
    }
  }

  /// Runs every row of a request, in order.
  ///
  /// - Throws: ``SimulatorError``: `invalid_argument`, `unsupported`, `out_of_memory`, `limit_exceeded`, `cancelled`, `device_failure`.
  public func run(_ request: SimulationRequest, stop: StopFlag = StopFlag()) throws(SimulatorError) -> [SimulationResult] {
    try host.run(request, stop: stop)
  }
}
