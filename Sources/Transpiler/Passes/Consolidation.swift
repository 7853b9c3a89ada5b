internal import Circuits

/// Multiplies gates that meet: all on one wire between two on pairs, and all on a pair that nothing else parts.
///
/// A gate on a pair looks for an earlier one on the same two wires. On the way it passes what commutes with it, by sharing a Pauli axis on the
/// wire that both touch, and takes up gates on one wire that do not. What it finds it is multiplied to; the product takes at most as many
/// entangling gates as both.
/// - Complexity: O(nodes · ``reach``)
struct Consolidation {
  private let isReversed: Bool
  private var nodes: [Node] = []
  private var isAlive: [Bool] = []
  private var stacks: [[Int]]
  private var phase = 0.0

  /// How far a gate looks back on a wire.
  private static let reach = 64
  /// Rounds after which little is found.
  private static let roundLimit = 4

  /// Merges forwards and backwards until nothing more is found.
  static func run(_ netlist: Netlist) -> Netlist {
    var result = netlist
    for _ in 0..<roundLimit {
      let before = (result.nodes.count, result.entanglerCount)
      for isReversed in [false, true] {
        var pass = Consolidation(wireCount: netlist.wireCount, isReversed: isReversed)
        for node in isReversed ? result.nodes.reversed() : result.nodes { pass.add(node) }
        result = pass.written(into: result)
      }
      if before == (result.nodes.count, result.entanglerCount) { break }
    }
    return result
  }

  private init(wireCount: Int, isReversed: Bool) {
    self.isReversed = isReversed
    stacks = Array(repeating: [], count: wireCount)
  }

  // MARK: Products in the order of time

  private func product(_ earlier: Matrix2, _ later: Matrix2) -> Matrix2 { isReversed ? earlier * later : later * earlier }
  private func product(_ earlier: Matrix4, _ later: Matrix4) -> Matrix4 { isReversed ? earlier * later : later * earlier }

  /// A gate on a pair that takes up one on one of its wires, which stands before it in the order of this pass.
  private func taking(_ local: Matrix2, _ pair: Matrix4, bit: Int) -> Matrix4 {
    isReversed ? pair.before(local, onBit: bit) : pair.after(local, onBit: bit)
  }

  // MARK: The stacks

  private mutating func top(_ wire: Int) -> Int? {
    while let last = stacks[wire].last {
      if isAlive[last] { return last }
      stacks[wire].removeLast()
    }
    return nil
  }

  private mutating func push(_ node: Node) {
    for wire in node.wires { stacks[wire].append(nodes.count) }
    nodes.append(node)
    isAlive.append(true)
  }

  private mutating func add(_ node: Node) {
    switch node.kind {
    case .local(let matrix): add(matrix, node.low)
    case .turn(let angle): add(turn: angle, node.low)
    case .pair(let matrix): add(matrix, low: node.low, high: node.high)
    case .other: push(node)
    }
  }

  private mutating func add(_ matrix: Matrix2, _ wire: Int) {
    var product = matrix
    if let last = top(wire), case .local(let earlier) = nodes[last].kind {
      product = self.product(earlier, matrix)
      isAlive[last] = false
    }
    if let phase = product.phaseOfIdentity { self.phase += phase } else { push(Node(product, on: wire)) }
  }

  private mutating func add(turn angle: ClassicalExpression, _ wire: Int) {
    var sum = angle
    if let last = top(wire), case .turn(let earlier) = nodes[last].kind {
      sum = earlier + angle
      isAlive[last] = false
    }
    push(Node(turn: sum, on: wire))
  }

  private mutating func add(_ matrix: Matrix4, low: Int, high: Int) {
    var search = PairSearch(node: Node(matrix, low: low, high: high))
    guard let found = partner(&search) else { return push(search.original) }
    for local in search.taken { isAlive[local] = false }
    guard let earlier = nodes[found].matrix(low: low), let later = search.node.matrix(low: low) else { return }
    let merged = product(earlier, later)
    if let phase = merged.phaseOfIdentity {
      self.phase += phase
      isAlive[found] = false
    } else {
      nodes[found] = Node(merged, low: low, high: high)
    }
  }

  /// The earlier gate on the same wires, if the gate can be moved there.
  private mutating func partner(_ search: inout PairSearch) -> Int? {
    guard let onLow = walk(search.original.low, &search), let onHigh = walk(search.original.high, &search) else { return nil }
    return onLow == onHigh ? onLow : nil
  }

  private mutating func walk(_ wire: Int, _ search: inout PairSearch) -> Int? {
    guard top(wire) != nil else { return nil }
    let bit = wire == search.original.low ? 0 : 1
    for index in stacks[wire].reversed().prefix(Self.reach) where isAlive[index] {
      let node = nodes[index]
      if node.isPair, node.partner(of: wire) == search.original.partner(of: wire) { return index }
      if !node.axes(on: wire).isDisjoint(with: search.node.axes(on: wire)) { continue }
      guard case .local(let local) = node.kind, case .pair(let matrix) = search.node.kind else { return nil }
      search.node = Node(taking(local, matrix, bit: bit), low: search.node.low, high: search.node.high)
      search.taken.append(index)
    }
    return nil
  }

  /// A gate that looks for another: as it came, and with what it has taken up.
  private struct PairSearch {
    let original: Node
    var node: Node
    var taken: [Int] = []
    init(node: Node) { (original, self.node) = (node, node) }
  }

  // MARK: The result

  private func written(into netlist: Netlist) -> Netlist {
    var result = netlist
    result.nodes = []
    for (node, isAlive) in zip(nodes, isAlive) where isAlive { result.append(separated: node) }
    if isReversed { result.nodes.reverse() }
    result.add(phase: phase)
    return result
  }
}

extension Netlist {
  /// Adds a node; a gate on two wires that does not entangle them becomes one on each.
  fileprivate mutating func append(separated node: Node) {
    guard case .pair(let matrix) = node.kind, node.count.own == 0, let form = WeylForm(matrix),
      form.coordinates[0] < Limits.angleTolerance
    else { return nodes.append(node) }
    add(phase: form.phase)
    for (local, wire) in [(form.last.low * form.first.low, node.low), (form.last.high * form.first.high, node.high)] {
      if let phase = local.phaseOfIdentity { add(phase: phase) } else { nodes.append(Node(local, on: wire)) }
    }
  }
}
