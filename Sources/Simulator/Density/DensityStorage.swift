/// The 4ⁿ reals of a density matrix on one device, and the few verbs that ``DensityRegister`` is made of.
///
/// ρ = 2⁻ⁿ Σ rₚP over the 4ⁿ Pauli strings, rₚ = Tr(Pρ). The real of a string has the number that its digits make in base 4, qubit 0's least
/// significant: 0 for I, 1 for X, 2 for Z, 3 for Y. Arguments are checked by the register; here they are trusted.
///
/// Source: Greenbaum, arXiv:1509.02921 (2015).
package protocol DensityStorage: ~Copyable {
  /// n.
  var qubitCount: Int { get }
  /// The format of the reals.
  var precision: Precision { get }
  /// What results call this device: `cpu`, `opencl:0.0`.
  var deviceName: String { get }

  /// Sets the state to one basis state.
  mutating func reset(to basisState: UInt64) throws(SimulatorError)
  /// Makes this state a copy of another of the same size, precision and device.
  mutating func copy(from other: borrowing Self) throws(SimulatorError)
  /// Applies a map. A device may queue it; errors may surface in the next verb that returns a value.
  mutating func apply(_ map: TransferMap) throws(SimulatorError)
  /// Applies a gate on more qubits than a map has, to the same bits on every device.
  mutating func apply(_ gate: WideGate) throws(SimulatorError)
  /// The reals of these numbers, in their order: all that leaves the device.
  func values(_ numbers: [UInt64]) throws(SimulatorError) -> [Double]
}

extension DensityStorage where Self: ~Copyable {
  /// Refuses what is too large or too small for any device.
  static func check(qubitCount: Int) throws(SimulatorError) {
    guard (1...Limits.densityQubitCount).contains(qubitCount) else {
      throw SimulatorError(
        .invalidArgument,
        "a density matrix of \(qubitCount) qubits; 1 to \(Limits.densityQubitCount) are accepted, method statevector takes more")
    }
  }
}

/// The number of the string that has X on the qubits of one mask and Z on those of another, and Y on those of both: two bits for each qubit.
func stringNumber(x: UInt64, z: UInt64) -> UInt64 { spread(x) | spread(z) << 1 }

/// The lower 32 bits at every second place.
private func spread(_ bits: UInt64) -> UInt64 {
  var result = bits & 0xffff_ffff
  result = (result | result << 16) & 0x0000_ffff_0000_ffff
  result = (result | result << 8) & 0x00ff_00ff_00ff_00ff
  result = (result | result << 4) & 0x0f0f_0f0f_0f0f_0f0f
  result = (result | result << 2) & 0x3333_3333_3333_3333
  return (result | result << 1) & 0x5555_5555_5555_5555
}
