/// Exchanges rows and columns of a square of 64×64 bits: bit c of word r becomes bit r of word c.
///
/// Source: Warren, Hacker's Delight, 2nd edition (2012), §7-3.
func transposeBits(_ words: inout [UInt64]) {
  precondition(words.count == 64, "\(words.count) words for a square of 64×64 bits")
  var (width, mask) = (32, UInt64(0xFFFF_FFFF))
  while width > 0 {
    var row = 0
    while row < 64 {
      let moved = (words[row] >> UInt64(width) ^ words[row + width]) & mask
      words[row + width] ^= moved
      words[row] ^= moved << UInt64(width)
      // The next row whose bit `width` is not set.
      row = (row + width + 1) & ~width
    }
    width /= 2
    mask ^= mask << UInt64(width)
  }
}
