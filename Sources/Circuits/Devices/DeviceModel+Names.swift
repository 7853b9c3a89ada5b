extension DeviceModel {
  /// The names of the devices whose calibrations come with this library, the smallest device first.
  public static var names: [String] { calibrations.map(\.name) }

  /// The device of a name.
  ///
  /// - Throws: ``CircuitError`` with code `unknown_device`, which lists the names.
  public static func named(_ name: String) throws(CircuitError) -> DeviceModel {
    guard let text = calibration(of: name) else { throw unknown(name) }
    return try DeviceModel(json: Array(text.utf8))
  }

  static func unknown(_ name: String) -> CircuitError {
    CircuitError(.unknownDevice, "no device model '\(name)'; \(names.joined(separator: ", ")) are there")
  }

  /// The calibration of a device as ``init(json:)`` reads it; nil for a name that is not there.
  package static func calibration(of name: String) -> String? { calibrations.first { $0.name == name.lowercased() }?.json }
}
