/// How many steps one run through a circuit may still take: a loop may have no end.
struct StepBudget {
  private var left = Limits.dynamicStepCount

  /// Takes one.
  ///
  /// - Throws: ``SimulatorError`` with code `limit_exceeded` where none is left.
  mutating func spend() throws(SimulatorError) {
    guard left > 0 else {
      throw SimulatorError(
        .limitExceeded, "a circuit that runs more than \(Limits.dynamicStepCount) steps; is there a loop without an end?")
    }
    left -= 1
  }
}
