internal import CKernels
internal import Circuits

extension DensityLaneRunner {
  /// Goes backwards for one observable after the other.
  func differentiate(
    _ job: LaneJob, _ memory: DensityLaneMemory, _ rows: Range<Int>, into gradients: UnsafeMutableBufferPointer<Double>
  ) throws(SimulatorError) {
    let (width, count) = (program.observableCount, program.parameterCount)
    unsafe memory.ends.copyMemory(from: memory.start.pointee.state, byteCount: memory.stateByteCount)
    for observable in 0..<width {
      if observable > 0 {
        unsafe memory.start.pointee.state.copyMemory(from: memory.ends, byteCount: memory.stateByteCount)
      }
      unsafe memory.cotangents.update(repeating: 0, count: laneCount * width)
      for lane in 0..<rows.count { unsafe memory.cotangents[lane * width + observable] = 1 }
      pull(memory)
      try unsafe add(job, memory, rows, to: gradients) { ($0 * width + observable) * count }
    }
  }

  func pullBack(
    _ job: LaneJob, _ cotangents: UnsafeBufferPointer<Double>, _ memory: DensityLaneMemory, _ rows: Range<Int>,
    into gradients: UnsafeMutableBufferPointer<Double>
  ) throws(SimulatorError) {
    let width = program.observableCount
    unsafe memory.cotangents.update(repeating: 0, count: laneCount * width)
    for place in 0..<rows.count * width { unsafe memory.cotangents[place] = cotangents[rows.lowerBound * width + place] }
    pull(memory)
    try unsafe add(job, memory, rows, to: gradients) { $0 * program.parameterCount }
  }

  private func pull(_ memory: DensityLaneMemory) {
    unsafe memory.gradients.update(repeating: 0, count: laneCount * program.columnCount)
    unsafe operations.pointee.pull(
      program.start, memory.start, program.terms.start, program.termCount, memory.cotangents, UInt32(program.observableCount),
      memory.gradients, program.columnCount)
  }

  /// Adds what was found by columns to the places of rows.
  private func add(
    _ job: LaneJob, _ memory: DensityLaneMemory, _ rows: Range<Int>, to gradients: UnsafeMutableBufferPointer<Double>,
    place: (Int) -> Int
  ) throws(SimulatorError) {
    for (lane, row) in rows.enumerated() {
      let target = unsafe UnsafeMutableBufferPointer(rebasing: gradients[place(row)..<place(row) + program.parameterCount])
      try unsafe program.add(
        memory.gradients + lane * program.columnCount, job.parameters, row, firstRow: firstRow, to: target)
    }
  }

  /// Values under each angle shifted by a quarter turn both ways, for all rows of the group at once.
  func shift(
    _ job: LaneJob, _ memory: DensityLaneMemory, _ rows: Range<Int>, into gradients: UnsafeMutableBufferPointer<Double>
  ) throws(SimulatorError) {
    let (width, columns) = (program.observableCount, program.columnCount)
    var slopes = [Double](repeating: 0, count: laneCount * width * columns)
    for angle in 0..<program.angleCount {
      let terms = program.angleTerms(angle)
      guard !terms.isEmpty else { continue }
      let ahead = try shifted(job, memory, rows, angle, by: .pi / 2)
      let behind = try shifted(job, memory, rows, angle, by: -.pi / 2)
      for place in ahead.indices {
        let slope = (ahead[place] - behind[place]) / 2
        for term in terms { slopes[place * columns + term.parameter] += term.coefficient * slope }
      }
    }
    for (lane, row) in rows.enumerated() {
      for observable in 0..<width {
        let first = (row * width + observable) * program.parameterCount
        let target = unsafe UnsafeMutableBufferPointer(rebasing: gradients[first..<first + program.parameterCount])
        try unsafe slopes.withUnsafeBufferPointer { (slopes) throws(SimulatorError) in
          try unsafe program.add(
            slopes.baseAddress! + (lane * width + observable) * columns, job.parameters, row, firstRow: firstRow, to: target)
        }
      }
    }
  }

  private func shifted(
    _ job: LaneJob, _ memory: DensityLaneMemory, _ rows: Range<Int>, _ angle: Int, by amount: Double
  ) throws(SimulatorError) -> [Double] {
    let angles = [UInt32](repeating: UInt32(angle), count: laneCount)
    let amounts = [Double](repeating: amount, count: laneCount)
    try unsafe angles.withUnsafeBufferPointer { (angles) throws(SimulatorError) in
      try unsafe amounts.withUnsafeBufferPointer { (amounts) throws(SimulatorError) in
        var shifts = unsafe ck_lane_shifts(angles: angles.baseAddress!, amounts: amounts.baseAddress!)
        try unsafe bind(job, memory, rows, shifts: &shifts)
      }
    }
    unsafe operations.pointee.evolve(program.start, memory.start, false)
    var values = [Double](repeating: 0, count: laneCount * program.observableCount)
    unsafe values.withUnsafeMutableBufferPointer { unsafe observe(memory, $0.baseAddress!, rows.count) }
    return values
  }
}
