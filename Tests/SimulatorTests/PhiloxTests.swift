import Simulator
import TestSupport
import Testing

@Suite("random numbers")
struct PhiloxTests {
  /// Source: kat_vectors of Random123 1.14 (D. E. Shaw Research), lines "philox4x32 10".
  static let knownAnswers: [(counter: SIMD4<UInt32>, key: SIMD2<UInt32>, block: SIMD4<UInt32>)] = [
    (SIMD4(repeating: 0), SIMD2(repeating: 0), SIMD4(0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8)),
    (SIMD4(repeating: .max), SIMD2(repeating: .max), SIMD4(0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd)),
    (
      SIMD4(0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344), SIMD2(0xa409_3822, 0x299f_31d0),
      SIMD4(0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1)
    ),
  ]

  @Test("Philox gives the published blocks", arguments: knownAnswers.indices)
  func knownAnswer(index: Int) {
    let answer = Self.knownAnswers[index]
    #expect(Philox.block(counter: answer.counter, key: answer.key) == answer.block)
  }

  @Test("a draw is the block of its documented counter, whatever was drawn before")
  func layout() {
    let stream = RandomStream(seed: 0x299f_31d0_a409_3822, circuit: 0x0370_7344, row: 0x1319_8a2e)
    #expect(stream.draw(shot: 0x85a3_08d3, site: 0x243f_6a88) == 0x94fd_cceb_d16c_fe09)
    #expect(stream.draws(shots: 5..<9, site: 2) == [5, 6, 7, 8].map { stream.draw(shot: $0, site: 2) })
  }

  @Test("many draws at once are the draws one by one", arguments: [0, 1, 7, 8, 9, 1000, 40_000])
  func many(count: Int) {
    var generator = SplitMix(seed: 3)
    let stream = RandomStream(seed: generator.next(), circuit: .max, row: 77)
    let shots = (0..<count).map { _ in UInt32(truncatingIfNeeded: generator.next()) }
    #expect(stream.draws(shots: shots, site: .max) == shots.map { stream.draw(shot: $0, site: .max) })
  }

  @Test("a draw becomes a number from 0 to just under 1")
  func unitInterval() {
    #expect(RandomStream.unitInterval(0) == 0)
    #expect(RandomStream.unitInterval(.max) < 1)
    #expect(RandomStream.unitInterval(1 << 63) == 0.5)
  }

  /// Under independence each of the 999 correlations of 1,000 draws is normal with σ = 1/√1000, so that the largest exceeds 5.5σ with
  /// probability 4·10⁻⁵, and the mean of their squares (times 1000; χ² with 999 degrees) leaves 1 ± 0.2 with probability 10⁻⁵.
  @Test("the streams of 1,000 adjacent seeds are independent of their neighbours")
  func adjacentSeeds() {
    let shotCount = 1000
    let streams = (UInt64(0)..<1000).map { seed in
      RandomStream(seed: seed, circuit: 0, row: 0).draws(shots: 0..<UInt32(shotCount), site: 0).map {
        (RandomStream.unitInterval($0) - 0.5) * 12.0.squareRoot()
      }
    }
    let correlations = zip(streams, streams.dropFirst()).map {
      zip($0, $1).reduce(0) { $0 + $1.0 * $1.1 } / Double(shotCount).squareRoot()
    }
    #expect(correlations.allSatisfy { abs($0) < 5.5 })
    let meanSquare = correlations.reduce(0) { $0 + $1 * $1 } / Double(correlations.count)
    #expect(abs(meanSquare - 1) < 0.2)
    #expect(Set(streams.map { $0[0] }).count == streams.count)
  }
}
