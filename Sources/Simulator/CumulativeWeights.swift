internal import CKernels

/// The running sums of blocks' weights, as a tree that is searched by comparing eight of them at once: see `ck_cumulative`.
@safe struct CumulativeWeights {
  let blockCount: Int
  let total: UInt64
  private let memory = ScratchMemory()
  private let nodes: UnsafeMutablePointer<UInt64>
  /// The node with which each level begins.
  private let starts: [UInt64]

  /// Sums up weights. O(blocks).
  ///
  /// - Throws: ``SimulatorError`` with code `invalid_argument` for a sum of zero, or of 2⁶³ or more, twice what a normalised state has;
  ///   `out_of_memory`.
  init(_ weights: [UInt64]) throws(SimulatorError) {
    var sum: UInt64 = 0
    var isSound = true
    var sums = weights.map { weight in
      let (next, isOverflow) = sum.addingReportingOverflow(weight)
      if isOverflow || next > Int64.max { isSound = false }
      sum = next
      return next
    }
    guard isSound, sum > 0 else { throw Self.unsound("\(sum == 0 ? "zero" : "two or more")") }
    (blockCount, total) = (weights.count, sum)
    var nodes: [SIMD8<UInt64>] = [.zero]
    var starts: [UInt64] = []
    repeat {
      starts.append(UInt64(nodes.count))
      sums = Self.append(sums, to: &nodes)
    } while sums.count > 1
    self.starts = starts
    // Not left in the array, which is aligned to no more than 16 bytes.
    let byteCount = nodes.count * MemoryLayout<SIMD8<UInt64>>.stride
    let room = unsafe try memory.room(byteCount: byteCount, for: "sums of \(weights.count) blocks")
    unsafe self.nodes = room.bindMemory(to: UInt64.self, capacity: nodes.count * Self.fanOut)
    unsafe nodes.withUnsafeBytes { if let nodes = $0.baseAddress { unsafe room.copyMemory(from: nodes, byteCount: byteCount) } }
  }

  /// The error for a state whose squared norm is this.
  static func unsound(_ normSquared: String) -> SimulatorError {
    SimulatorError(.invalidArgument, "a state with ⟨ψ|ψ⟩ = \(normSquared) cannot be sampled; it has to be normalised")
  }

  /// Adds a level; the last sum of each of its nodes is one of the next level.
  private static func append(_ sums: [UInt64], to nodes: inout [SIMD8<UInt64>]) -> [UInt64] {
    stride(from: 0, to: sums.count, by: fanOut).map { first in
      var node = SIMD8(repeating: UInt64(Int64.max))
      for place in 0..<min(fanOut, sums.count - first) { node[place] = sums[first + place] }
      nodes.append(node)
      return sums[min(first + fanOut, sums.count) - 1]
    }
  }

  private static let fanOut = 8

  /// Calls a body with the sums as the kernels take them.
  func withCumulative(_ body: (UnsafePointer<ck_cumulative>) -> Void) {
    unsafe starts.withUnsafeBufferPointer { starts in
      guard let first = starts.baseAddress else { return }
      let cumulative = unsafe ck_cumulative(nodes: nodes, starts: first, level_count: UInt32(starts.count), total: total)
      unsafe withUnsafePointer(to: cumulative) { unsafe body($0) }
    }
    extendLifetime(memory)
  }
}
