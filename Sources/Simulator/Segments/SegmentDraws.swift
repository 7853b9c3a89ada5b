/// What shots find at the sites of a segment, drawn before it runs.
struct SegmentDraws {
  /// Shots that go through a segment together.
  struct Part {
    var shots: [UInt32]
    /// The outcome of each site; nil where a draw cannot be told without the state.
    var outcomes: [UInt8]?
  }

  /// A site where a shot does not have the first outcome.
  private struct Deviation: Hashable {
    var site: Int
    /// Nil where it cannot be told.
    var outcome: UInt8?
  }

  private let segment: Segment
  private let random: RandomStream
  /// The number of the first site in the circuit.
  private let first: Int

  init(_ segment: Segment, _ random: RandomStream, first: Int) {
    (self.segment, self.random, self.first) = (segment, random, first)
  }

  /// The shots by what they find, in the order of the first shot of each part.
  func parts(_ shots: [UInt32]) -> [Part] {
    let deviations = deviations(shots)
    if deviations.isEmpty { return [Part(shots: shots, outcomes: outcomes([]))] }
    var places: [[Deviation]: Int] = [:]
    var parts = [Part]()
    for (index, shot) in shots.enumerated() {
      let found = deviations[index] ?? []
      let outcomes = outcomes(found)
      let key = outcomes == nil ? [Deviation(site: 0, outcome: nil)] : found
      if let place = places[key] {
        parts[place].shots.append(shot)
      } else {
        places[key] = parts.count
        parts.append(Part(shots: [shot], outcomes: outcomes))
      }
    }
    return parts
  }

  private func outcomes(_ deviations: [Deviation]) -> [UInt8]? {
    var result = [UInt8](repeating: 0, count: segment.sites.count)
    for deviation in deviations {
      guard let outcome = deviation.outcome else { return nil }
      result[deviation.site] = outcome
    }
    return result
  }

  /// What each shot finds that deviates, by its place among the shots.
  private func deviations(_ shots: [UInt32]) -> [Int: [Deviation]] {
    var result: [Int: [Deviation]] = [:]
    for (index, bound) in segment.bounds.enumerated() {
      eachDraw(shots, site: UInt32(first + index), from: bound) { place, draw in
        result[place, default: []].append(Deviation(site: index, outcome: segment.sites[index].outcome(draw)))
      }
    }
    return result
  }

  /// Calls a body with every draw that is not below a bound, and the place of its shot.
  private func eachDraw(_ shots: [UInt32], site: UInt32, from bound: UInt64, _ body: (Int, UInt64) -> Void) {
    if shots.count <= Limits.singleDrawCount {
      for (place, shot) in shots.enumerated() {
        let draw = random.draw(shot: shot, site: site)
        if draw >= bound { body(place, draw) }
      }
    } else {
      for (place, draw) in random.draws(shots: shots, site: site).enumerated() where draw >= bound { body(place, draw) }
    }
  }
}
