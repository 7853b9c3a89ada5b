internal import CKernels
internal import Circuits

extension LaneRunner {
  /// Adds the derivatives of a part's values, whose final states are in memory.
  func addGradients(_ job: LaneJob, _ part: LaneProgram, _ memory: LaneMemory, _ rows: Range<Int>) throws(SimulatorError) {
    switch job.output {
    case .bind, .values, .shiftedJacobian, .hessianProducts, .counts, .estimates: return
    case .pullBack(let cotangents, let gradients):
      let width = program.observableCount
      for lane in 0..<laneCount {
        for observable in 0..<width {
          let place = (rows.lowerBound + lane) * width + observable
          unsafe memory.cotangents[lane * width + observable] = lane < rows.count ? cotangents[place] : 0
        }
      }
      try unsafe undo(job, part, memory, rows, into: gradients) { row in row * parameterCount..<(row + 1) * parameterCount }
    case .jacobian(let gradients):
      let size = part.stateByteCount(laneCount: laneCount, precision: precision)
      if part.observables.count > 1 { unsafe memory.kept.copyMemory(from: memory.start.pointee.state, byteCount: size) }
      for (index, observable) in part.observables.enumerated() {
        if index > 0 { unsafe memory.start.pointee.state.copyMemory(from: memory.kept, byteCount: size) }
        unsafe memory.cotangents.update(repeating: 0, count: laneCount * program.observableCount)
        for lane in 0..<rows.count { unsafe memory.cotangents[lane * program.observableCount + observable] = 1 }
        try unsafe undo(job, part, memory, rows, into: gradients) { row in
          let first = (row * program.observableCount + observable) * parameterCount
          return first..<first + parameterCount
        }
      }
    }
  }

  /// Undoes the rotations under the cotangents in memory, and adds what comes out to each row's place.
  private func undo(
    _ job: LaneJob, _ part: LaneProgram, _ memory: LaneMemory, _ rows: Range<Int>,
    into gradients: UnsafeMutableBufferPointer<Double>,
    place: (Int) -> Range<Int>
  ) throws(SimulatorError) {
    unsafe memory.gradients.update(repeating: 0, count: laneCount * columnCount)
    unsafe operations.pointee.differentiate(
      part.start, memory.start, memory.cotangents, memory.gradients, columnCount, UInt32(rows.count))
    for row in rows {
      let found = unsafe memory.gradients + (row - rows.lowerBound) * columnCount
      try unsafe add(found, job.parameters, row, to: UnsafeMutableBufferPointer(rebasing: gradients[place(row)]))
    }
  }

  /// Adds derivatives by the columns of a row, parameters and expressions, to those by its parameters.
  func add(
    _ found: UnsafePointer<Double>, _ parameters: UnsafeBufferPointer<Double>, _ row: Int,
    to target: UnsafeMutableBufferPointer<Double>
  ) throws(SimulatorError) {
    try unsafe program.add(found, parameters, row, firstRow: firstRow, to: target)
  }
}

extension LaneProgram {
  /// Vectors of the states of a group: of as many as there are lanes, or of one that is spread.
  func vectorCount(laneCount: Int) -> Int { (isReal ? 1 : 2) << bits / (isSpread ? laneCount : 1) }

  /// Vectors of doubles for each sum.
  func sumWidth(laneCount: Int) -> Int { isSpread ? 1 << Limits.laneSpreadQubitCount / laneCount : 1 }

  /// Bytes of the states of a group.
  func stateByteCount(laneCount: Int, precision: Precision) -> Int {
    vectorCount(laneCount: laneCount) * laneCount * precision.amplitudeByteCount / 2
  }
}
