internal import Circuits

extension CircuitNoise {
  /// Reads the noise that the command line names, a model from a file or that of a device; nil for circuits without noise.
  ///
  /// - Throws: ``Failure`` with the file's name, or `CircuitError` that lists the devices.
  init?(path: String?, deviceName: String?) throws {
    if let deviceName {
      try self.init(deviceNamed: deviceName)
    } else if let path {
      let bytes = try Files.read(path)
      do throws(CircuitError) { try self.init(.model, json: bytes, name: path) } catch {
        throw Failure(.invalidData, "\(path): \(error.message)")
      }
    } else {
      return nil
    }
  }

  /// A circuit with its noise, that of qubits which wait included; errors name the circuit.
  func applied(to circuit: Circuit, name: String) throws -> Circuit {
    do throws(CircuitError) { return try applied(to: circuit) } catch { throw Failure(.invalidData, "\(name): \(error.message)") }
  }
}
