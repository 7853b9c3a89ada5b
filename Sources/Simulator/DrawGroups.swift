internal import CKernels

/// Draws by the block of the state that they fell into, on their way to basis states.
///
/// Placed by bisection over the blocks' weights and brought together by counting; nothing is sorted. Parts of the draws are placed side by
/// side, each into its own share of every block, so that what lies where does not depend on who is faster.
struct DrawGroups {
  /// The positions of one block.
  struct Run {
    var block: UInt64
    var positions: Range<Int>
  }

  /// The blocks that draws fell into, ascending.
  let runs: [Run]
  /// Positions inside the weight of their block, run by run; a register replaces them by basis states.
  var positions: [UInt64]
  /// Where each position's draw is in the list of draws; empty unless it was asked for.
  private let order: [UInt32]
  private let threadCount: Int

  /// Places draws.
  ///
  /// - Parameters:
  ///   - draws: Uniform numbers.
  ///   - weights: The fixed-point weight of each block.
  ///   - total: Their sum, not zero.
  ///   - keepsOrder: Whether ``inOrder()`` is going to be asked for.
  init(_ draws: [UInt64], weights: [UInt64], total: UInt64, keepsOrder: Bool, threadCount: Int) {
    let partCount = draws.count < Limits.serialDrawCount ? 1 : threadCount
    let parts = (0..<partCount).map { draws.count * $0 / partCount..<draws.count * ($0 + 1) / partCount }
    var blocks = [UInt32]()
    var placed = [UInt64]()
    var places = [UInt32](repeating: 0, count: partCount * weights.count)
    Self.place(draws, Self.starts(weights), total, parts, &blocks, &placed, &places)
    runs = Self.makeRuns(&places, blockCount: weights.count)
    (positions, order) = Self.group(blocks, placed, parts, &places, keepsOrder: keepsOrder)
    self.threadCount = threadCount
  }

  /// The block of each run.
  var blocks: [UInt64] { runs.map(\.block) }
  /// Where the positions of each run begin, and where those of the last one end.
  var bounds: [UInt64] { runs.map { UInt64($0.positions.lowerBound) } + [UInt64(positions.count)] }

  /// The basis states in the order of the draws.
  func inOrder() -> [UInt64] {
    unsafe [UInt64](unsafeUninitializedCapacity: positions.count) { result, initializedCount in
      guard let base = result.baseAddress else { return }
      forEachPart(of: positions.count) { for k in $0 { unsafe base[Int(order[k])] = positions[k] } }
      initializedCount = positions.count
    }
  }

  /// How often each basis state was drawn.
  consuming func counted() -> StateCounts {
    var counts = [UInt32].unwritten(count: positions.count)
    var found = [Int](repeating: 0, count: runs.count)
    unsafe positions.withUnsafeMutableBufferPointer { states in
      unsafe counts.withUnsafeMutableBufferPointer { counts in
        unsafe found.withUnsafeMutableBufferPointer { found in
          guard let states = states.baseAddress, let counts = counts.baseAddress, let found = found.baseAddress else { return }
          forEachPart(of: runs.count) {
            for run in $0 {
              let place = runs[run].positions
              unsafe found[run] = Int(ck_count_states(states + place.lowerBound, UInt64(place.count), counts + place.lowerBound))
            }
          }
        }
      }
    }
    return StateCounts(positions, counts, zip(runs, found).map { $0.positions.lowerBound..<$0.positions.lowerBound + $1 })
  }

  private func forEachPart(of count: Int, _ body: (Range<Int>) -> Void) {
    let partCount = positions.count < Limits.serialDrawCount ? 1 : threadCount
    ThreadPool.shared.run(partCount: partCount, threadCount: partCount) {
      body(count * $0 / partCount..<count * ($0 + 1) / partCount)
    }
  }
}

extension DrawGroups {
  /// The weight before each block.
  private static func starts(_ weights: [UInt64]) -> [UInt64] {
    var before: UInt64 = 0
    return weights.map { weight in
      defer { before += weight }
      return before
    }
  }

  /// Finds the block of each draw, its position there, and for each part how many of its draws each block has.
  private static func place(
    _ draws: [UInt64], _ starts: [UInt64], _ total: UInt64, _ parts: [Range<Int>], _ blocks: inout [UInt32],
    _ positions: inout [UInt64], _ drawCounts: inout [UInt32]
  ) {
    blocks = .unwritten(count: draws.count)
    positions = .unwritten(count: draws.count)
    unsafe blocks.withUnsafeMutableBufferPointer { blocks in
      unsafe positions.withUnsafeMutableBufferPointer { positions in
        unsafe drawCounts.withUnsafeMutableBufferPointer { drawCounts in
          unsafe draws.withUnsafeBufferPointer { draws in
            guard let draws = draws.baseAddress, let blocks = blocks.baseAddress, let positions = positions.baseAddress,
              let drawCounts = drawCounts.baseAddress
            else { return }
            ThreadPool.shared.run(partCount: parts.count, threadCount: parts.count) { part in
              let start = parts[part].lowerBound
              unsafe ck_place_draws(
                draws + start, UInt64(parts[part].count), total, starts, UInt64(starts.count), blocks + start, positions + start,
                drawCounts + part * starts.count)
            }
          }
        }
      }
    }
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

  private static func group(
    _ blocks: [UInt32], _ positions: [UInt64], _ parts: [Range<Int>], _ places: inout [UInt32], keepsOrder: Bool
  ) -> (positions: [UInt64], order: [UInt32]) {
    let blockCount = places.count / parts.count
    var grouped = [UInt64].unwritten(count: positions.count)
    var order = [UInt32].unwritten(count: keepsOrder ? positions.count : 0)
    unsafe grouped.withUnsafeMutableBufferPointer { grouped in
      unsafe order.withUnsafeMutableBufferPointer { order in
        unsafe places.withUnsafeMutableBufferPointer { places in
          unsafe blocks.withUnsafeBufferPointer { blocks in
            unsafe positions.withUnsafeBufferPointer { positions in
              guard let grouped = grouped.baseAddress, let places = places.baseAddress, let blocks = blocks.baseAddress,
                let positions = positions.baseAddress
              else { return }
              ThreadPool.shared.run(partCount: parts.count, threadCount: parts.count) { part in
                let start = parts[part].lowerBound
                unsafe ck_group_draws(
                  blocks + start, positions + start, UInt64(parts[part].count), UInt32(start), places + part * blockCount, grouped,
                  keepsOrder ? order.baseAddress : nil)
              }
            }
          }
        }
      }
    }
    return (grouped, order)
  }
}

extension Array where Element: FixedWidthInteger & BitwiseCopyable {
  /// Elements of any value, to be written before they are read: each thread then touches the memory that it writes first.
  fileprivate static func unwritten(count: Int) -> [Element] {
    unsafe [Element](unsafeUninitializedCapacity: count) { $1 = count }
  }
}
