/// The gates that come next, and by how much a SWAP brings them nearer.
///
/// For every qubit and each of its neighbours there is a sum of distances, from the neighbour to where the qubit's gates have their other wires.
/// A SWAP's score is four such sums; one that is done changes those of the gates on its two wires and no others.
struct LinkTable {
  private let qubitCount: Int
  private let places: NeighborPlaces
  /// For each place the sum of distances.
  private var sums: [Int32]
  /// How many gates there are.
  private(set) var count = 0
  /// The sum of their distances.
  private(set) var total = 0
  /// Wires with gates, in no order.
  private(set) var wires: [Int32] = []
  private var wirePosition: [Int32]

  // A gate has two links, 2·node on its low wire and 2·node + 1 on the other; each wire's are a list.
  private var heads: [Int32]
  private var next: [Int32]
  private var previous: [Int32]
  /// For each link the wire at its other end.
  private let ends: [Int32]

  init(_ places: NeighborPlaces, low: [Int32], high: [Int32]) {
    (qubitCount, self.places) = (places.qubitCount, places)
    sums = Array(repeating: 0, count: places.qubits.count)
    wirePosition = Array(repeating: -1, count: qubitCount)
    heads = wirePosition
    next = Array(repeating: -1, count: 2 * low.count)
    previous = next
    ends = zip(low, high).flatMap { [$1, $0] }
  }

  func hasGates(_ wire: Int) -> Bool { heads[wire] >= 0 }

  // MARK: Gates that come and go

  mutating func add(_ node: Int32, _ layout: Layout) { change(node, by: 1, layout) }
  mutating func remove(_ node: Int32, _ layout: Layout) { change(node, by: -1, layout) }

  private mutating func change(_ node: Int32, by sign: Int, _ layout: Layout) {
    let (low, high) = (Int(ends[2 * Int(node) + 1]), Int(ends[2 * Int(node)]))
    if sign > 0 {
      append(2 * node, low)
      append(2 * node + 1, high)
    } else {
      drop(2 * node, low)
      drop(2 * node + 1, high)
    }
    let (here, there) = (layout.physical[low], layout.physical[high])
    count += sign
    total += sign * Int(places.distances[here * qubitCount + there])
    addSums(at: here, to: there, Int32(sign))
    addSums(at: there, to: here, Int32(sign))
  }

  private mutating func append(_ link: Int32, _ wire: Int) {
    let head = heads[wire]
    if head < 0 {
      wirePosition[wire] = Int32(wires.count)
      wires.append(Int32(wire))
    } else {
      previous[Int(head)] = link
    }
    (next[Int(link)], previous[Int(link)], heads[wire]) = (head, -1, link)
  }

  private mutating func drop(_ link: Int32, _ wire: Int) {
    let (before, behind) = (previous[Int(link)], next[Int(link)])
    if before < 0 { heads[wire] = behind } else { next[Int(before)] = behind }
    if behind >= 0 { previous[Int(behind)] = before }
    guard heads[wire] < 0, let last = wires.popLast() else { return }
    let position = wirePosition[wire]
    wirePosition[wire] = -1
    guard Int(last) != wire else { return }
    wires[Int(position)] = last
    wirePosition[Int(last)] = position
  }

  /// Adds the gates of a wire that lie at one distance to a list.
  func append(to nodes: inout [Int32], onWire wire: Int, at distance: UInt16, _ layout: Layout) {
    let row = layout.physical[wire] * qubitCount
    var link = heads[wire]
    while link >= 0 {
      if places.distances[row + layout.physical[Int(ends[Int(link)])]] == distance { nodes.append(link / 2) }
      link = next[Int(link)]
    }
  }

  // MARK: Sums

  private mutating func addSums(at qubit: Int, to other: Int, _ sign: Int32) {
    let row = other * qubitCount
    for place in places.range(of: qubit) { sums[place] += sign * Int32(places.distances[row + Int(places.qubits[place])]) }
  }

  /// What a SWAP along a place changes, gates that both its wires share counted as if they were brought to one qubit.
  func change(along place: Int) -> Int {
    let back = Int(places.back[place])
    return Int(sums[place] - sums[Int(places.own[place])] + sums[back] - sums[Int(places.own[back])])
  }

  /// How many gates two wires share.
  func sharedCount(_ first: Int, _ second: Int) -> Int {
    var (result, link) = (0, heads[first])
    while link >= 0 {
      if Int(ends[Int(link)]) == second { result += 1 }
      link = next[Int(link)]
    }
    return result
  }

  /// Takes note of a SWAP; the layout is the one behind it.
  mutating func swap(_ first: Int, _ second: Int, _ layout: Layout) {
    let (moved, other) = (layout.wire[second], layout.wire[first])
    guard heads[moved] >= 0 || heads[other] >= 0 else { return }
    move(moved, from: first, to: second, apartFrom: other, layout)
    move(other, from: second, to: first, apartFrom: moved, layout)
    refill(first, layout)
    refill(second, layout)
  }

  private mutating func move(_ wire: Int, from: Int, to: Int, apartFrom partner: Int, _ layout: Layout) {
    let (before, after) = (from * qubitCount, to * qubitCount)
    var link = heads[wire]
    while link >= 0 {
      let other = Int(ends[Int(link)])
      link = next[Int(link)]
      guard other != partner else { continue }
      let there = layout.physical[other]
      total += Int(places.distances[after + there]) - Int(places.distances[before + there])
      for place in places.range(of: there) {
        let qubit = Int(places.qubits[place])
        sums[place] += Int32(places.distances[after + qubit]) - Int32(places.distances[before + qubit])
      }
    }
  }

  private mutating func refill(_ qubit: Int, _ layout: Layout) {
    for place in places.range(of: qubit) { sums[place] = 0 }
    var link = heads[layout.wire[qubit]]
    while link >= 0 {
      addSums(at: qubit, to: layout.physical[Int(ends[Int(link)])], 1)
      link = next[Int(link)]
    }
  }
}
