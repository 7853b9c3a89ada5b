/// The OpenCL device on which an estimator or a sampler runs rows as density matrices, and from how many on.
final class DensityAccelerator {
  private let program: DensityLaneProgram
  private let precision: Precision
  private let device: BatchDevice
  private var opened: OpenCLDensityBatch?

  init(_ program: DensityLaneProgram, _ precision: Precision, on device: BatchDevice) {
    (self.program, self.precision, self.device) = (program, precision, device)
  }

  /// Bytes that stay on the device between calls.
  var keptByteCount: Int { opened?.keptByteCount ?? 0 }

  /// What computes a job; nil where the CPU does. Compiled when it is first wanted.
  ///
  /// - Throws: ``SimulatorError``: `out_of_memory`, `device_failure`.
  func batch(_ job: LaneJob) throws(SimulatorError) -> OpenCLDensityBatch? {
    let pullCount: Int
    switch job.output {
    case .values, .counts: pullCount = 0
    case .pullBack: pullCount = 1
    case .jacobian: pullCount = program.observableCount
    case .bind, .shiftedJacobian, .hessianProducts, .estimates: return nil
    }
    // A rotation of an amplitude reads and writes two reals each.
    guard device.takes(rowCount: job.rowCount, work: program.work / 4, pullCount: pullCount) else { return nil }
    if let opened { return opened }
    let made = try OpenCLDensityBatch(program, backend: device.backend(), precision: precision)
    opened = made
    return made
  }
}
