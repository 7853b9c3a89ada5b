/// A coupling map as flat tables: for each qubit a place for itself, and then one for each neighbour.
struct NeighborPlaces {
  let qubitCount: Int
  /// Rows of distances between all qubits.
  let distances: [UInt16]
  private let first: [Int32]
  /// For each place the qubit there.
  private(set) var qubits: [Int32] = []
  /// For each place the place of its owner itself.
  private(set) var own: [Int32] = []
  /// For a neighbour's place the one in the other direction.
  private(set) var back: [Int32]

  init(_ map: CouplingMap) {
    (qubitCount, distances) = (map.qubitCount, map.distanceTable)
    var first: [Int32] = [0]
    for (qubit, neighbors) in map.neighbors.enumerated() {
      qubits += ([qubit] + neighbors).map { Int32($0) }
      own += Array(repeating: first[qubit], count: neighbors.count + 1)
      first.append(Int32(qubits.count))
    }
    (self.first, back) = (first, own)
    for (qubit, neighbors) in map.neighbors.enumerated() {
      for (number, neighbor) in neighbors.enumerated() {
        guard let index = map.neighbors[neighbor].firstIndex(of: qubit) else { continue }
        back[Int(first[qubit]) + 1 + number] = first[neighbor] + 1 + Int32(index)
      }
    }
  }

  /// A qubit's places.
  func range(of qubit: Int) -> Range<Int> { Int(first[qubit])..<Int(first[qubit + 1]) }
}
