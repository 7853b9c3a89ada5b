import Simulator
import TestSupport
import Testing

@Suite("counts of basis states")
struct StateCountsTests {
  @Test("are ascending and none twice, whatever they are made of", arguments: [1, 8, 11, 12, 23, 64], [0, 1, 3000])
  func merging(bitCount: Int, count: Int) {
    var generator = SplitMix(seed: UInt64(bitCount))
    let states = (0..<count).map { _ in generator.next() >> UInt64(64 - bitCount) }
    let counts = states.map { _ in generator.next() % 5 + 1 }
    var expected = [UInt64: UInt64]()
    for (state, count) in zip(states, counts) { expected[state, default: 0] += count }
    let found = StateCounts(states: states, counts: counts)
    #expect(found.states == expected.keys.sorted())
    #expect(found.counts == expected.keys.sorted().map { expected[$0] ?? 0 })
  }
}
