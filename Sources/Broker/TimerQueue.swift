/// Moments at which something is due, earliest first.
///
/// An entry is not taken out when its reason goes away: whoever gets it looks whether it still holds.
struct TimerQueue<Element: Sendable>: Sendable {
  private var heap: [(due: Duration, element: Element)] = []

  var count: Int { heap.count }

  mutating func insert(_ element: Element, due: Duration) {
    heap.append((due, element))
    var child = heap.count - 1
    while child > 0, heap[child].due < heap[(child - 1) / 2].due {
      heap.swapAt(child, (child - 1) / 2)
      child = (child - 1) / 2
    }
  }

  /// The earliest entry that is due, taken out.
  mutating func popDue(_ now: Duration) -> Element? {
    guard let first = heap.first, first.due <= now else { return nil }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      siftDown()
    }
    return first.element
  }

  /// Takes out every entry whose reason has gone away.
  mutating func keep(where isLive: (Element) -> Bool) {
    // Sorted entries are a heap.
    heap = heap.filter { isLive($0.element) }.sorted { $0.due < $1.due }
  }

  private mutating func siftDown() {
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].due < heap[least].due { least = child }
      guard least != parent else { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
