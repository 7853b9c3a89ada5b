internal import Circuits
internal import OpenCLRuntime

extension OpenCLBatch {
  /// The pulls of each row that one launch takes; 0 where no derivatives are wanted.
  func slotCount(_ job: LaneJob) -> Int {
    switch job.output {
    case .values: return 0
    case .pullBack: return 1
    case .jacobian:
      let row = OpenCLPullMemory.Columns(program)
      let left = windowByteCount - OpenCLBatchMemory.Columns(program, precision).byteCount - row.byteCount(slotCount: 0)
      let pull = max(1, row.byteCount(slotCount: 1) - row.byteCount(slotCount: 0))
      let wanted = program.parts.map(\.observables.count).max() ?? 1
      let waves = pullParts.compactMap(\.shape.waveCount)
      return max(1, min(wanted, Limits.openCLBatchSlotCount, left / pull, waves.min() ?? wanted))
    case .bind, .shiftedJacobian, .hessianProducts, .counts, .estimates:
      preconditionFailure("a device computes values and adjoint derivatives alone")
    }
  }

  /// Makes room for the derivatives of a window, and clears where they are added to.
  func prepareDerivatives(_ job: LaneJob, _ rows: Range<Int>, slotCount: Int) throws(SimulatorError) {
    job.clear(rows, observableCount: program.observableCount, parameterCount: program.parameterCount)
    do throws(OpenCLError) {
      let memory = try pullRoom(rows.count, slotCount)
      guard case .pullBack(let cotangents, _) = job.output else { return }
      let width = program.observableCount
      let own = unsafe UnsafeBufferPointer(rebasing: cotangents[rows.lowerBound * width..<rows.upperBound * width])
      try unsafe queue.write(memory.cotangents, at: 0, UnsafeRawBufferPointer(own))
    } catch { throw SimulatorError(error) }
  }

  /// Adds the derivatives of a part's values, whose final states are in memory.
  func addDerivatives(
    _ job: LaneJob, _ rows: Range<Int>, _ memory: OpenCLBatchMemory, _ part: OpenCLPullPart, _ stop: StopFlag
  ) throws(SimulatorError) {
    guard let pulls = pullMemory else { preconditionFailure("derivatives without memory") }
    switch job.output {
    case .pullBack(_, let gradients):
      let found = try derivatives(rows, memory, pulls, part, .sum)
      try unsafe add(found, job, rows, slotCount: 1, to: gradients) { row, _ in row }
    case .jacobian(let gradients):
      let observables = part.lane.observables
      for first in stride(from: 0, to: observables.count, by: pulls.slotCount) {
        try stop.check()
        let slots = first..<min(first + pulls.slotCount, observables.count)
        let found = try derivatives(rows, memory, pulls, part, .observables(slots))
        try unsafe add(found, job, rows, slotCount: slots.count, to: gradients) { row, slot in
          row * program.observableCount + observables[first + slot]
        }
      }
    case .bind, .values, .shiftedJacobian, .hessianProducts, .counts, .estimates: return
    }
  }

  /// The derivatives by columns: row × slot × column.
  private func derivatives(
    _ rows: Range<Int>, _ memory: OpenCLBatchMemory, _ pulls: OpenCLPullMemory, _ part: OpenCLPullPart,
    _ slots: OpenCLPullPart.Slots
  ) throws(SimulatorError) -> [Double] {
    do throws(OpenCLError) {
      try part.run(memory, pulls, rowCount: rows.count, slots, queue: queue)
      return try queue.read(
        pulls.derivatives, at: 0, count: rows.count * slots.count * program.columnCount, as: Double.self, zero: 0)
    } catch { throw SimulatorError(error) }
  }

  /// Adds what was found for each row and slot to its place among the gradients, counted in rows of parameters.
  private func add(
    _ found: [Double], _ job: LaneJob, _ rows: Range<Int>, slotCount: Int, to gradients: UnsafeMutableBufferPointer<Double>,
    place: (_ row: Int, _ slot: Int) -> Int
  ) throws(SimulatorError) {
    let (width, columnCount) = (program.parameterCount, program.columnCount)
    try unsafe found.withUnsafeBufferPointer { (found) throws(SimulatorError) in
      guard let start = found.baseAddress else { return }
      for row in rows {
        for slot in 0..<slotCount {
          let own = unsafe start + ((row - rows.lowerBound) * slotCount + slot) * columnCount
          let first = place(row, slot) * width
          try unsafe program.add(
            own, job.parameters, row, firstRow: firstRow, to: UnsafeMutableBufferPointer(rebasing: gradients[first..<first + width])
          )
        }
      }
    }
  }

  private func pullRoom(_ rowCount: Int, _ slotCount: Int) throws(OpenCLError) -> OpenCLPullMemory {
    if let pullMemory, pullMemory.rowCount >= rowCount, pullMemory.slotCount == slotCount { return pullMemory }
    pullMemory = nil
    let made = try OpenCLPullMemory(program, pullParts, rowCount: rowCount, slotCount: slotCount, context: backend.context)
    pullMemory = made
    return made
  }
}
