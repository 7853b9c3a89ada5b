public import Circuits

/// A state vector simulator in double precision that follows the definitions and nothing else: slow, and obviously right.
public struct DenseReference: Sendable {
  /// 2ⁿ amplitudes in basis state order.
  public var amplitudes: [Complex]

  /// Starts from given amplitudes, a power of two of them.
  public init(_ amplitudes: [Complex]) { self.amplitudes = amplitudes }

  /// Applies a row-major matrix to `targets` (targets[0] is bit 0 of its indices) wherever the bits under `mask` equal `values`.
  ///
  /// ψ′[i] = Σ_c M[bits of i at the targets][c] · ψ[i with the bits c at the targets].
  public mutating func apply(_ matrix: [Complex], targets: [Int], mask: UInt64 = 0, values: UInt64 = 0) {
    let size = 1 << targets.count
    amplitudes = amplitudes.indices.map { index in
      guard UInt64(index) & mask == values else { return amplitudes[index] }
      let row = Self.bits(of: index, at: targets)
      var sum = Complex.zero
      for column in 0..<size {
        sum += matrix[row * size + column] * amplitudes[Self.setting(bits: column, at: targets, of: index)]
      }
      return sum
    }
  }

  /// Applies exp(−i·angle/2·P) = cos(angle/2) − i·sin(angle/2)·P.
  public mutating func rotate(x: UInt64, z: UInt64, angle: Double, mask: UInt64 = 0, values: UInt64 = 0) {
    let image = applyingPauli(x: x, z: z)
    let half = Complex(phase: -angle / 2)
    for index in amplitudes.indices where UInt64(index) & mask == values {
      amplitudes[index] = Complex(half.real) * amplitudes[index] + Complex(0, half.imaginary) * image[index]
    }
  }

  /// P·ψ, letter by letter.
  public func applyingPauli(x: UInt64, z: UInt64) -> [Complex] {
    var state = self
    for qubit in 0..<UInt64.bitWidth where ((x | z) >> UInt64(qubit)) & 1 == 1 {
      let letter: [Complex] =
        switch ((x >> UInt64(qubit)) & 1, (z >> UInt64(qubit)) & 1) {
        case (1, 0): [.zero, .one, .one, .zero]
        case (1, 1): [.zero, -.i, .i, .zero]
        default: [.one, .zero, .zero, -.one]
        }
      state.apply(letter, targets: [qubit])
    }
    return state.amplitudes
  }

  /// ⟨ψ|P|ψ⟩.
  public func expectation(x: UInt64, z: UInt64) -> Double {
    zip(amplitudes, applyingPauli(x: x, z: z)).reduce(0) { $0 + ($1.0.conjugate * $1.1).real }
  }

  /// Σ|ψᵢ|² over the basis states whose bits under `mask` equal `values`.
  public func probability(mask: UInt64 = 0, values: UInt64 = 0) -> Double {
    amplitudes.indices.filter { UInt64($0) & mask == values }.reduce(0) { $0 + amplitudes[$1].lengthSquared }
  }

  /// The bits of `index` at `targets`, targets[0] lowest.
  public static func bits(of index: Int, at targets: [Int]) -> Int {
    targets.enumerated().reduce(0) { $0 | ((index >> $1.element) & 1) << $1.offset }
  }

  /// `index` with the bits of `bits` put at `targets`.
  public static func setting(bits: Int, at targets: [Int], of index: Int) -> Int {
    targets.enumerated().reduce(index) { ($0 & ~(1 << $1.element)) | ((bits >> $1.offset) & 1) << $1.element }
  }
}
