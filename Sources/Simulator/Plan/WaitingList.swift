/// The operations of a circuit that wait, in order: a list from which any is taken out at once.
struct WaitingList {
  /// The first that waits; −1 at the end.
  private(set) var first: Int
  private var following: [Int]
  private(set) var count: Int

  init(_ indices: [Int], of total: Int) {
    following = [Int](repeating: -1, count: total)
    first = indices.first ?? -1
    count = indices.count
    for place in indices.indices.dropLast() { following[indices[place]] = indices[place + 1] }
  }

  /// What waits behind one of them.
  func next(_ index: Int) -> Int { following[index] }

  /// Takes out the one behind `previous`, or the first for −1.
  mutating func remove(after previous: Int) {
    count -= 1
    if previous < 0 {
      first = following[first]
    } else {
      following[previous] = following[following[previous]]
    }
  }
}
