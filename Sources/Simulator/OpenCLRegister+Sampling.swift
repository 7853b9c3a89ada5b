internal import OpenCLRuntime

extension OpenCLRegister {
  package func sample(_ draws: [UInt64]) throws(SimulatorError) -> [UInt64] {
    try located(draws, keepsOrder: true)?.inOrder() ?? []
  }

  package func count(_ draws: [UInt64]) throws(SimulatorError) -> StateCounts {
    try located(draws, keepsOrder: false)?.counted() ?? StateCounts()
  }

  /// The basis states of draws, by block; nil for no draws.
  private func located(_ draws: [UInt64], keepsOrder: Bool) throws(SimulatorError) -> DrawGroups? {
    guard !draws.isEmpty else { return nil }
    let (weights, total) = try weights()
    let threadCount = try ThreadPool.preferredThreadCount.get()
    var groups = DrawGroups(draws, weights: weights, total: total, keepsOrder: keepsOrder, threadCount: threadCount)
    groups.positions = try workspace.value { () throws(OpenCLError) in try locate(groups) }
    return groups
  }

  /// The blocks' fixed-point weights, and their sum.
  private func weights() throws(SimulatorError) -> (weights: [UInt64], total: UInt64) {
    let blockCount = max(1, amplitudeCount / ReductionTree.blockSize)
    let (weights, unsound) = try workspace.value { () throws(OpenCLError) in try blockWeights(blockCount) }
    var total: UInt64 = 0
    var isSound = unsound.allSatisfy { $0 == 0 }
    for weight in weights {
      let (sum, isOverflow) = total.addingReportingOverflow(weight)
      if isOverflow { isSound = false }
      total = sum
    }
    guard isSound, total > 0, Double(total) < 2 * FixedPoint.scale else {
      throw SimulatorError(.invalidArgument, "a state whose norm is zero, not finite or far above one cannot be sampled")
    }
    return (weights, total)
  }

  private func blockWeights(_ blockCount: Int) throws(OpenCLError) -> ([UInt64], [UInt32]) {
    let context = workspace.backend.context
    let sums = try Buffer(context: context, byteCount: blockCount * MemoryLayout<UInt64>.stride)
    let unsound = try Buffer(context: context, byteCount: blockCount * MemoryLayout<UInt32>.stride)
    try workspace.launch(
      "sum_weights", count: blockCount * ReductionTree.laneCount, groupSize: ReductionTree.laneCount
    ) { arguments throws(OpenCLError) in
      try arguments.add(state)
      try arguments.add(UInt64(amplitudeCount))
      try arguments.add(sums)
      try arguments.add(unsound)
    }
    return (
      try workspace.queue.read(sums, at: 0, count: blockCount, as: UInt64.self, zero: 0),
      try workspace.queue.read(unsound, at: 0, count: blockCount, as: UInt32.self, zero: 0)
    )
  }

  private func locate(_ groups: DrawGroups) throws(OpenCLError) -> [UInt64] {
    let context = workspace.backend.context
    let stride = MemoryLayout<UInt64>.stride
    let (runCount, drawCount) = (groups.runs.count, groups.positions.count)
    let blocks = try Buffer(context: context, byteCount: runCount * stride)
    let starts = try Buffer(context: context, byteCount: (runCount + 1) * stride)
    let positions = try Buffer(context: context, byteCount: drawCount * stride)
    try workspace.queue.write(blocks, at: 0, groups.blocks)
    try workspace.queue.write(starts, at: 0, groups.bounds)
    try workspace.queue.write(positions, at: 0, groups.positions)
    try workspace.launch(
      "locate_states", count: runCount * ReductionTree.laneCount, groupSize: ReductionTree.laneCount
    ) { arguments throws(OpenCLError) in
      try arguments.add(state)
      try arguments.add(UInt64(amplitudeCount))
      try arguments.add(blocks)
      try arguments.add(starts)
      try arguments.add(positions)
    }
    return try workspace.queue.read(positions, at: 0, count: drawCount, as: UInt64.self, zero: 0)
  }
}
