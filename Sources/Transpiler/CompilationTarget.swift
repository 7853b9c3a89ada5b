public import Circuits

/// What a circuit is compiled to: qubits that are coupled, gates, and how good they are.
///
///     let target = try CompilationTarget(.named("montreal"))
public struct CompilationTarget: Hashable, Sendable {
  /// Which qubits have gates with each other.
  public var coupling: CouplingMap
  /// The gates.
  public var basis: GateBasis
  /// The device whose qubits and gates are better and worse; nil: all are equal.
  public var device: DeviceModel?

  /// Makes a target of equal qubits.
  public init(coupling: CouplingMap, basis: GateBasis) {
    (self.coupling, self.basis) = (coupling, basis)
  }

  /// A device's coupled qubits, basis gates and figures.
  ///
  /// - Throws: ``TranspilerError`` with code `invalid_target` if circuits cannot be written in its gates.
  public init(_ device: DeviceModel) throws(TranspilerError) {
    coupling = try CouplingMap(device)
    basis = try GateBasis(gates: device.basisGates)
    self.device = device
  }
}
