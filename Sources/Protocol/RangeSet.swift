/// A set of circuit indices, kept as ascending ranges that neither touch nor overlap.
///
/// Ten thousand circuits of a job are one range until some are leased, so all operations are on few elements.
package struct RangeSet: Hashable, Sendable {
  package private(set) var ranges: [Range<Int>] = []
  /// How many indices are in the set.
  package private(set) var count = 0

  package init() {}

  package init(_ range: Range<Int>) { insert(range) }

  package var isEmpty: Bool { ranges.isEmpty }
  package var first: Range<Int>? { ranges.first }

  /// Adds a range.
  ///
  /// - Complexity: O(number of ranges).
  package mutating func insert(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    let start = firstIndex(endingAtOrAfter: range.lowerBound)
    var end = start
    var merged = range
    while end < ranges.count, ranges[end].lowerBound <= range.upperBound {
      merged = min(merged.lowerBound, ranges[end].lowerBound)..<max(merged.upperBound, ranges[end].upperBound)
      count -= ranges[end].count
      end += 1
    }
    ranges.replaceSubrange(start..<end, with: CollectionOfOne(merged))
    count += merged.count
  }

  /// Takes a range out.
  ///
  /// - Complexity: O(number of ranges).
  package mutating func remove(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    let start = firstIndex(endingAtOrAfter: range.lowerBound + 1)
    var end = start
    var kept: [Range<Int>] = []
    while end < ranges.count, ranges[end].lowerBound < range.upperBound {
      let old = ranges[end]
      count -= old.count
      if old.lowerBound < range.lowerBound { kept.append(old.lowerBound..<range.lowerBound) }
      if old.upperBound > range.upperBound { kept.append(range.upperBound..<old.upperBound) }
      end += 1
    }
    count += kept.reduce(0) { $0 + $1.count }
    ranges.replaceSubrange(start..<end, with: kept)
  }

  /// The parts of a range that are not in the set.
  package func gaps(in range: Range<Int>) -> [Range<Int>] {
    var gaps: [Range<Int>] = []
    var lower = range.lowerBound
    var index = firstIndex(endingAtOrAfter: range.lowerBound + 1)
    while index < ranges.count, ranges[index].lowerBound < range.upperBound {
      if ranges[index].lowerBound > lower { gaps.append(lower..<ranges[index].lowerBound) }
      lower = max(lower, ranges[index].upperBound)
      index += 1
    }
    if lower < range.upperBound { gaps.append(lower..<range.upperBound) }
    return gaps
  }

  package func contains(_ index: Int) -> Bool {
    let place = firstIndex(endingAtOrAfter: index + 1)
    return place < ranges.count && ranges[place].contains(index)
  }

  private func firstIndex(endingAtOrAfter bound: Int) -> Int {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < bound { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
