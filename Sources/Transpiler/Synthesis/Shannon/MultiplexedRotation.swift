/// Rotations of a target, one for each value of other wires, as rotations between flips that turn them round.
///
/// Where the flips before a rotation are those of wires w, it is turned round for values with an odd number of ones among w. In the order of a
/// Gray code one flip lies between two rotations; rotations by nothing are left out, and with them flips that then meet.
///
/// Source: Möttönen, Vartiainen, Bergholm and Salomaa (2004), arXiv:quant-ph/0404089.
struct MultiplexedRotation {
  /// A rotation, and the wires whose flips stand before it, as bits.
  struct Step {
    var flips: Int
    var angle: Double
  }

  private(set) var steps: [Step] = []
  /// The wires whose flips are needed after the last rotation.
  private(set) var rest = 0

  /// - Parameter angles: one for each value of the wires.
  init(_ angles: [Double]) {
    let means = Self.transformed(angles)
    for index in angles.indices {
      let word = index ^ (index >> 1)
      guard abs(means[word]) > Limits.leastRotation else { continue }
      steps.append(Step(flips: word ^ rest, angle: means[word]))
      rest = word
    }
  }

  /// 2⁻ᵏ·Σₛ (−1)^{s·w}·angleₛ for each w.
  private static func transformed(_ angles: [Double]) -> [Double] {
    var result = angles.map { $0 / Double(angles.count) }
    var step = 1
    while step < result.count {
      for index in result.indices where index & step == 0 {
        (result[index], result[index | step]) = (result[index] + result[index | step], result[index] - result[index | step])
      }
      step *= 2
    }
    return result
  }
}
