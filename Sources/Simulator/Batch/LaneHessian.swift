/// Arrays of a job that multiplies Hessians with vectors; whoever makes one keeps them until it has run.
@safe struct LaneHessian {
  /// Rows × parameters.
  var vectors: UnsafeBufferPointer<Double>
  /// Rows × observables.
  var cotangents: UnsafeBufferPointer<Double>
  /// Rows × parameters each.
  var gradients: UnsafeMutableBufferPointer<Double>
  var products: UnsafeMutableBufferPointer<Double>
}
