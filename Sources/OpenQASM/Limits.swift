internal import Circuits

/// The bounds of this module, each with its reason.
package enum Limits {
  /// Bytes of one source; a circuit near the instruction limit takes about this much text.
  package static let sourceByteCount = 64 << 20
  /// Errors kept with their place; what is beyond is counted.
  package static let diagnosticCount = 100
  /// Brackets, operators and statements inside each other, so that recursion over the tree stays within a thread's stack.
  package static let nestingDepth = 256
  /// Control flow inside control flow; what ``Circuits/Circuit`` holds.
  package static let controlFlowDepth = 60
  /// Gates that call gates, and subroutines that call subroutines.
  package static let callDepth = 128
  /// Instructions after loops and calls are expanded: about one gigabyte. Large angle expressions count as several.
  package static let instructionCount = 4_000_000
  /// Statements visited while loops and calls are expanded, so that expanding to nothing ends too.
  package static let elaborationStepCount = 4_000_000
  /// Rounds of one loop that is unrolled.
  package static let unrolledIterationCount = 1 << 20
  /// Nodes of one arithmetic expression after gate arguments are put in.
  package static let expressionNodeCount = Circuits.Limits.expressionNodeCount
  /// Classical variables; each is looked up while a circuit is built.
  package static let variableCount = 1 << 13
  /// Classical registers, local ones included.
  package static let registerCount = 1 << 14
  /// Parameters (`input`), array elements counted one by one.
  package static let parameterCount = 1 << 13
  /// Dimensions of an array, as the OpenQASM 3 specification bounds them.
  package static let arrayDimensionCount = 7
  /// Qubits of a definition that is compared with the table's gate of its name: matrices of 16 rows.
  package static let comparedQubitCount = 4
  /// Gates of a definition that is compared; what exporters write has fewer than fifty.
  package static let comparedGateCount = 1024
  /// Values of the parameters at which it is compared.
  package static let comparedPointCount = 8
  /// Characters of source text quoted in a message.
  package static let quotedCharacterCount = 60
}
