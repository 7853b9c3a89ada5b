/// How many `cx` gates under many controls take, by the way in which they are written.
///
/// Sources: Barenco et al. (1995), arXiv:quant-ph/9503016, lemmas 7.2 and 7.3 (qubits in any state are borrowed); Maslov (2016),
/// arXiv:1508.03273, and Iten et al. (2016), arXiv:1501.06911 (those that are borrowed twice may get phases in between); Vale et al. (2024),
/// arXiv:2302.06377 (rotations under two halves of the controls).
enum ControlCost {
  /// How a flip under controls is written.
  enum Flip { case named, chain, halves, phase }
  /// How a rotation or a phase under controls is written.
  enum Turn { case parities, halves }

  /// Flips under as many controls are `x`, `cx` and `ccx`.
  static let namedCount = 2

  /// A flip's way and `cx`, if some other qubits may be borrowed.
  static func flip(_ controls: Int, spare: Int) -> (way: Flip, count: Int) {
    if controls <= namedCount { return (.named, [0, 1, 6][controls]) }
    var best = (way: Flip.phase, count: phase(controls + 1).count)
    if controls >= 4, spare >= controls - 2, chain(controls) < best.count { best = (.chain, chain(controls)) }
    if controls >= 4, spare >= 1 {
      let (first, second) = halves(controls)
      let count =
        2 * flip(first, spare: controls - first + spare).count + 2 * flip(second, spare: controls + 1 - second + spare - 1).count
      if count < best.count { best = (.halves, count) }
    }
    return best
  }

  private static func chain(_ controls: Int) -> Int { 8 * controls - 6 }

  /// Of how many qubits the two flips are the halves of one: the first's target is a control of the second.
  static func halves(_ controls: Int) -> (Int, Int) { ((controls + 2) / 2, controls + 1 - (controls + 2) / 2) }

  /// A rotation about Z of one qubit under some controls.
  static func rotation(_ controls: Int) -> (way: Turn, count: Int) {
    let larger = (controls + 1) / 2, smaller = controls / 2
    // Below, halves need as much at least; and 2ᵏ is a number.
    guard controls >= 5 else { return (.parities, controls == 0 ? 0 : 1 << controls) }
    let count = 2 * flip(larger, spare: smaller).count + 2 * flip(smaller, spare: larger).count
    return controls < 20 && 1 << controls <= count ? (.parities, 1 << controls) : (.halves, count)
  }

  /// A phase where some qubits are all 1.
  static func phase(_ qubits: Int) -> (way: Turn, count: Int) {
    var count = 0
    for size in 2...max(qubits, 2) { count += rotation(size - 1).count }
    guard qubits >= 2 else { return (.parities, 0) }
    return qubits < 20 && 1 << qubits - 2 <= count ? (.parities, 1 << qubits - 2) : (.halves, count)
  }
}
