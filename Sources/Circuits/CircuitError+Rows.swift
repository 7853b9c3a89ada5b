// Failures that an expression and each of its compiled forms report with the same words.
extension CircuitError {
  /// A row of parameters does not reach a parameter that is read.
  static func shortRow(_ count: Int, parameter: Int) -> CircuitError {
    CircuitError(
      .unboundParameter, "parameter number \(parameter) has no value: the row has \(count), and \(parameter + 1) are needed")
  }

  /// A gate's angle came to infinity or to no number.
  static func notFinite(_ value: Double) -> CircuitError {
    CircuitError(.notFinite, "the value is \(value); a finite number is needed")
  }
}
