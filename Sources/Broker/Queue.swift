/// Elements that come out in the order in which they went in.
struct Queue<Element: Sendable>: Sendable {
  private var elements: [Element] = []
  private var start = 0

  var count: Int { elements.count - start }
  var first: Element? { start < elements.count ? elements[start] : nil }

  mutating func append(_ element: Element) { elements.append(element) }

  mutating func removeFirst() {
    start += 1
    // What was taken is thrown away when it is half of everything, so that each removal costs a constant on average.
    guard start * 2 > elements.count else { return }
    elements.removeFirst(start)
    start = 0
  }

  /// Drops what is of no more use.
  mutating func keep(where isNeeded: (Element) -> Bool) {
    elements = elements[start...].filter(isNeeded)
    start = 0
  }
}
