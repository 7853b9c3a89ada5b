internal import CKernels

extension LaneRunner {
  /// Adds the derivatives of one row's values by the parameter-shift rule: each rotation's angle by a quarter turn both ways.
  ///
  /// exp(−iθP/2) has two eigenvalues, and every gate is made of such rotations: a controlled rotation of two of them, where the rule for its
  /// three eigenvalues has four terms. A value is a + b·cos(θ) + c·sin(θ) of each angle alone, so its derivative is half of the difference
  /// of the values at θ ± π/2; those by parameters follow by the chain rule, however many gates share one.
  ///
  /// Sources: Mitarai et al., arXiv:1803.00745; Schuld et al., arXiv:1811.11184; Wierichs et al., arXiv:2107.12390.
  func addShiftedGradients(
    _ job: LaneJob, _ part: LaneProgram, _ memory: LaneMemory, row: Int, _ parameters: UnsafePointer<Double>,
    to gradients: UnsafeMutableBufferPointer<Double>
  ) throws(SimulatorError) {
    let step = part.isSpread ? 1 : laneCount
    unsafe gather(memory, parameters) { _ in 0 }
    for first in stride(from: 0, to: 2 * part.rotationCount, by: step) {
      let count = min(step, 2 * part.rotationCount - first)
      for lane in 0..<laneCount {
        let shift = first + min(lane, count - 1)
        unsafe (memory.shifted[lane], memory.shifts[lane]) = (UInt32(shift / 2), shift & 1 == 0 ? .pi / 2 : -.pi / 2)
      }
      guard bindShifted(part, memory) else {
        throw unsafe program.angleError(job.parameters, row..<row + 1, firstRow: firstRow)
      }
      unsafe operations.pointee.evolve(part.start, memory.start)
      unsafe operations.pointee.sum(part.start, memory.start)
      unsafe memory.values.update(repeating: 0, count: laneCount * program.observableCount)
      unsafe operations.pointee.observe(part.start, memory.start, memory.values, UInt32(count))
      for lane in 0..<count { try unsafe add(lane: lane, shift: first + lane, job, part, memory, row: row, to: gradients) }
    }
  }

  /// Binds the rows in the lanes with the angles that are shifted there; false if an angle is too large.
  func bindShifted(_ part: LaneProgram, _ memory: LaneMemory) -> Bool {
    var shifts = unsafe ck_lane_shifts(angles: UnsafePointer(memory.shifted), amounts: UnsafePointer(memory.shifts))
    return unsafe operations.pointee.bind(part.start, &shifts, memory.start)
  }

  /// Adds half of a lane's values, with the sign of its shift, to the derivatives by the parameters of the shifted angle.
  private func add(
    lane: Int, shift: Int, _ job: LaneJob, _ part: LaneProgram, _ memory: LaneMemory, row: Int,
    to gradients: UnsafeMutableBufferPointer<Double>
  ) throws(SimulatorError) {
    let angle = unsafe part.start.pointee.angles[shift / 2]
    for observable in part.observables {
      let value = unsafe memory.values[lane * program.observableCount + observable]
      unsafe memory.gradients.update(repeating: 0, count: columnCount)
      for index in Int(angle.first)..<Int(angle.first + angle.count) {
        let term = unsafe part.start.pointee.terms[index]
        unsafe memory.gradients[Int(term.parameter)] += term.coefficient * (shift & 1 == 0 ? value / 2 : -value / 2)
      }
      let place = (row * program.observableCount + observable) * parameterCount
      let target = unsafe UnsafeMutableBufferPointer(rebasing: gradients[place..<place + parameterCount])
      try unsafe add(memory.gradients, job.parameters, row, to: target)
    }
  }
}
