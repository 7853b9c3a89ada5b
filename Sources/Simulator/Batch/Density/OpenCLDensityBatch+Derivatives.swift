internal import Circuits
internal import OpenCLRuntime

extension OpenCLDensityBatch {
  /// The pulls of each row that one launch takes; 0 where no derivatives are wanted.
  func slotCount(_ job: LaneJob) -> Int {
    switch job.output {
    case .values, .counts: return 0
    case .pullBack: return 1
    case .jacobian:
      let one = rowColumns.byteCount(slotCount: 1)
      let pull = max(1, rowColumns.byteCount(slotCount: 2) - one)
      let room = 1 + (windowByteCount - one) / pull
      return max(
        1, min(program.observableCount, Limits.openCLBatchSlotCount, room, pullShape.waveCount ?? program.observableCount))
    case .bind, .shiftedJacobian, .hessianProducts, .estimates:
      preconditionFailure("a device computes values, adjoint derivatives and shots of density matrices alone")
    }
  }

  /// Adds the derivatives of a window whose states are in memory.
  func differentiate(
    _ job: LaneJob, _ rows: Range<Int>, _ memory: OpenCLDensityBatchMemory, _ stop: StopFlag
  ) throws(SimulatorError) {
    let width = program.observableCount
    switch job.output {
    case .pullBack(let cotangents, let gradients):
      do throws(OpenCLError) {
        let own = unsafe UnsafeBufferPointer(rebasing: cotangents[rows.lowerBound * width..<rows.upperBound * width])
        try unsafe queue.write(memory.cotangents, at: 0, UnsafeRawBufferPointer(own))
      } catch { throw SimulatorError(error) }
      let found = try pull(memory, rowCount: rows.count, SIMD4(0, 1, 1, 0))
      try unsafe add(found, job, rows, slotCount: 1, to: gradients) { row, _ in row }
    case .jacobian(let gradients):
      for first in stride(from: 0, to: width, by: memory.slotCount) {
        try stop.check()
        let count = min(memory.slotCount, width - first)
        let found = try pull(memory, rowCount: rows.count, SIMD4(UInt32(first), UInt32(count), 0, 0))
        try unsafe add(found, job, rows, slotCount: count, to: gradients) { row, slot in row * width + first + slot }
      }
    case .bind, .values, .shiftedJacobian, .hessianProducts, .counts, .estimates: return
    }
  }

  /// The derivatives by columns: row × slot × column.
  private func pull(
    _ memory: OpenCLDensityBatchMemory, rowCount: Int, _ pulls: SIMD4<UInt32>
  ) throws(SimulatorError) -> [Double] {
    let count = rowCount * Int(pulls[1])
    do throws(OpenCLError) {
      var arguments = OpenCLArguments(pullKernel, precision)
      try arguments.add(words)
      try arguments.add(pullShape.words)
      try arguments.add(UInt32(rowCount))
      try arguments.add(pulls)
      try arguments.add(statesOf: pullShape, memory.scratch)
      try arguments.add(memory.numbers)
      try arguments.add(memory.kept)
      try arguments.add(memory.cotangents)
      try arguments.add(memory.slopes)
      try arguments.add(memory.derivatives)
      try queue.enqueue(
        pullKernel.kernel, globalSize: pullShape.groupCount(count) * pullShape.groupSize, localSize: pullShape.groupSize)
      return try queue.read(memory.derivatives, at: 0, count: count * program.columnCount, as: Double.self, zero: 0)
    } catch { throw SimulatorError(error) }
  }

  /// Adds what was found for each row and slot to its place among the gradients, counted in rows of parameters.
  private func add(
    _ found: [Double], _ job: LaneJob, _ rows: Range<Int>, slotCount: Int, to gradients: UnsafeMutableBufferPointer<Double>,
    place: (_ row: Int, _ slot: Int) -> Int
  ) throws(SimulatorError) {
    let width = program.parameterCount
    try unsafe found.withUnsafeBufferPointer { (found) throws(SimulatorError) in
      guard let start = found.baseAddress else { return }
      for (index, row) in rows.enumerated() {
        for slot in 0..<slotCount {
          let own = unsafe start + (index * slotCount + slot) * program.columnCount
          let first = place(row, slot) * width
          try unsafe program.add(
            own, job.parameters, row, firstRow: firstRow, to: UnsafeMutableBufferPointer(rebasing: gradients[first..<first + width])
          )
        }
      }
    }
  }
}
