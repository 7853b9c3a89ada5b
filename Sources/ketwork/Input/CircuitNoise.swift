internal import Circuits

/// The noise that the command line names: a model from a file, or that of a device.
struct CircuitNoise {
  let model: NoiseModel
  /// What waits are as long as on, and what refuses circuits that it cannot run.
  let device: DeviceModel?

  /// Reads a file, or takes a device by its name; nil for circuits without noise.
  ///
  /// - Throws: ``Failure`` with the file's name, or `CircuitError` that lists the devices.
  init?(path: String?, deviceName: String?) throws {
    if let deviceName {
      let device = try DeviceModel.named(deviceName)
      (self.device, model) = (device, try device.noiseModel())
    } else if let path {
      let bytes = try Files.read(path)
      device = nil
      do throws(CircuitError) { model = try NoiseModel(json: bytes, name: path) } catch {
        throw Failure(.invalidData, "\(path): \(error.message)")
      }
    } else {
      return nil
    }
  }

  /// A circuit with its noise, that of qubits which wait included.
  func applied(to circuit: Circuit, name: String) throws -> Circuit {
    do throws(CircuitError) {
      guard let device else { return try model.applied(to: circuit) }
      try device.check(circuit)
      return try model.applied(to: try Schedule(circuit, on: device).padded)
    } catch {
      throw Failure(.invalidData, "\(name): \(error.message)")
    }
  }
}
