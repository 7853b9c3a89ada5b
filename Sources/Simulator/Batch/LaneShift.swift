internal import Circuits

/// A rotation's angle that one lane shifts, and what its gradient counts for.
struct LaneShift {
  var rotation: UInt32
  /// Radians; 0 for the state as it is.
  var angle: Double
  /// With which the gradient is added to the product; nil for the state as it is, whose gradient is wanted itself.
  var weight: Double?

  /// The state as it is, then each rotation's angle by a quarter turn both ways.
  ///
  /// A derivative changes along an angle by half of its difference at both, times the angle's own slope; angles that do not change are left out.
  ///
  /// - Parameter slopes: How the columns, parameters and expressions, change along the vector.
  static func all(_ rotations: [LanePlan.Rotation], _ slopes: [Double]) -> [LaneShift] {
    [LaneShift(rotation: 0, angle: 0, weight: nil)]
      + rotations.enumerated().flatMap { index, rotation -> [LaneShift] in
        let slope = rotation.angle.terms.reduce(0.0) { $0 + $1.coefficient * slopes[$1.parameter] }
        guard slope != 0 else { return [] }
        return [
          LaneShift(rotation: UInt32(index), angle: .pi / 2, weight: slope / 2),
          LaneShift(rotation: UInt32(index), angle: -.pi / 2, weight: -slope / 2),
        ]
      }
  }
}
