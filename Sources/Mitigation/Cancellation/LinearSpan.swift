/// Some of many vectors, of which all others are sums, chosen so that the sums have small weights.
struct LinearSpan {
  /// Which vectors were taken.
  private(set) var chosen: [Int] = []
  /// Orthonormal directions, and how they are made of the vectors taken.
  private var basis: [(vector: [Double], sums: [Double])] = []

  /// Takes the first vectors, as far as each adds a direction, and then always the one that is farthest from the sums of those taken.
  init(of vectors: [[Double]], first: Int) {
    var rests = vectors
    for index in 0..<first { take(index, of: vectors, &rests) }
    while let farthest = rests.indices.max(by: { Self.product(rests[$0], rests[$0]) < Self.product(rests[$1], rests[$1]) }) {
      guard take(farthest, of: vectors, &rests) else { break }
    }
  }

  /// Takes a vector and shortens all others by its direction; false if it adds none.
  @discardableResult
  private mutating func take(_ index: Int, of vectors: [[Double]], _ rests: inout [[Double]]) -> Bool {
    var (rest, sums) = (vectors[index], [Double](repeating: 0, count: chosen.count + 1))
    sums[chosen.count] = 1
    // Twice, for what rounding leaves.
    for _ in 0..<2 {
      for direction in basis {
        let overlap = Self.product(direction.vector, rest)
        guard overlap != 0 else { continue }
        for place in rest.indices { rest[place] -= overlap * direction.vector[place] }
        for place in direction.sums.indices { sums[place] -= overlap * direction.sums[place] }
      }
    }
    let length = Self.product(rest, rest).squareRoot()
    guard length > Limits.dependentDirection * max(1, Self.product(vectors[index], vectors[index]).squareRoot()) else {
      return false
    }
    let direction = rest.map { $0 / length }
    basis.append((direction, sums.map { $0 / length }))
    chosen.append(index)
    for other in rests.indices {
      let overlap = Self.product(direction, rests[other])
      guard overlap != 0 else { continue }
      for place in direction.indices { rests[other][place] -= overlap * direction[place] }
    }
    return true
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
