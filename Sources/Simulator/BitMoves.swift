/// Moves the bits of many words to the same other places, a byte at a time.
struct BitMoves {
  /// What each value of each byte becomes.
  private let tables: [UInt64]
  private let byteCount: Int

  /// Bit j moves to `places[j]`; there are at most 64.
  init(to places: [Int]) {
    byteCount = (places.count + 7) / 8
    tables = (0..<(256 * byteCount)).map { index in
      var (rest, result) = (index & 255, UInt64(0))
      while rest != 0 {
        let bit = 8 * (index >> 8) + rest.trailingZeroBitCount
        if bit < places.count { result |= 1 << UInt64(places[bit]) }
        rest &= rest - 1
      }
      return result
    }
  }

  /// The word with its bits moved.
  func moved(_ word: UInt64) -> UInt64 {
    var result = UInt64(0)
    for byte in 0..<byteCount { result |= tables[256 * byte + Int(truncatingIfNeeded: word >> UInt64(8 * byte) & 255)] }
    return result
  }
}
