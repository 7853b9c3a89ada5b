internal import FoundationEssentials

extension DeviceModel {
  /// Reads a calibration: docs/schemas/device-model-1.schema.json says what it holds.
  ///
  /// Mended, with a line in ``notes``:
  /// - no T1: the qubit does not relax; no T2: it is 2·T1, or without T1 none; a T2 above 2·T1, which fits of noisy curves give: it is 2·T1;
  /// - no readout error: outcomes are read as they are; no duration of a gate or of reading: it takes no time;
  /// - no gate error: relaxation is the gate's only noise; an error above 2ᵏ/(2ᵏ + 1), as 1 stands for gates that failed: it is that,
  ///   at which the gate's qubits are left in a state that has nothing to do with the one before.
  ///
  /// A missing frequency is no loss. Refused: times and frequencies that are not above 0, durations below 0, probabilities outside 0 to 1,
  /// what is no number, lists that are too long or too short, qubits that the device does not have, gates that are not known or are given
  /// twice on the same qubits, and members that nobody reads.
  ///
  /// - Throws: ``CircuitError`` with code `invalid_device`, naming the place, the value and what would be accepted, or `limit_exceeded`.
  public init(json: [UInt8]) throws(CircuitError) {
    guard json.count <= Limits.deviceModelByteCount else {
      throw CircuitError(
        .limitExceeded, "a device model of \(json.count) bytes; at most \(Limits.deviceModelByteCount) are accepted")
    }
    let value: JSONValue
    do { value = try JSONDecoder().decode(JSONValue.self, from: Data(json)) } catch {
      throw CircuitError(.invalidDevice, "device model: not JSON: \(error)")
    }
    do throws(CircuitError) {
      self = try CalibrationReader.read(JSONPlace(value: value, path: "device model"))
    } catch {
      throw CircuitError(error.code == .invalidChannel ? .invalidDevice : error.code, error.message)
    }
  }
}
