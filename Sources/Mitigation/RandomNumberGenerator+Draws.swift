// Draws that are the same for a generator's words whatever the version of the standard library.

extension RandomNumberGenerator {
  /// A number in 0..<1, a multiple of 2⁻⁵³.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// One of 0..<count, each as likely as the others to 2⁻⁶⁴·count.
  mutating func index(below count: Int) -> Int { Int(next().multipliedFullWidth(by: UInt64(count)).high) }

  /// Some of 0..<count, each set as likely as the others, ascending.
  ///
  /// Source: Floyd, in Bentley, Programming pearls: a sample of brilliance (1987).
  mutating func subset(_ wanted: Int, of count: Int) -> [Int] {
    var chosen = Set<Int>()
    for last in count - wanted..<count {
      let drawn = index(below: last + 1)
      chosen.insert(chosen.contains(drawn) ? last : drawn)
    }
    return chosen.sorted()
  }
}
