internal import OpenCLRuntime

/// The OpenCL device on which an estimator runs rows, and from how many on.
final class EstimatorAccelerator {
  private let program: BatchProgram
  private let precision: Precision
  private let backend: OpenCLBackend
  private let leastRowCount: Int
  private var opened: OpenCLBatch?
  private var openedForGradients: OpenCLBatch?

  /// Chooses the device; nil where it is the CPU.
  ///
  /// - Parameter known: What there is, if somebody has looked.
  /// - Throws: ``SimulatorError``: `unknown_device`; `unsupported` for a device without 64-bit floating point.
  init?(_ program: BatchProgram, _ precision: Precision, device: String, _ known: DeviceCatalogue?) throws(SimulatorError) {
    // Looking for devices takes longer than many a batch.
    if device == "cpu" { return nil }
    let catalogue = known ?? DeviceCatalogue()
    let devices = try catalogue.resolve(device)
    guard devices[0].name != "cpu" else { return nil }
    (self.program, self.precision) = (program, precision)
    backend = try catalogue.backend(named: devices[0].name)
    let hasHost = devices.contains { $0.name == "cpu" }
    leastRowCount = hasHost ? Limits.openCLBatchWork / max(1, program.work) : 0
  }

  /// What runs so many rows; nil where the CPU does, because there is less to do than to launch. Compiled when it is first wanted.
  func batch(rowCount: Int) throws(SimulatorError) -> OpenCLBatch? {
    guard rowCount >= leastRowCount else { return nil }
    if let opened { return opened }
    let made = try OpenCLBatch(program, backend: backend, precision: precision)
    opened = made
    return made
  }

  /// What differentiates so many rows, with so many combinations of observables of each; nil where the CPU does.
  ///
  /// - Parameter program: Compiles the rows' program for gradients, when it is first wanted.
  func gradientBatch(
    rowCount: Int, pullCount: Int, _ program: () throws(SimulatorError) -> BatchProgram
  ) throws(SimulatorError) -> OpenCLBatch? {
    let cost = 1 + Limits.laneUndoCost * pullCount
    guard rowCount >= (leastRowCount + cost - 1) / cost else { return nil }
    if let openedForGradients { return openedForGradients }
    let made = try OpenCLBatch(try program(), backend: backend, precision: precision)
    openedForGradients = made
    return made
  }
}

extension BatchProgram {
  /// Amplitudes times rotations of one row.
  var work: Int { parts.reduce(0) { $0 + ($1.rotationCount + 1) << $1.bits } }
}
