/// What estimates values from shots.
enum ShotMethod {
  /// Many rows at once, and derivatives.
  case lanes(LaneRunner)
  /// One row after the other; why not in lanes.
  case rows(RowShots, SimulatorError)
}
