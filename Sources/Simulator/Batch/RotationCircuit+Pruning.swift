/// A part of a circuit's observables, and the rotations on which it depends: the strings' light cone.
struct LightConePart {
  /// Indices of rotations, ascending.
  var rotations: [Int]
  /// Indices of strings.
  var terms: [Int]
}

extension RotationCircuit {
  /// The rotations on which strings depend.
  ///
  /// Left out is a rotation that can be taken to the end of the circuit and commutes with all strings there, and one that can be taken to the
  /// start and does nothing to |0…0⟩ but a phase.
  ///
  /// - Complexity: O(rotations²) at worst.
  func lightCone(of terms: [Int]) -> [Int] { lightCone(seenBy: terms.map { (self.terms[$0].x, self.terms[$0].z) }) }

  /// The same for strings that need not be the circuit's terms.
  func lightCone(seenBy strings: [(x: UInt64, z: UInt64)]) -> [Int] {
    var kept = [Int]()
    for index in rotations.indices.reversed() {
      let rotation = rotations[index]
      let isSeen = strings.contains { !SignedPauli.commute((rotation.x, rotation.z), $0) }
      if isSeen || kept.contains(where: { !rotations[$0].commutes(with: rotation) }) { kept.append(index) }
    }
    var result = [Int]()
    for index in kept.reversed()
    where rotations[index].x != 0 || result.contains(where: { !rotations[$0].commutes(with: rotations[index]) }) {
      result.append(index)
    }
    return result
  }

  /// The strings in parts whose states are small: strings share a part where that costs less than two.
  ///
  /// Where each string depends on few qubits, many small states are less work than one large one.
  ///
  /// - Parameter leastBits: Coordinates that a state takes at least; 0 where states of a few qubits are not to be told from each other.
  func parts(leastBits: Int = 0) -> [LightConePart] {
    let whole = LightConePart(rotations: lightCone(of: Array(terms.indices)), terms: Array(terms.indices))
    guard terms.count * rotations.count * rotations.count <= Limits.lightConeWork else { return [whole] }
    var parts = [LightConePart]()
    for term in terms.indices {
      let cone = lightCone(of: [term])
      if let place = parts.firstIndex(where: { $0.rotations == cone }) {
        parts[place].terms.append(term)
      } else {
        parts.append(LightConePart(rotations: cone, terms: [term]))
      }
    }
    merge(&parts, leastBits)
    return cost(parts, leastBits: leastBits) < cost(whole, leastBits) ? parts : [whole]
  }

  /// Puts parts together as long as two are cheaper as one.
  private func merge(_ parts: inout [LightConePart], _ leastBits: Int) {
    var costs = parts.map { cost($0, leastBits) }
    var first = 0
    while first < parts.count {
      var second = first + 1
      while second < parts.count {
        let both = LightConePart(
          rotations: Array(Set(parts[first].rotations).union(parts[second].rotations)).sorted(),
          terms: parts[first].terms + parts[second].terms)
        let cost = cost(both, leastBits)
        if cost < costs[first] + costs[second] {
          (parts[first], costs[first]) = (both, cost)
          parts.remove(at: second)
          costs.remove(at: second)
          second = first + 1
        } else {
          second += 1
        }
      }
      first += 1
    }
  }

  /// Multiply-adds of all parts, about.
  func cost(_ parts: [LightConePart], leastBits: Int) -> Double { parts.reduce(0) { $0 + cost($1, leastBits) } }

  /// Multiply-adds, about: rotations on all amplitudes, and what each rotation and string costs whatever the state is.
  private func cost(_ part: LightConePart, _ leastBits: Int) -> Double {
    var span = BinaryEchelon()
    for index in part.rotations { _ = span.insert(rotations[index].x) }
    let amplitudes = Double(sign: .plus, exponent: max(span.rank, leastBits), significand: 1)
    let applied = max(0, part.rotations.count - span.rank)
    return amplitudes * Double(applied + Limits.laneSumCost) + Double(Limits.laneBindCost * part.rotations.count)
  }
}
