/// The bounds of this module, each with its reason.
public enum Limits {
  /// A basis state is indexed by one 64-bit word, and a signed one in Swift's `Int`.
  public static let qubitCount = 62
  /// The dense matrix of six qubits has 4,096 entries; larger unitaries belong in several gates.
  public static let unitaryQubitCount = 6
  /// Arithmetic expressions deeper than this are refused, so that walking one never exhausts the stack.
  public static let expressionDepth = 256
  /// Controls of one gate.
  public static let controlCount = 61
}
