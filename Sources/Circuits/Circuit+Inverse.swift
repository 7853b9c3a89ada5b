extension Circuit {
  /// The circuit that undoes this one.
  ///
  /// - Throws: ``CircuitError`` with code `invalid_arithmetic` if it measures, resets, or has noise or classical control.
  public func inverse() throws(CircuitError) -> Circuit {
    var result = self
    result.instructions = []
    for instruction in instructions.reversed() {
      switch instruction {
      case .gate(let operation) where !instruction.isClassical: try result.append(.gate(operation.inverse()))
      case .barrier, .delay: try result.append(instruction)
      default:
        throw CircuitError(
          .invalidArithmetic, "only a circuit of gates has an inverse; this one measures, resets, branches or has noise")
      }
    }
    return result
  }
}
