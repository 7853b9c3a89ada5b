/// Which random numbers the shots of a batch are drawn with.
struct LaneShots {
  /// Shots of each row.
  var count: Int
  var seed: UInt64
  /// The circuit's place in its job, and that of the first row.
  var circuitIndex: UInt32
  var firstRow: UInt32
}
