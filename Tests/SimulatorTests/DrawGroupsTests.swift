import TestSupport
import Testing

@testable import Simulator

@Suite("draws brought together by blocks")
struct DrawGroupsTests {
  /// Weights of which a third are zero, and which together are as large as those of a state.
  private func weights(_ count: Int, _ generator: inout SplitMix) -> [UInt64] {
    (0..<count).map { _ in
      let number = generator.next()
      return number % 3 == 0 ? 0 : (number >> 3) / UInt64(count)
    }
  }

  /// The block and the position inside it, by walking over the blocks.
  private func place(_ draw: UInt64, _ weights: [UInt64], _ total: UInt64) -> (block: Int, position: UInt64) {
    var position = draw.multipliedFullWidth(by: total).high
    for (block, weight) in weights.enumerated() {
      if position < weight { return (block, position) }
      position -= weight
    }
    preconditionFailure("a draw behind the last block")
  }

  @Test(
    "each is where a walk over the blocks puts it, with every instruction set",
    arguments: CPUKernels.available, [1, 2, 7, 8, 9, 64, 65, 512, 3_000])
  func places(kernels: CPUKernels, blockCount: Int) throws {
    var generator = SplitMix(seed: UInt64(blockCount))
    var weights = weights(blockCount, &generator)
    weights[blockCount / 2] = 1 + weights[blockCount / 2]
    let total = weights.reduce(0, +)
    // Not a multiple of eight; the ends, and more than one thread's share.
    for drawCount in [1, 13, Limits.serialDrawCount + 5] {
      var draws = (0..<drawCount).map { _ in generator.next() }
      draws[0] = .max
      if drawCount > 1 { draws[1] = 0 }
      let groups = try DrawGroups(
        draws, weights: CumulativeWeights(weights), keepsOrder: true, threadCount: 2, kernels: kernels)
      let expected = draws.map { place($0, weights, total) }
      let (runs, count) = (groups.runs, groups.count)
      #expect(count == drawCount && runs.map(\.block) == Set(expected.map { UInt64($0.block) }).sorted())
      for run in runs {
        let found = run.positions.map { unsafe groups.positions[$0] }
        #expect(found == expected.filter { $0.block == run.block }.map(\.position), "block \(run.block) of \(blockCount)")
      }
      #expect(groups.inOrder() == expected.map(\.position))
    }
  }

  @Test("moved bits are where each bit is to go", arguments: [1, 9, 24, 64])
  func moves(bitCount: Int) {
    var generator = SplitMix(seed: UInt64(bitCount))
    let places = Array(0..<bitCount).shuffled(using: &generator)
    let words = (0..<(Limits.serialDrawCount + 3)).map { _ in generator.next() >> UInt64(64 - bitCount) }
    var moved = words
    BitMoves(to: places).move(&moved, threadCount: 2)
    let expected = words.map { word in
      places.indices.reduce(UInt64(0)) { $0 | (word >> UInt64($1) & 1) << UInt64(places[$1]) }
    }
    #expect(moved == expected)
  }
}
