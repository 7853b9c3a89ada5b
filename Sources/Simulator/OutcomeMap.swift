internal import Circuits

/// Which outcome a sampled basis state stands for: some of its bits, each at one place or more, between bits known before.
///
/// One look-up for each byte of the basis state, because there may be as many basis states as shots.
struct OutcomeMap {
  /// 256 outcomes for each byte of a basis state.
  private var tables: [UInt64] = []
  private let known: UInt64

  /// Makes a map.
  ///
  /// - Parameters:
  ///   - places: For each qubit the outcome's bits, as a mask, that it sets; none for a qubit that is not measured.
  ///   - known: The bits that do not depend on the basis state.
  init(places: [UInt64], known: UInt64) {
    self.known = known
    for first in stride(from: 0, to: places.count, by: 8) {
      let here = places[first..<min(first + 8, places.count)]
      tables += (0..<256).map { byte in here.enumerated().reduce(0) { byte >> $1.offset & 1 == 1 ? $0 | $1.element : $0 } }
    }
  }

  /// The outcome of a basis state.
  func callAsFunction(_ state: UInt64) -> UInt64 {
    var (outcome, rest) = (known, state)
    for table in stride(from: 0, to: tables.count, by: 256) {
      outcome |= tables[table + Int(rest & 255)]
      rest >>= 8
    }
    return outcome
  }
}
