public import Circuits

extension SplitMix {
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
