internal import OpenCLRuntime

extension OpenCLRegister {
  package func sample(_ draws: [UInt64]) throws(SimulatorError) -> [UInt64] {
    guard !draws.isEmpty else { return [] }
    let (cumulative, total) = try cumulativeWeights()
    // Ascending positions, so that the draws of one block lie together.
    let positions = draws.map { $0.multipliedFullWidth(by: total).high }
    let order = positions.indices.sorted { positions[$0] < positions[$1] }
    var groups = SampleGroups()
    var block = 0
    for index in order {
      while cumulative[block] <= positions[index] { block += 1 }
      groups.append(positions[index] - (block == 0 ? 0 : cumulative[block - 1]), in: UInt64(block))
    }
    let states = try workspace.value { () throws(OpenCLError) in try locate(groups) }
    var samples = [UInt64](repeating: 0, count: draws.count)
    for (index, state) in zip(order, states) { samples[index] = state }
    return samples
  }

  /// The running sums of the blocks' fixed-point weights, and the last of them.
  private func cumulativeWeights() throws(SimulatorError) -> (sums: [UInt64], total: UInt64) {
    let blockCount = max(1, amplitudeCount / ReductionTree.blockSize)
    var (sums, unsound) = try workspace.value { () throws(OpenCLError) in try blockWeights(blockCount) }
    var total: UInt64 = 0
    var isSound = unsound.allSatisfy { $0 == 0 }
    for block in sums.indices {
      let (sum, isOverflow) = total.addingReportingOverflow(sums[block])
      if isOverflow { isSound = false }
      total = sum
      sums[block] = sum
    }
    guard isSound, total > 0, Double(total) < 2 * FixedPoint.scale else {
      throw SimulatorError(.invalidArgument, "a state whose norm is zero, not finite or far above one cannot be sampled")
    }
    return (sums, total)
  }

  private func blockWeights(_ blockCount: Int) throws(OpenCLError) -> ([UInt64], [UInt32]) {
    let context = workspace.backend.context
    let sums = try Buffer(context: context, byteCount: blockCount * MemoryLayout<UInt64>.stride)
    let unsound = try Buffer(context: context, byteCount: blockCount * MemoryLayout<UInt32>.stride)
    try workspace.launch(
      "sum_weights", count: blockCount * ReductionTree.laneCount, groupSize: ReductionTree.laneCount
    ) { kernel throws(OpenCLError) in
      try kernel.set(0, state)
      try kernel.set(1, UInt64(amplitudeCount))
      try kernel.set(2, sums)
      try kernel.set(3, unsound)
    }
    return (
      try workspace.queue.read(sums, at: 0, count: blockCount, as: UInt64.self, zero: 0),
      try workspace.queue.read(unsound, at: 0, count: blockCount, as: UInt32.self, zero: 0)
    )
  }

  private func locate(_ groups: SampleGroups) throws(OpenCLError) -> [UInt64] {
    let context = workspace.backend.context
    let stride = MemoryLayout<UInt64>.stride
    let blocks = try Buffer(context: context, byteCount: groups.blocks.count * stride)
    let starts = try Buffer(context: context, byteCount: (groups.blocks.count + 1) * stride)
    let positions = try Buffer(context: context, byteCount: groups.positions.count * stride)
    try workspace.queue.write(blocks, at: 0, groups.blocks)
    try workspace.queue.write(starts, at: 0, groups.starts + [UInt64(groups.positions.count)])
    try workspace.queue.write(positions, at: 0, groups.positions)
    try workspace.launch(
      "locate_states", count: groups.blocks.count * ReductionTree.laneCount, groupSize: ReductionTree.laneCount
    ) { kernel throws(OpenCLError) in
      try kernel.set(0, state)
      try kernel.set(1, UInt64(amplitudeCount))
      try kernel.set(2, blocks)
      try kernel.set(3, starts)
      try kernel.set(4, positions)
    }
    return try workspace.queue.read(positions, at: 0, count: groups.positions.count, as: UInt64.self, zero: 0)
  }
}

/// Draws by the block that they fell into.
private struct SampleGroups {
  /// The blocks that have draws, ascending.
  private(set) var blocks: [UInt64] = []
  /// The index of each block's first draw.
  private(set) var starts: [UInt64] = []
  /// Positions inside their block's weight.
  private(set) var positions: [UInt64] = []

  mutating func append(_ position: UInt64, in block: UInt64) {
    if blocks.last != block {
      blocks.append(block)
      starts.append(UInt64(positions.count))
    }
    positions.append(position)
  }
}
