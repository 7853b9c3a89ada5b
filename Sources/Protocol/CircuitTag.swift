/// The tag bytes of the circuit encoding. Numbers are for ever: a new kind gets a new one.
enum CircuitTag {
  enum Instruction: UInt8 {
    case gate = 1
    case measure, reset, barrier, delay, assign, ifElse, whileLoop, forRange, forList, iterations, switchCase, breakLoop
    case continueLoop, end, channel
  }

  /// Of channels.
  enum Channel: UInt8 {
    case mixture = 1
    case kraus
  }

  enum Kind: UInt8 {
    case standard = 1
    case unitary, pauliRotation
  }

  enum Expression: UInt8 {
    case literal = 1
    case parameter, variable, element, bit, bits, bitAt, unary, binary, call, cast
  }

  /// Of types, and of literals of them.
  enum Classical: UInt8 {
    case bool = 1
    case bits, int, uint, float, angle
  }

  enum Target: UInt8 {
    case bit = 1
    case bits, bitAt, variable, element, variableBit
  }
}
