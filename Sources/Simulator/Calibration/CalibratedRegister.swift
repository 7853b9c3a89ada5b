/// A register whose device can be calibrated.
package protocol CalibratedRegister: StateRegister, ~Copyable {
  /// Whether the operations of a tile pass share sweeps; otherwise each is one.
  var takesTiles: Bool { get }
  /// Does chains of fused multiply-adds in registers on the whole device, each `rounds` long; returns how many were done in all.
  ///
  /// - Parameter rounds: 1 to ``Limits/multiplyAddRoundCount``. The state does not matter and stays as it is.
  func chainMultiplyAdds(rounds: Int) throws(SimulatorError) -> Double
}

extension HostRegister: CalibratedRegister {
  package var takesTiles: Bool { true }
  package func chainMultiplyAdds(rounds: Int) throws(SimulatorError) -> Double { state.chainMultiplyAdds(rounds: rounds) }
}
