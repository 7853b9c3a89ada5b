/// Philox 4×32-10: a counter turned into 128 random bits under a key, with no state in between.
///
/// Source: Salmon, Moraes, Dror and Shaw (2011), "Parallel random numbers: as easy as 1, 2, 3", SC'11, doi:10.1145/2063384.2063405.
package enum Philox {
  /// The ten rounds on one counter.
  package static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var counter = counter
    var key = key
    for round in 0..<10 {
      if round > 0 { key &+= SIMD2(0x9E37_79B9, 0xBB67_AE85) }
      let first = counter[0].multipliedFullWidth(by: 0xD251_1F53)
      let second = counter[2].multipliedFullWidth(by: 0xCD9E_8D57)
      counter = SIMD4(second.high ^ counter[1] ^ key[0], second.low, first.high ^ counter[3] ^ key[1], first.low)
    }
    return counter
  }
}
