package import FoundationEssentials

/// Finds a device's figures: those that are kept, or measured ones, which are kept from then on.
package struct Calibrator {
  /// Figures, and how they were come by.
  package struct Outcome {
    package var calibration: DeviceCalibration
    /// Whether they were measured just now.
    package var isNew: Bool
    /// Why they could not be kept.
    package var failure: SimulatorError?
  }

  /// Makes a register of a number of qubits.
  package typealias Maker<Register: ~Copyable> = (Int) throws(SimulatorError) -> Register

  private let store: CalibrationStore?
  private let probe: CalibrationProbe
  private let today: () -> Date

  /// - Parameters:
  ///   - store: Where figures are kept; nil to measure always.
  ///   - now: Seconds of a clock that never goes back.
  ///   - today: The date that new figures bear.
  package init(store: CalibrationStore?, now: @escaping () -> Double, today: @escaping () -> Date) {
    (self.store, self.today) = (store, today)
    probe = CalibrationProbe(now: now)
  }

  /// The figures of a device.
  ///
  /// - Parameters:
  ///   - key: What they depend on.
  ///   - isForced: Whether they are measured even if there are some.
  ///   - sizes: The states to measure over.
  ///   - make: Makes registers, one at a time.
  /// - Throws: ``SimulatorError`` when the device fails or has no room for a state.
  package func calibration<Register: CalibratedRegister & ~Copyable>(
    for key: CalibrationKey, isForced: Bool, sizes: CalibrationSizes, _ make: Maker<Register>
  ) throws(SimulatorError) -> Outcome {
    if !isForced, let kept = store?.calibration(for: key) { return Outcome(calibration: kept, isNew: false) }
    let measured = try measure(key, sizes, make)
    do throws(SimulatorError) {
      try store?.keep(measured)
      return Outcome(calibration: measured, isNew: true)
    } catch {
      return Outcome(calibration: measured, isNew: true, failure: error)
    }
  }

  private func measure<Register: CalibratedRegister & ~Copyable>(
    _ key: CalibrationKey, _ sizes: CalibrationSizes, _ make: Maker<Register>
  ) throws(SimulatorError) -> DeviceCalibration {
    let bytesPerSecond = try bandwidth(sizes, make)
    var register = try make(sizes.tileStateQubitCount)
    return DeviceCalibration(
      key: key, bytesPerSecond: bytesPerSecond, operationsPerSecond: try probe.operationsPerSecond(of: register),
      secondsPerAmplitude: try probe.tileTimes(of: &register), measuredAt: today())
  }

  /// A function of its own, so that the large state is gone when the small one is made.
  private func bandwidth<Register: CalibratedRegister & ~Copyable>(
    _ sizes: CalibrationSizes, _ make: Maker<Register>
  ) throws(SimulatorError) -> Double {
    var register = try make(sizes.bandwidthQubitCount)
    return try probe.bytesPerSecond(of: &register)
  }
}
