/// What expanding loops, gates and calls may cost before a program is refused.
package struct Budget: Hashable, Sendable {
  /// Instructions of the circuit, and the size of large angle expressions.
  package var instructionCount = Limits.instructionCount
  /// Statements visited, those that add no instruction too.
  package var stepCount = Limits.elaborationStepCount

  /// Makes a budget; the limits of this module unless said otherwise.
  package init(instructionCount: Int = Limits.instructionCount, stepCount: Int = Limits.elaborationStepCount) {
    self.instructionCount = instructionCount
    self.stepCount = stepCount
  }
}
