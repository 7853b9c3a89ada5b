public import Circuits

/// Which pairs of a device's qubits have a gate.
///
///     let map = try CouplingMap(qubitCount: 3, edges: [[0, 1], [1, 2]])
///     map.distance(0, 2)  // 2
public struct CouplingMap: Hashable, Sendable {
  /// How many qubits there are.
  public let qubitCount: Int
  /// The pairs, the lower qubit first, in order.
  public let edges: [[Int]]
  /// For each qubit those that it has a gate with, in order.
  public let neighbors: [[Int]]
  private let distances: [UInt16]

  /// Makes a map of pairs; directions and repetitions do not matter.
  ///
  /// - Throws: ``TranspilerError``: `invalid_target` for a pair that is none, `limit_exceeded` above ``Limits/physicalQubitCount`` qubits.
  /// - Complexity: O(qubits · edges)
  public init(qubitCount: Int, edges: [[Int]]) throws(TranspilerError) {
    guard qubitCount <= Limits.physicalQubitCount else {
      throw TranspilerError(
        .limitExceeded, "a coupling map of \(qubitCount) qubits; at most \(Limits.physicalQubitCount) are taken")
    }
    guard qubitCount > 0 else {
      throw TranspilerError(.invalidTarget, "a coupling map of \(qubitCount) qubits; at least 1 is needed")
    }
    var neighbors = [Set<Int>](repeating: [], count: qubitCount)
    for edge in edges {
      guard edge.count == 2, edge[0] != edge[1], edge.allSatisfy({ (0..<qubitCount).contains($0) }) else {
        throw TranspilerError(.invalidTarget, "edge \(edge); two different qubits from 0 to \(qubitCount - 1) are needed")
      }
      neighbors[edge[0]].insert(edge[1])
      neighbors[edge[1]].insert(edge[0])
    }
    self.qubitCount = qubitCount
    self.neighbors = neighbors.map { $0.sorted() }
    self.edges = self.neighbors.enumerated().flatMap { qubit, others in others.filter { $0 > qubit }.map { [qubit, $0] } }
    distances = Self.distances(self.neighbors)
  }

  /// The pairs of a device that have a gate.
  public init(_ device: DeviceModel) throws(TranspilerError) {
    try self.init(qubitCount: device.qubitCount, edges: device.coupling)
  }

  /// How many edges lie between two qubits; ``unreachable`` if no path joins them.
  public func distance(_ first: Int, _ second: Int) -> Int { Int(distances[first * qubitCount + second]) }

  /// The distance of qubits that no path joins.
  public static let unreachable = Int(UInt16.max)

  /// Whether two qubits have a gate.
  public func areCoupled(_ first: Int, _ second: Int) -> Bool { distances[first * qubitCount + second] == 1 }

  /// Rows of distances, for loops that look up many.
  var distanceTable: [UInt16] { distances }

  /// The qubits of the largest part that is connected, in order; of the parts of one size that of the lowest qubit.
  public var largestComponent: [Int] {
    var (best, seen) = ([Int](), Set<Int>())
    for qubit in 0..<qubitCount where !seen.contains(qubit) {
      let component = (0..<qubitCount).filter { distance(qubit, $0) != Self.unreachable }
      seen.formUnion(component)
      if component.count > best.count { best = component }
    }
    return best
  }

  private static func distances(_ neighbors: [[Int]]) -> [UInt16] {
    let count = neighbors.count
    var result = [UInt16](repeating: .max, count: count * count)
    var queue = [Int]()
    for source in 0..<count {
      queue.removeAll(keepingCapacity: true)
      queue.append(source)
      result[source * count + source] = 0
      var next = 0
      while next < queue.count {
        let qubit = queue[next]
        next += 1
        for other in neighbors[qubit] where result[source * count + other] == .max {
          result[source * count + other] = result[source * count + qubit] + 1
          queue.append(other)
        }
      }
    }
    return result
  }
}
