internal import Circuits

/// The numbers of a Pauli rotation as the OpenCL kernels take them: a cosine, and the partner's factor but for the sign of its basis state.
struct PauliFactors {
  let cosine: Double
  /// With the sign that the string gives it.
  let sine: Double
  /// Whether the partner's factor is real; otherwise it is imaginary.
  let isReal: Bool
  /// The bit that tells a basis state from its partner; 0 where each is its own.
  let pivot: UInt64

  init(x: UInt64, z: UInt64, angle: Double) {
    let half = Complex(phase: angle / 2)
    let quarter = ((x & z).nonzeroBitCount + 3) & 3
    cosine = half.real
    sine = quarter >= 2 ? -half.imaginary : half.imaginary
    isReal = quarter & 1 == 0
    pivot = x == 0 ? 0 : 1 << UInt64(63 - x.leadingZeroBitCount)
  }
}
