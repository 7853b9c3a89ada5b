/// How often each of some basis states, or outcomes that fit a word, came: ascending, none twice.
package struct StateCounts: Hashable, Sendable {
  /// The basis states.
  package private(set) var states: [UInt64]
  /// How often each of them came, at least once.
  package private(set) var counts: [UInt64]

  /// No counts.
  package init() { (states, counts) = ([], []) }

  /// Takes parts of a list, whose states ascend from part to part.
  init(states: UnsafePointer<UInt64>, counts: UnsafePointer<UInt32>, parts: [Range<Int>]) {
    let total = parts.reduce(0) { $0 + $1.count }
    self.init()
    self.states.reserveCapacity(total)
    self.counts.reserveCapacity(total)
    for part in parts {
      unsafe self.states.append(contentsOf: UnsafeBufferPointer(start: states + part.lowerBound, count: part.count))
      for place in part { unsafe self.counts.append(UInt64(counts[place])) }
    }
  }

  /// Takes states in any order, some perhaps more than once, with how often each came.
  package init(states: [UInt64], counts: [UInt64]) {
    precondition(states.count == counts.count, "\(states.count) states with \(counts.count) counts")
    (self.states, self.counts) = (states, counts)
    if zip(states, states.dropFirst()).contains(where: { $0 > $1 }) { sort() }
    merge()
  }

  /// Sorts by digits from the lowest: as many passes as the largest state has digits, no comparison.
  private mutating func sort() {
    let bitCount = UInt64.bitWidth - (states.max() ?? 0).leadingZeroBitCount
    let digitCount = (bitCount + Limits.digitBitCount - 1) / Limits.digitBitCount
    let digitBits = UInt64((bitCount + digitCount - 1) / digitCount)
    let mask = UInt64(1) << digitBits - 1
    var (sortedStates, sortedCounts) = (states, counts)
    for digit in 0..<UInt64(digitCount) {
      let shift = digit * digitBits
      var places = [Int](repeating: 0, count: Int(mask) + 2)
      for state in states { places[Int(state >> shift & mask) + 1] += 1 }
      for place in 1..<places.count { places[place] += places[place - 1] }
      for index in states.indices {
        let place = Int(states[index] >> shift & mask)
        sortedStates[places[place]] = states[index]
        sortedCounts[places[place]] = counts[index]
        places[place] += 1
      }
      swap(&states, &sortedStates)
      swap(&counts, &sortedCounts)
    }
  }

  /// Makes one of neighbours that are equal.
  private mutating func merge() {
    var last = -1
    for index in states.indices {
      if last >= 0, states[last] == states[index] {
        counts[last] += counts[index]
      } else {
        last += 1
        (states[last], counts[last]) = (states[index], counts[index])
      }
    }
    states.removeSubrange((last + 1)...)
    counts.removeSubrange((last + 1)...)
  }
}
