/// The OpenCL device on which rows of templates run, and how much work is worth a launch.
struct BatchDevice {
  private let catalogue: DeviceCatalogue
  private let name: String
  /// Whether the CPU may run rows too, where there are few.
  private let hasHost: Bool

  /// Chooses the device; nil where it is the CPU.
  ///
  /// - Parameter known: What there is, if somebody has looked.
  /// - Throws: ``SimulatorError``: `unknown_device`; `unsupported` for a device without 64-bit floating point.
  init?(device: String, _ known: DeviceCatalogue?) throws(SimulatorError) {
    // Looking for devices takes longer than many a batch.
    if device == "cpu" { return nil }
    let catalogue = known ?? DeviceCatalogue()
    let devices = try catalogue.resolve(device)
    guard devices[0].name != "cpu" else { return nil }
    (self.catalogue, name) = (catalogue, devices[0].name)
    hasHost = devices.contains { $0.name == "cpu" }
    if !hasHost { _ = try backend() }
  }

  /// The device, opened when it is first wanted: that takes longer than the small batches that the CPU runs.
  ///
  /// - Throws: ``SimulatorError``: `unsupported` for a device without 64-bit floating point, `device_failure`.
  func backend() throws(SimulatorError) -> OpenCLBackend { try catalogue.backend(named: name) }

  /// Whether so many rows run on it, rather than on the CPU, because there is more to do than to launch.
  ///
  /// - Parameters:
  ///   - work: Amplitudes times rotations of one row.
  ///   - pullCount: Combinations of observables of each row that are differentiated.
  func takes(rowCount: Int, work: Int, pullCount: Int = 0) -> Bool {
    guard hasHost else { return true }
    let cost = 1 + Limits.laneUndoCost * pullCount
    return rowCount >= (Limits.openCLBatchWork / max(1, work) + cost - 1) / cost
  }
}
