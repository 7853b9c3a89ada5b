internal import OpenCLRuntime

extension OpenCLRegister {
  package func sample(_ draws: consuming [UInt64]) throws(SimulatorError) -> [UInt64] {
    try located(draws, keepsOrder: true)?.inOrder() ?? []
  }

  package func count(_ draws: consuming [UInt64]) throws(SimulatorError) -> StateCounts {
    try located(draws, keepsOrder: false)?.counted() ?? StateCounts()
  }

  package func count(slots draws: [[UInt64]]) throws(SimulatorError) -> [StateCounts] {
    let slots = try StateSlots(of: qubitCount, slotCount: draws.count)
    var found = try SlotDraws(draws, weights: try weights())
    guard !found.positions.isEmpty else { return found.counted(slots) }
    try workspace.value { () throws(OpenCLError) in
      let (blocks, bounds) = (found.blocks, found.bounds)
      try unsafe found.positions.withUnsafeMutableBufferPointer { positions throws(OpenCLError) in
        try unsafe locate(blocks, bounds, UnsafeMutableRawBufferPointer(positions))
      }
    }
    return found.counted(slots)
  }

  /// The basis states of draws, by block; nil for no draws.
  private func located(_ draws: consuming [UInt64], keepsOrder: Bool) throws(SimulatorError) -> DrawGroups? {
    guard !draws.isEmpty else { return nil }
    let weights = try CumulativeWeights(try weights())
    let threadCount = try ThreadPool.preferredThreadCount.get()
    let groups = try DrawGroups(draws, weights: weights, keepsOrder: keepsOrder, threadCount: threadCount)
    let bytes = unsafe UnsafeMutableRawBufferPointer(
      start: groups.positions, count: groups.count * MemoryLayout<UInt64>.stride)
    try workspace.value { () throws(OpenCLError) in unsafe try locate(groups.blocks, groups.bounds, bytes) }
    return groups
  }

  /// The blocks' fixed-point weights.
  private func weights() throws(SimulatorError) -> [UInt64] {
    let blockCount = max(1, amplitudeCount / ReductionTree.blockSize)
    let (weights, unsound) = try workspace.value { () throws(OpenCLError) in try blockWeights(blockCount) }
    guard unsound.allSatisfy({ $0 == 0 }) else { throw CumulativeWeights.unsound("not finite, or two or more") }
    return weights
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

  /// Replaces positions inside the weights of blocks by basis states; `bounds` are where those of each block begin, and where the last end.
  private func locate(_ groupBlocks: [UInt64], _ bounds: [UInt64], _ bytes: UnsafeMutableRawBufferPointer) throws(OpenCLError) {
    let context = workspace.backend.context
    let stride = MemoryLayout<UInt64>.stride
    let blocks = try Buffer(context: context, byteCount: groupBlocks.count * stride)
    let starts = try Buffer(context: context, byteCount: bounds.count * stride)
    let positions = try Buffer(context: context, byteCount: bytes.count)
    try workspace.queue.write(blocks, at: 0, groupBlocks)
    try workspace.queue.write(starts, at: 0, bounds)
    try unsafe workspace.queue.write(positions, at: 0, UnsafeRawBufferPointer(bytes))
    try workspace.launch(
      "locate_states", count: groupBlocks.count * ReductionTree.laneCount, groupSize: ReductionTree.laneCount
    ) { arguments throws(OpenCLError) in
      try arguments.add(state)
      try arguments.add(UInt64(amplitudeCount))
      try arguments.add(blocks)
      try arguments.add(starts)
      try arguments.add(positions)
    }
    try unsafe workspace.queue.read(positions, at: 0, into: bytes)
  }
}
