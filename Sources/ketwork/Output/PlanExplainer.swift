internal import Protocol
internal import Simulator

/// Puts plans beside what was measured of the devices that ran them.
struct PlanExplainer {
  private let catalogue: DeviceCatalogue
  private let calibrator = Calibrator.standard
  private var calibrations: [CalibrationPlace: DeviceCalibration?] = [:]
  /// What went wrong on the way, without which plans are explained all the same.
  private(set) var notes: [String] = []

  private struct CalibrationPlace: Hashable {
    var device: String
    var precision: Precision
  }

  init(_ catalogue: DeviceCatalogue) { self.catalogue = catalogue }

  /// Explanations by item.
  mutating func explanations(of plans: [Int: PlanReport], _ results: [CircuitResult]) throws -> [Int: PlanExplanation] {
    var explanations = [Int: PlanExplanation]()
    for result in results where explanations[result.item] == nil {
      guard let plan = plans[result.item], case .values(let values) = result.outcome else { continue }
      let precision: Precision = values.precision == .single ? .single : .double
      explanations[result.item] = PlanExplanation(
        plan, calibration: try calibration(CalibrationPlace(device: values.device, precision: precision)),
        ceilings: .h200(precision))
    }
    return explanations
  }

  private mutating func calibration(_ place: CalibrationPlace) throws -> DeviceCalibration? {
    if let known = calibrations[place] { return known }
    let found = try measured(place)
    calibrations[place] = .some(found)
    return found
  }

  private mutating func measured(_ place: CalibrationPlace) throws -> DeviceCalibration? {
    guard let device = try BenchDevice.all(catalogue).first(where: { $0.facts.label == place.device }) else { return nil }
    do throws(SimulatorError) {
      let outcome = try device.calibration(place.precision, by: calibrator)
      if let failure = outcome.failure { notes.append(failure.message) }
      return outcome.calibration
    } catch {
      // The state that was just computed may fill the memory.
      notes.append("no prediction for \(place.device) in \(place.precision.rawValue) precision: \(error.message)")
      return nil
    }
  }
}
