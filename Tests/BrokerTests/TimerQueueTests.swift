import Protocol
import TestSupport
import Testing

@testable import Broker

@Suite("Timers")
struct TimerQueueTests {
  @Test("come out in order, and those swept away do not come")
  func order() {
    var random = SplitMix(seed: 7)
    var queue = TimerQueue<Int>()
    let dues = (0..<500).map { _ in Int(random.next() % 100) }
    for (index, due) in dues.enumerated() { queue.insert(index, due: .seconds(due)) }
    queue.keep { $0.isMultiple(of: 3) }
    for (index, due) in dues.enumerated() where index.isMultiple(of: 5) { queue.insert(1_000 + index, due: .seconds(due)) }
    var found: [Int] = []
    while let element = queue.popDue(.seconds(50)) { found.append(element) }
    let expected = dues.indices.filter { $0.isMultiple(of: 3) } + dues.indices.filter { $0.isMultiple(of: 5) }.map { 1_000 + $0 }
    #expect(Set(found) == Set(expected.filter { dues[$0 % 1_000] <= 50 }))
    #expect(found.map { dues[$0 % 1_000] } == found.map { dues[$0 % 1_000] }.sorted())
    #expect(queue.count == expected.count - found.count)
  }

  @Test("of jobs that have ended are swept away when they are too many")
  func sweep() throws {
    var broker = try Harness { $0.finishedJobCount = 1 }
    broker.connectClient()
    for index in 0..<Limits.staleTimerCount + 16 {
      let job = try broker.submit(key: "\(index)", deadline: .seconds(86_400))
      broker.send(.cancel(job), from: Harness.client)
    }
    let alive = try broker.submit(key: "alive", deadline: .seconds(86_400))
    #expect(broker.state.timers.count > Limits.staleTimerCount)
    broker.pass(.milliseconds(100))
    #expect(broker.state.timers.count <= 2)
    #expect(try broker.status(alive).state == .queued)
  }
}
