public import Circuits

/// Reproducible random numbers for tests (SplitMix64); a failing test prints its seed.
///
/// Source: Steele, Lea and Flood (2014), "Fast splittable pseudorandom number generators", OOPSLA, doi:10.1145/2660193.2660195.
public struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  /// Starts the sequence of one seed.
  public init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A complex number with both parts uniform in (−1, 1).
  public mutating func complex() -> Complex {
    Complex(Double.random(in: -1...1, using: &self), Double.random(in: -1...1, using: &self))
  }

  /// `count` complex numbers; no structure, so a matrix of them is not unitary.
  public mutating func complexes(_ count: Int) -> [Complex] {
    (0..<count).map { _ in complex() }
  }

  /// 2ⁿ amplitudes of norm one.
  public mutating func state(qubitCount: Int) -> [Complex] {
    let raw = complexes(1 << qubitCount)
    let norm = raw.reduce(0) { $0 + $1.lengthSquared }.squareRoot()
    return raw.map { $0 / norm }
  }

  /// Some of 0..<count, in random order.
  public mutating func qubits(_ wanted: Int, of count: Int) -> [Int] {
    Array((0..<count).shuffled(using: &self).prefix(wanted))
  }
}
