/// The OpenCL device on which an estimator runs rows as state vectors, and from how many on.
final class EstimatorAccelerator {
  private let program: BatchProgram
  private let precision: Precision
  private let device: BatchDevice
  private var opened: OpenCLBatch?
  private var openedForGradients: OpenCLBatch?

  init(_ program: BatchProgram, _ precision: Precision, on device: BatchDevice) {
    (self.program, self.precision, self.device) = (program, precision, device)
  }

  /// What runs so many rows; nil where the CPU does. Compiled when it is first wanted.
  func batch(rowCount: Int) throws(SimulatorError) -> OpenCLBatch? {
    guard device.takes(rowCount: rowCount, work: program.work) else { return nil }
    if let opened { return opened }
    let made = try OpenCLBatch(program, backend: device.backend(), precision: precision)
    opened = made
    return made
  }

  /// What differentiates so many rows, with so many combinations of observables of each; nil where the CPU does.
  ///
  /// - Parameter program: Compiles the rows' program for gradients, when it is first wanted.
  func gradientBatch(
    rowCount: Int, pullCount: Int, _ program: () throws(SimulatorError) -> BatchProgram
  ) throws(SimulatorError) -> OpenCLBatch? {
    guard device.takes(rowCount: rowCount, work: self.program.work, pullCount: pullCount) else { return nil }
    if let openedForGradients { return openedForGradients }
    let made = try OpenCLBatch(try program(), backend: device.backend(), precision: precision)
    openedForGradients = made
    return made
  }
}

extension BatchProgram {
  /// Amplitudes times rotations of one row.
  var work: Int { parts.reduce(0) { $0 + ($1.rotationCount + 1) << $1.bits } }
}
