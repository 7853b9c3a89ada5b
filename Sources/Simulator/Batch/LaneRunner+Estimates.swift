internal import CKernels

extension LaneRunner {
  /// Estimates the values of rows from shots, and if asked for their derivatives; parameters and expressions of the rows begin at an address.
  ///
  /// A lane takes a row with its angles as they are, or one of them shifted by a quarter turn either way: the lanes are full, whether there are
  /// many rows or many angles. Which shots are drawn of a row depends on neither.
  func estimate(
    _ estimates: LaneEstimates, _ job: LaneJob, _ memory: LaneMemory, _ rows: Range<Int>, _ parameters: UnsafePointer<Double>
  ) throws(SimulatorError) {
    for row in rows {
      for (observable, constant) in estimates.constants.enumerated() {
        unsafe job.values[row * program.observableCount + observable] = constant
      }
    }
    for index in program.parts.indices {
      let part = EstimatedPart(program, index, hasSlopes: estimates.hasSlopes)
      let stateCount = rows.count * part.shiftCount
      for first in stride(from: 0, to: stateCount, by: laneCount) {
        try estimates.stop.check()
        let states = first..<min(first + laneCount, stateCount)
        try unsafe draw(part, states, estimates.shots, job, memory, rows, parameters)
        for lane in 0..<states.count { try add(lane: lane, state: first + lane, part, estimates, job, memory, rows) }
      }
    }
    takeRoots(estimates, rows)
  }

  /// Draws the shots of states, one a lane: row after row, and of each row the angles as they are, then each of them shifted both ways.
  private func draw(
    _ part: EstimatedPart, _ states: Range<Int>, _ shots: LaneShots, _ job: LaneJob, _ memory: LaneMemory, _ rows: Range<Int>,
    _ parameters: UnsafePointer<Double>
  ) throws(SimulatorError) {
    // Lanes without a state of their own repeat the last.
    func place(_ lane: Int) -> (row: Int, shift: Int) {
      let (row, shift) = min(states.lowerBound + lane, states.upperBound - 1).quotientAndRemainder(dividingBy: part.shiftCount)
      return (row, shift)
    }
    unsafe gather(memory, parameters) { place($0).row }
    for lane in 0..<laneCount {
      let (row, shift) = place(lane)
      unsafe (memory.shifted[lane], memory.shifts[lane]) = (part.rotation(of: shift), EstimatedPart.angle(of: shift))
      unsafe (memory.drawnRows[lane], memory.drawnSites[lane]) = (
        shots.firstRow + UInt32(rows.lowerBound + row), part.site(of: shift)
      )
    }
    guard bindShifted(part.program, memory) else {
      throw unsafe program.angleError(job.parameters, rows, firstRow: firstRow)
    }
    unsafe operations.pointee.evolve(part.program.start, memory.start)
    var drawn = unsafe ck_lane_shots(
      seed: shots.seed, circuit: shots.circuitIndex, first_row: 0, count: UInt32(shots.count),
      rows: UnsafePointer(memory.drawnRows),
      sites: UnsafePointer(memory.drawnSites))
    unsafe operations.pointee.sample(
      part.program.start, memory.start, part.measurement.outcomes.start, &drawn, memory.counts, UInt32(states.count))
  }

  /// Adds what a lane's counts say of each observable to the row's values, or to its derivatives.
  private func add(
    lane: Int, state: Int, _ part: EstimatedPart, _ estimates: LaneEstimates, _ job: LaneJob, _ memory: LaneMemory,
    _ rows: Range<Int>
  ) throws(SimulatorError) {
    let (offset, shift) = state.quotientAndRemainder(dividingBy: part.shiftCount)
    let row = rows.lowerBound + offset
    let counts = unsafe memory.counts + lane << part.measurement.bitCount
    var drawnCount = 0
    for outcome in 0..<1 << part.measurement.bitCount where unsafe counts[outcome] > 0 {
      unsafe memory.drawn[drawnCount] = UInt32(outcome)
      drawnCount += 1
    }
    if shift > 0 { try setWeights(part, shift, job, memory, row) }
    for (index, values) in part.measurement.values.enumerated() {
      if shift > 0, !part.measurement.value(index, dependsOn: (shift - 1) / 2) { continue }
      var moments = ShotMoments()
      for index in 0..<drawnCount {
        let outcome = unsafe Int(memory.drawn[index])
        unsafe moments.add(values.value(at: UInt64(outcome)), count: UInt64(counts[outcome]))
      }
      let place = row * program.observableCount + values.observable
      if shift == 0 {
        unsafe job.values[place] += moments.mean
        unsafe estimates.standardErrors[place] += moments.squaredError
      } else if let slopes = estimates.slopes {
        unsafe add(moments, memory.weights, to: slopes, from: place * parameterCount)
      }
    }
  }

  /// Computes the factors of a shifted value in the derivatives by the parameters: half of how fast the angle grows with each.
  private func setWeights(
    _ part: EstimatedPart, _ shift: Int, _ job: LaneJob, _ memory: LaneMemory, _ row: Int
  ) throws(SimulatorError) {
    let angle = unsafe part.program.start.pointee.angles[Int(part.rotation(of: shift))]
    let half = EstimatedPart.angle(of: shift) > 0 ? 0.5 : -0.5
    unsafe memory.gradients.update(repeating: 0, count: columnCount)
    for index in Int(angle.first)..<Int(angle.first + angle.count) {
      let term = unsafe part.program.start.pointee.terms[index]
      unsafe memory.gradients[Int(term.parameter)] += half * term.coefficient
    }
    let weights = unsafe UnsafeMutableBufferPointer(start: memory.weights, count: parameterCount)
    unsafe weights.update(repeating: 0)
    try unsafe add(memory.gradients, job.parameters, row, to: weights)
  }

  private func add(
    _ moments: ShotMoments, _ weights: UnsafePointer<Double>, to slopes: LaneEstimates.Slopes, from place: Int
  ) {
    let (mean, squaredError) = (moments.mean, moments.squaredError)
    for parameter in 0..<parameterCount {
      let weight = unsafe weights[parameter]
      // The error of one shot is not a number, and stays out of what does not depend on it.
      guard weight != 0 else { continue }
      unsafe slopes.gradients[place + parameter] += weight * mean
      unsafe slopes.standardErrors[place + parameter] += weight * weight * squaredError
    }
  }

  /// Turns squares of errors, which add up, into errors.
  private func takeRoots(_ estimates: LaneEstimates, _ rows: Range<Int>) {
    func takeRoots(_ array: UnsafeMutableBufferPointer<Double>, _ width: Int) {
      for place in rows.lowerBound * width..<rows.upperBound * width { unsafe array[place].formSquareRoot() }
    }
    unsafe takeRoots(estimates.standardErrors, program.observableCount)
    if let slopes = estimates.slopes { unsafe takeRoots(slopes.standardErrors, program.observableCount * parameterCount) }
  }

  /// Amplitudes times rotations of a row, and as much for its shots; no more than is worth sharing, so that rows times this is a number.
  func work(of estimates: LaneEstimates) -> Int {
    let work = program.parts.indices.reduce(0) { sum, index in
      let part = EstimatedPart(program, index, hasSlopes: estimates.hasSlopes)
      let state = (part.program.rotationCount + 1) << part.program.bits + Limits.laneShotCost * estimates.shots.count
      return sum + part.shiftCount * state
    }
    return min(work, Limits.serialLaneCount)
  }
}

/// A part of a program, and the states of it that a row's values and derivatives are estimated from.
private struct EstimatedPart {
  let program: LaneProgram
  let measurement: LaneMeasurement
  private let index: Int
  /// The angles as they are, and each that depends on parameters shifted both ways if derivatives are wanted.
  let shiftCount: Int

  init(_ batch: BatchProgram, _ index: Int, hasSlopes: Bool) {
    (program, measurement, self.index) = (batch.parts[index], batch.measurements[index], index)
    shiftCount = 1 + (hasSlopes ? 2 * measurement.rotations.count : 0)
  }

  /// Which rotation is shifted; any for the first state, which none is.
  func rotation(of shift: Int) -> UInt32 { shift == 0 ? 0 : UInt32(measurement.rotations[(shift - 1) / 2]) }

  /// By how much.
  static func angle(of shift: Int) -> Double { shift == 0 ? 0 : shift & 1 == 1 ? .pi / 2 : -.pi / 2 }

  /// Where the shots' draws are taken from: a pair of sites for each part and shift, below the one that counts of outcomes take.
  func site(of shift: Int) -> UInt32 {
    let site = CK_LANE_SITE - 2 * UInt32(1 + index * (2 * Limits.laneRotationCount + 1) + shift)
    assert(site >= 1 << 31, "a site of another purpose")
    return site
  }
}

extension LaneEstimates {
  fileprivate var hasSlopes: Bool { slopes != nil }
}
