internal import Circuits
internal import RealModule

/// A small seeded generator for benchmark circuits: the same seed gives the same circuit on every machine.
///
/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// A number in (0, 1), uniform in steps of 2⁻⁵³.
  mutating func nextUnit() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }

  /// An angle in (−π, π), uniform.
  mutating func nextAngle() -> Double { Double.pi * (2 * nextUnit() - 1) }

  /// A complex number whose parts are independent normal numbers of mean 0 and variance 1 (Box and Muller, 1958).
  mutating func nextNormal() -> Complex {
    Complex(length: (-2 * Double.log(nextUnit())).squareRoot(), phase: nextAngle())
  }
}
