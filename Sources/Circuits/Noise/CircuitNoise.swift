/// The noise of a circuit: a model, or what a device's calibration says of it, as it was read.
///
///     let noise = try CircuitNoise(deviceNamed: "manila")
///     let noisy = try noise.applied(to: circuit)
public struct CircuitNoise: Hashable, Sendable {
  /// What the bytes are.
  public enum Source: UInt8, Hashable, Sendable {
    /// A noise model, as ``NoiseModel/init(json:name:)`` reads it.
    case model = 1
    /// A device's calibration, as ``DeviceModel/init(json:)`` reads it.
    case device = 2
  }

  /// What the bytes are.
  public let source: Source
  /// The JSON it was read from.
  public let json: [UInt8]
  /// The noise of gates, waits and readout.
  public let model: NoiseModel
  /// What waits are as long as on, and what refuses circuits that it cannot run; nil for a model alone.
  public let device: DeviceModel?

  /// Reads noise.
  ///
  /// - Throws: ``CircuitError`` as ``NoiseModel/init(json:name:)`` and ``DeviceModel/init(json:)``.
  public init(_ source: Source, json: [UInt8], name: String = "noise") throws(CircuitError) {
    (self.source, self.json) = (source, json)
    switch source {
    case .model: (model, device) = (try NoiseModel(json: json, name: name), nil)
    case .device:
      let device = try DeviceModel(json: json)
      (self.device, model) = (device, try device.noiseModel())
    }
  }

  /// The noise of a device whose calibration comes with this library.
  ///
  /// - Throws: ``CircuitError`` with code `unknown_device`, which lists the names.
  public init(deviceNamed name: String) throws(CircuitError) {
    guard let text = DeviceModel.calibration(of: name) else { throw DeviceModel.unknown(name) }
    try self.init(.device, json: Array(text.utf8))
  }

  /// A circuit with its noise, that of qubits which wait included.
  ///
  /// - Throws: ``CircuitError`` for a circuit that the device cannot run, and as ``NoiseModel/applied(to:)`` and ``Schedule``.
  public func applied(to circuit: Circuit) throws(CircuitError) -> Circuit {
    guard let device else { return try model.applied(to: circuit) }
    try device.check(circuit)
    return try model.applied(to: try Schedule(circuit, on: device).padded)
  }
}
