/// A device of a worker, as the worker announces it.
public struct DeviceSummary: Hashable, Sendable {
  /// What a job's device preference is compared with: `cpu`, `opencl:0.0`.
  public var name: String
  /// What it is, for people.
  public var description: String
  /// Bytes that one state may take.
  public var memoryByteCount: UInt64
  /// Whether it computes in double precision.
  public var supportsDouble: Bool

  /// Makes a summary.
  public init(name: String, description: String = "", memoryByteCount: UInt64, supportsDouble: Bool = true) {
    self.name = name
    self.description = description
    self.memoryByteCount = memoryByteCount
    self.supportsDouble = supportsDouble
  }

  /// Whether a device preference means this device: `auto` means all, `opencl` every `opencl:P.D`.
  package func matches(_ preference: String) -> Bool {
    preference.isEmpty || preference == "auto" || preference == name || name.hasPrefix(preference + ":")
  }

  /// Whether a state of so many qubits fits; what is not known fits.
  package func holds(qubitCount: Int, precision: ExecutionSettings.Precision) -> Bool {
    guard precision == .single || supportsDouble else { return false }
    guard qubitCount < 58 else { return false }
    return UInt64(precision.amplitudeByteCount) << UInt64(qubitCount) <= memoryByteCount
  }
}
