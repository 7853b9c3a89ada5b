/// Shots from which the values of a window of rows are estimated.
struct ArrayShots {
  /// Shots of each group of terms that are measured together.
  var count: Int
  var seed: UInt64
  /// The circuit's place in its job, and that of the window's first row.
  var circuitIndex: UInt32
  var firstRow: UInt32
}
