internal import Circuits

/// Makes the real and the imaginary part of a symmetric unitary 4×4 matrix diagonal together.
///
/// They commute, so there are rotations that do; each step takes the one in a plane that leaves least off the diagonals of both.
/// - Complexity: Six planes a round; it converges quadratically, in four or five rounds.
struct JointDiagonalization {
  private var real: InlineArray<16, Double>
  private var imaginary: InlineArray<16, Double>
  /// The eigenvectors, as columns.
  private(set) var vectors = InlineArray<16, Double>(repeating: 0)

  init(_ symmetric: Matrix4) {
    real = InlineArray { symmetric.entries[$0].real }
    imaginary = InlineArray { symmetric.entries[$0].imaginary }
    for index in 0..<4 { vectors[5 * index] = 1 }
  }

  /// The eigenvalue of a column.
  func eigenvalue(_ column: Int) -> Complex { Complex(real[5 * column], imaginary[5 * column]) }

  /// Rotates until nothing is left; false if it does not converge.
  mutating func run() -> Bool {
    for _ in 0..<Self.roundLimit {
      if offDiagonal < Self.tolerance { return true }
      for first in 0..<3 {
        for second in (first + 1)..<4 { rotate(first, second) }
      }
    }
    return offDiagonal < Self.tolerance
  }

  private static let roundLimit = 30
  /// The sum of squares off the diagonals at which roundings are all that is left.
  private static let tolerance = 1e-29

  /// Squares so small that they are not rotated away: far below the tolerance, and far above where their own squares vanish.
  private static let negligible = 1e-40

  private var offDiagonal: Double {
    var sum = 0.0
    for row in 0..<3 {
      for column in (row + 1)..<4 {
        let place = 4 * row + column
        sum += real[place] * real[place] + imaginary[place] * imaginary[place]
      }
    }
    return sum
  }

  private mutating func rotate(_ first: Int, _ second: Int) {
    let (own, both) = (5 * first, 4 * first + second)
    let (x, y) = (real[own] - real[5 * second], imaginary[own] - imaginary[5 * second])
    let (u, v) = (2 * real[both], 2 * imaginary[both])
    let (on, off) = (x * x + y * y - u * u - v * v, 2 * (x * u + y * v))
    guard abs(off) > Self.negligible || on < -Self.negligible else { return }
    let half = Self.half(Self.half(Complex(on, off)))
    Self.turn(&real, first, second, half)
    Self.turn(&imaginary, first, second, half)
    Self.turnColumns(&vectors, first, second, half)
  }

  /// The number of length 1 with half the argument of another, by square roots: a cosine and a sine take several times as long.
  private static func half(_ number: Complex) -> Complex {
    let length = number.lengthSquared.squareRoot()
    // Twice the half's square is the number and its length; neither sum cancels.
    let larger = ((length + abs(number.real)) / (2 * length)).squareRoot()
    let smaller = abs(number.imaginary) / (2 * length * larger)
    let (real, imaginary) = number.real < 0 ? (smaller, larger) : (larger, smaller)
    return Complex(real, number.imaginary < 0 ? -imaginary : imaginary)
  }

  private static func turn(_ matrix: inout InlineArray<16, Double>, _ first: Int, _ second: Int, _ half: Complex) {
    turnColumns(&matrix, first, second, half)
    for column in 0..<4 {
      let (a, b) = (matrix[4 * first + column], matrix[4 * second + column])
      matrix[4 * first + column] = half.real * a + half.imaginary * b
      matrix[4 * second + column] = half.real * b - half.imaginary * a
    }
  }

  private static func turnColumns(_ matrix: inout InlineArray<16, Double>, _ first: Int, _ second: Int, _ half: Complex) {
    for row in 0..<4 {
      let (a, b) = (matrix[4 * row + first], matrix[4 * row + second])
      matrix[4 * row + first] = half.real * a + half.imaginary * b
      matrix[4 * row + second] = half.real * b - half.imaginary * a
    }
  }
}
