/// The bounds of this module, each with its reason.
public enum Limits {
  /// A Pauli string is held in two 64-bit words, and a basis state in one that `Int` can index.
  public static let qubitCount = 62
  /// Qubits a circuit may declare; more than a state vector holds, so that a simulator can say how much memory is missing.
  public static let declaredQubitCount = 4096
  /// Classical bits a circuit may declare.
  public static let classicalBitCount = 1 << 16
  /// Elements of all classical variables of a circuit.
  public static let variableElementCount = 1 << 20
  /// The dense matrix of six qubits has 4,096 entries; larger unitaries belong in several gates.
  public static let unitaryQubitCount = 6
  /// Arithmetic expressions deeper than this are refused, so that walking one never exhausts the stack.
  public static let expressionDepth = 256
  /// Operations and operands of one expression that is walked whole; parts may be shared, so a small value can describe an endless tree.
  public static let expressionNodeCount = 4096
  /// Coefficients of linear forms: products with parameters up to the same magnitude, and sums of as many as an expression holds, stay
  /// within double precision's 2⁻¹⁰²²…2¹⁰²³.
  public static let linearMagnitude = 0x1p500
  /// Characters of an expression quoted in a message.
  public static let excerptCharacterCount = 80
}
