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
  /// Qubits of one channel: the transfer matrix of three has 4,096 entries.
  public static let channelQubitCount = 3
  /// Matrices in which one channel is written: four times as many as any of three qubits needs.
  public static let krausOperatorCount = 256
  /// Bits that are misread together: 2⁶ rows of 2⁶ probabilities.
  public static let readoutBitCount = 6
  /// Pauli strings of which an observable that is misread is a sum: 2ʷ of one with w letters, if the errors of 0 and of 1 differ.
  public static let readoutTermCount = 1 << 16
  /// Channels that a noise model puts into one circuit.
  public static let noiseInstructionCount = 1 << 22
  /// Bytes of a noise model that is read: a thousand qubits with the errors of every gate are some ten megabytes.
  public static let noiseModelByteCount = 64 << 20
  /// Bytes of a device's calibration that is read: a thousand qubits are some 150 kilobytes.
  public static let deviceModelByteCount = 16 << 20
  /// What is written for a time constant that is infinite, in seconds, which JSON does not have; half the largest double is more.
  static let longestRelaxation = 1e300
  /// Waits below this are roundings of sums of durations, in seconds: control electronics count in fractions of a nanosecond.
  static let shortestWait = 1e-12
  /// How far ΣK†K may be from the identity, in each entry, and probabilities from adding up to 1: numbers that were rounded to nine digits.
  public static let channelTolerance = 1e-8
  /// How far a sum of as many probabilities as a channel may have is from 1 by rounding.
  static let roundedSum = 0x1p-44
  /// How far a channel may be from the mixture as which it is written, in each entry of the transfer matrix.
  static let mixtureTolerance = 1e-13
  /// Kraus operators whose trace of K†K is below this are rounding errors of the others.
  static let negligibleKrausWeight = 0x1p-50
  /// Sweeps of Jacobi's method on 3×3 matrices, which takes about five.
  static let jacobiSweepCount = 20
  /// Characters of an expression quoted in a message.
  public static let excerptCharacterCount = 80
}
