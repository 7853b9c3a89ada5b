/// Vectors taken one after the other as long as each adds a direction, and other vectors as sums of them.
struct LinearSpan {
  /// Which vectors were taken, by their place among those offered.
  private(set) var chosen: [Int] = []
  /// Orthonormal directions, and how they are made of the vectors taken.
  private var basis: [(vector: [Double], sums: [Double])] = []
  private var offered = 0

  /// Takes a vector if it adds a direction.
  mutating func offer(_ vector: [Double]) {
    defer { offered += 1 }
    var (rest, sums) = (vector, [Double](repeating: 0, count: chosen.count + 1))
    sums[chosen.count] = 1
    // Twice, for what rounding leaves.
    for _ in 0..<2 {
      for direction in basis {
        let overlap = Self.product(direction.vector, rest)
        guard overlap != 0 else { continue }
        for index in rest.indices { rest[index] -= overlap * direction.vector[index] }
        for index in direction.sums.indices { sums[index] -= overlap * direction.sums[index] }
      }
    }
    let length = Self.product(rest, rest).squareRoot()
    guard length > Limits.dependentDirection * Self.product(vector, vector).squareRoot() else { return }
    basis.append((rest.map { $0 / length }, sums.map { $0 / length }))
    chosen.append(offered)
  }

  /// A vector as a sum of those taken, in the order of ``chosen``; nil if it is none.
  func coefficients(of vector: [Double]) -> [Double]? {
    var (rest, result) = (vector, [Double](repeating: 0, count: chosen.count))
    for direction in basis {
      let overlap = Self.product(direction.vector, rest)
      guard overlap != 0 else { continue }
      for index in rest.indices { rest[index] -= overlap * direction.vector[index] }
      for index in direction.sums.indices { result[index] += overlap * direction.sums[index] }
    }
    let scale = max(1, Self.product(vector, vector).squareRoot())
    return Self.product(rest, rest).squareRoot() <= Limits.transferTolerance * scale ? result : nil
  }

  private static func product(_ a: [Double], _ b: [Double]) -> Double {
    var sum = 0.0
    for index in a.indices { sum += a[index] * b[index] }
    return sum
  }
}
