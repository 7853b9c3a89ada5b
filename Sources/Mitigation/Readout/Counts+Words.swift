internal import Circuits

extension Counts {
  /// Outcomes as words with how often they came.
  ///
  /// - Throws: ``MitigationError`` with code `invalid_results` for outcomes of another number of bits, and for no shots.
  func words(bitCount expected: Int) throws(MitigationError) -> [(state: UInt64, count: Double)] {
    guard bitCount == expected, total > 0 else {
      throw MitigationError(
        .invalidResults, "counts of \(total) shots of \(bitCount) bits; at least one shot of \(expected) bits is needed")
    }
    let width = (bitCount + 7) / 8
    return values.enumerated().map { index, count in
      let state = (0..<width).reduce(UInt64(0)) { $0 | UInt64(keys[index * width + $1]) << UInt64(8 * $1) }
      return (state, Double(count))
    }
  }
}
