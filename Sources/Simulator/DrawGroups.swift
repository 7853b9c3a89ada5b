internal import CKernels

/// Draws by the block of the state that they fell into, on their way to basis states.
///
/// Placed by a search among the blocks' weights and brought together by counting; nothing is sorted. Parts of the draws are placed side by
/// side, each into its own share of every block, so that what lies where does not depend on who is faster.
@safe struct DrawGroups: ~Copyable {
  /// The positions of one block.
  struct Run {
    var block: UInt64
    var positions: Range<Int>
  }

  /// The blocks that draws fell into, ascending.
  let runs: [Run]
  /// Positions inside the weight of their block, run by run; a register replaces them by basis states.
  let positions: UnsafeMutablePointer<UInt64>
  let count: Int
  /// Where each position's draw is in the list of draws, if that was asked for; room for as many numbers otherwise.
  private let order: UnsafeMutablePointer<UInt32>
  /// The list of draws, for the basis states in their order.
  private var draws: [UInt64]
  private let memory = ScratchMemory()
  private let threadCount: Int

  /// Places draws.
  ///
  /// - Parameters:
  ///   - draws: Uniform numbers.
  ///   - weights: The fixed-point weights of the blocks.
  ///   - keepsOrder: Whether ``inOrder()`` is going to be asked for.
  ///   - kernels: What they are placed with; the result is the same under any.
  /// - Throws: ``SimulatorError`` with code `out_of_memory`.
  init(
    _ draws: consuming [UInt64], weights: CumulativeWeights, keepsOrder: Bool, threadCount: Int,
    kernels: CPUKernels = .preferredOrBest
  ) throws(SimulatorError) {
    count = draws.count
    let room = unsafe try memory.room(byteCount: count * Self.byteCountOfDraw, for: "\(count) shots")
    unsafe positions = room.bindMemory(to: UInt64.self, capacity: count)
    unsafe order = (room + count * MemoryLayout<UInt64>.stride).bindMemory(to: UInt32.self, capacity: count)
    let blocks = unsafe order + count
    self.threadCount = threadCount
    let parts = Parts(count: count, partCount: count < Limits.serialDrawCount ? 1 : threadCount)
    var places = [UInt32](repeating: 0, count: parts.ranges.count * weights.blockCount)
    unsafe parts.place(&draws, weights, blocks, &places, kernels)
    runs = Self.makeRuns(&places, blockCount: weights.blockCount)
    unsafe parts.group(draws, blocks, &places, positions, order: keepsOrder ? order : nil)
    self.draws = draws
  }

  /// A position, a place in the list and a block.
  private static let byteCountOfDraw = MemoryLayout<UInt64>.stride + 2 * MemoryLayout<UInt32>.stride

  /// The block of each run.
  var blocks: [UInt64] { runs.map(\.block) }
  /// Where the positions of each run begin, and where those of the last one end.
  var bounds: [UInt64] { runs.map { UInt64($0.positions.lowerBound) } + [UInt64(count)] }

  /// The basis states in the order of the draws.
  consuming func inOrder() -> [UInt64] {
    let (positions, order, parts) = unsafe (positions, order, parts(of: count))
    unsafe draws.withUnsafeMutableBufferPointer { states in
      guard let states = states.baseAddress else { return }
      parts.forEach { _, places in for k in places { unsafe states[Int(order[k])] = positions[k] } }
    }
    extendLifetime(memory)
    return draws
  }

  /// How often each basis state was drawn.
  consuming func counted() -> StateCounts {
    let (runs, positions, counts, parts) = unsafe (runs, positions, order, parts(of: runs.count))
    var found = [Int](repeating: 0, count: runs.count)
    unsafe found.withUnsafeMutableBufferPointer { found in
      guard let found = found.baseAddress else { return }
      parts.forEach { _, places in
        for run in places {
          let place = runs[run].positions
          unsafe found[run] = Int(ck_count_states(positions + place.lowerBound, UInt64(place.count), counts + place.lowerBound))
        }
      }
    }
    let distinct = zip(runs, found).map { $0.positions.lowerBound..<$0.positions.lowerBound + $1 }
    defer { extendLifetime(memory) }
    return unsafe StateCounts(states: positions, counts: counts, parts: distinct)
  }

  private func parts(of count: Int) -> Parts {
    Parts(count: count, partCount: self.count < Limits.serialDrawCount ? 1 : threadCount)
  }

  /// Turns how many draws of each part a block has into where the first of them goes.
  private static func makeRuns(_ places: inout [UInt32], blockCount: Int) -> [Run] {
    var runs: [Run] = []
    var next = 0
    for block in 0..<blockCount {
      let first = next
      for place in stride(from: block, to: places.count, by: blockCount) {
        let count = Int(places[place])
        places[place] = UInt32(next)
        next += count
      }
      if next > first { runs.append(Run(block: UInt64(block), positions: first..<next)) }
    }
    return runs
  }
}

extension DrawGroups {
  /// The parts of a list that threads work on side by side.
  private struct Parts {
    let ranges: [Range<Int>]

    init(count: Int, partCount: Int) {
      ranges = (0..<partCount).map { count * $0 / partCount..<count * ($0 + 1) / partCount }
    }

    func forEach(_ body: (_ part: Int, _ places: Range<Int>) -> Void) {
      ThreadPool.shared.run(partCount: ranges.count, threadCount: ranges.count) { body($0, ranges[$0]) }
    }

    /// Finds the block of each draw, replaces it by its position there, and counts for each part how many of its draws each block has.
    func place(
      _ draws: inout [UInt64], _ weights: CumulativeWeights, _ blocks: UnsafeMutablePointer<UInt32>, _ drawCounts: inout [UInt32],
      _ kernels: CPUKernels
    ) {
      unsafe draws.withUnsafeMutableBufferPointer { draws in
        unsafe drawCounts.withUnsafeMutableBufferPointer { drawCounts in
          guard let draws = draws.baseAddress, let drawCounts = drawCounts.baseAddress else { return }
          unsafe weights.withCumulative { cumulative in
            forEach { part, places in
              let start = places.lowerBound
              unsafe kernels.place(
                draws + start, count: places.count, cumulative, blocks: blocks + start, drawCounts + part * weights.blockCount)
            }
          }
        }
      }
    }

    /// Brings the positions of each block together.
    func group(
      _ positions: [UInt64], _ blocks: UnsafePointer<UInt32>, _ places: inout [UInt32], _ grouped: UnsafeMutablePointer<UInt64>,
      order: UnsafeMutablePointer<UInt32>?
    ) {
      let blockCount = places.count / ranges.count
      unsafe places.withUnsafeMutableBufferPointer { places in
        unsafe positions.withUnsafeBufferPointer { positions in
          guard let places = places.baseAddress, let positions = positions.baseAddress else { return }
          forEach { part, draws in
            let start = draws.lowerBound
            unsafe ck_group_draws(
              blocks + start, positions + start, UInt64(draws.count), UInt32(start), places + part * blockCount, grouped, order)
          }
        }
      }
    }
  }
}
