/// Which trajectories, or shots, are drawn next: all at once, or some more until an error is small enough.
struct TrajectoryRounds {
  /// How many have been drawn.
  private(set) var count = 0
  private let limit: Int
  private let targetError: Double?
  private var isFinished = false

  /// - Parameter isDrawn: Whether there is something to draw; else one round is all.
  init(_ request: SimulationRequest, isDrawn: Bool) {
    targetError = isDrawn ? request.targetError : nil
    limit = request.shots ?? request.trajectories ?? (targetError == nil ? 0 : Limits.trajectoryCount)
  }

  /// The next ones, from the error so far; nil when there are enough.
  ///
  /// The error falls with the square root of their number. A round takes at most three times as many as there were, because an error that is
  /// estimated from few may be far off, and at least a quarter, because each round goes through the circuit anew.
  mutating func next(error: Double) -> Range<UInt32>? {
    guard !isFinished else { return nil }
    var added = limit
    if let targetError {
      if count >= limit || error <= targetError { return nil }
      let wanted = error.isFinite ? Double(count) * (error / targetError) * (error / targetError) : .infinity
      let bounds = (least: max(count / 4, Limits.firstTrajectoryCount), most: max(3 * count, Limits.firstTrajectoryCount))
      added = min(max(Int(min(wanted - Double(count), Double(bounds.most))), bounds.least), limit - count)
    } else {
      isFinished = true
    }
    defer { count += added }
    return UInt32(count)..<UInt32(count + added)
  }
}
