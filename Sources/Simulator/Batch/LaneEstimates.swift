/// Where values from shots go, and which shots they are estimated from.
@safe struct LaneEstimates {
  /// Derivatives by the parameters, and their standard errors: rows × observables × parameters.
  @safe struct Slopes {
    var gradients: UnsafeMutableBufferPointer<Double>
    var standardErrors: UnsafeMutableBufferPointer<Double>
  }

  /// Shots of each part of the program, and of each shifted angle anew.
  var shots: LaneShots
  /// What is known of each observable without shots.
  var constants: [Double]
  /// Rows × observables.
  var standardErrors: UnsafeMutableBufferPointer<Double>
  /// Nil where no derivatives are wanted.
  var slopes: Slopes?
  /// Looked at between states.
  var stop: StopFlag
}
