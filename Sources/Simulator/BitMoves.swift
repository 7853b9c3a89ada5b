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

  /// Moves the bits of each word.
  func move(_ words: inout [UInt64], threadCount: Int) {
    let partCount = words.count < Limits.serialDrawCount ? 1 : threadCount
    unsafe words.withUnsafeMutableBufferPointer { words in
      unsafe tables.withUnsafeBufferPointer { tables in
        ThreadPool.shared.run(partCount: partCount, threadCount: partCount) { part in
          for place in words.count * part / partCount..<words.count * (part + 1) / partCount {
            var (rest, result) = (unsafe words[place], UInt64(0))
            for byte in 0..<byteCount {
              unsafe result |= tables[256 * byte + Int(rest & 255)]
              rest >>= 8
            }
            unsafe words[place] = result
          }
        }
      }
    }
  }
}
