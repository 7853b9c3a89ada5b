/// Which outcome each 64-bit draw chooses.
struct OutcomeDraws: Sendable {
  /// A draw chooses the first outcome, in this order, whose bound it is below.
  private let bounds: [(bound: UInt64, outcome: UInt8)]
  private let last: UInt8

  /// - Parameters:
  ///   - probabilities: They add up to 1, but for rounding.
  ///   - startsWithLast: Whether the last outcome comes first, as of a measurement 1 does.
  init(_ probabilities: [Double], startsWithLast: Bool = false) {
    let indices = Array(probabilities.indices)
    let order = (startsWithLast ? indices.reversed() : indices).filter { probabilities[$0] > 0 }
    let chosen = order.dropLast()
    bounds = zip(RandomStream.bounds(chosen.map { probabilities[$0] }), chosen).map { (bound: $0, outcome: UInt8($1)) }
    last = UInt8(order.last ?? 0)
  }

  func outcome(_ draw: UInt64) -> UInt8 { bounds.first { draw < $0.bound }?.outcome ?? last }

  func outcomes(_ draws: [UInt64]) -> [UInt8] { draws.map(outcome) }

  /// The shots of each outcome that any of them found.
  static func grouped(_ shots: [UInt32], by outcomes: [UInt8]) -> [(Int, [UInt32])] {
    guard let first = outcomes.first else { return [] }
    if outcomes.allSatisfy({ $0 == first }) { return [(Int(first), shots)] }
    var groups = [[UInt32]](repeating: [], count: 1 + Int(outcomes.max() ?? 0))
    for (shot, outcome) in zip(shots, outcomes) { groups[Int(outcome)].append(shot) }
    return groups.enumerated().filter { !$0.element.isEmpty }.map { ($0.offset, $0.element) }
  }
}
