/// The gates that come next, by the physical qubits on which their wires are now; what a SWAP changes is looked up here.
struct LinkTable {
  private struct Link {
    var other: Int32
    var next: Int32
    var weight: Double
  }

  /// For each physical qubit its first link; −1: none.
  private var heads: [Int32]
  private var links: [Link] = []
  /// Qubits with links, in the order in which they got them.
  private(set) var qubits: [Int] = []
  /// The sum of weights times distances.
  private(set) var total = 0.0
  private let distances: [UInt16]

  init(qubitCount: Int, distances: [UInt16]) {
    heads = Array(repeating: -1, count: qubitCount)
    self.distances = distances
  }

  mutating func removeAll() {
    for qubit in qubits { heads[qubit] = -1 }
    qubits.removeAll(keepingCapacity: true)
    links.removeAll(keepingCapacity: true)
    total = 0
  }

  mutating func add(_ first: Int, _ second: Int, _ weight: Double) {
    total += weight * Double(distances[first * heads.count + second])
    append(first, second, weight)
    append(second, first, weight)
  }

  private mutating func append(_ here: Int, _ there: Int, _ weight: Double) {
    if heads[here] < 0 { qubits.append(here) }
    links.append(Link(other: Int32(there), next: heads[here], weight: weight))
    heads[here] = Int32(links.count - 1)
  }

  /// By how much a SWAP changes the total.
  func change(swapping first: Int, _ second: Int) -> Double {
    change(moving: first, to: second) + change(moving: second, to: first)
  }

  private func change(moving here: Int, to there: Int) -> Double {
    var (sum, index) = (0.0, heads[here])
    let (before, after) = (here * heads.count, there * heads.count)
    while index >= 0 {
      let link = links[Int(index)]
      index = link.next
      let other = Int(link.other)
      if other != there { sum += link.weight * Double(Int(distances[after + other]) - Int(distances[before + other])) }
    }
    return sum
  }
}
