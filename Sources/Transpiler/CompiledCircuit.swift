public import Circuits

/// A circuit in the gates of a device, on its qubits.
public struct CompiledCircuit: Sendable {
  /// The circuit, as wide as the device; classical registers, variables and parameters are those of the one that was compiled.
  public var circuit: Circuit
  /// The physical qubit on which each qubit starts.
  public var initialLayout: [Int]
  /// The physical qubit on which each qubit ends: where what it holds is read.
  public var finalLayout: [Int]
  /// What the circuit takes.
  public var report: CompilationReport
}

/// What a circuit takes, before and after it was compiled.
///
/// Of control flow each body counts once: all branches, and a loop's body as if it ran one time. Depths take the longest of the branches.
public struct CompilationReport: Hashable, Sendable {
  /// A figure before and after.
  public struct Figure<Value: Hashable & Sendable>: Hashable, Sendable {
    /// Of the circuit as it was given.
    public var before: Value
    /// Of the compiled circuit.
    public var after: Value
  }

  /// The longest path through gates, measurements, resets and delays, each counted as one; barriers are not.
  public var depth: Figure<Int>
  /// The longest path, gates on two and more qubits counted alone.
  public var twoQubitDepth: Figure<Int>
  /// Gates on two and more qubits.
  public var twoQubitGates: Figure<Int>
  /// All gates.
  public var gates: Figure<Int>
  /// The product of 1 − error over gates and measurements; before: by the device's medians, as if every pair were coupled. Nil without a device.
  public var expectedFidelity: Figure<Double>?
}
