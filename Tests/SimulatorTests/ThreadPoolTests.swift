import Simulator
import TestSupport
import Testing

@Suite("the thread pool")
struct ThreadPoolTests {
  @Test("calls every part once, with any number of threads", arguments: [0, 1, 2, 7, 100], [1, 2, 3, 16])
  func everyPartOnce(partCount: Int, threadCount: Int) {
    let calls = Shared([Int](repeating: 0, count: partCount))
    ThreadPool.shared.run(partCount: partCount, threadCount: threadCount) { part in
      calls.update { $0[part] += 1 }
    }
    #expect(calls.current == [Int](repeating: 1, count: partCount))
  }

  @Test("cuts a range without gaps or overlaps", arguments: [UInt64(1), 2, 5, 64, 1000, 1 << 40])
  func ranges(count: UInt64) {
    let ranges = Shared([Range<UInt64>]())
    ThreadPool.shared.forEachRange(of: count, amplitudeCount: 1 << 20, threadCount: 3) { range in
      ranges.update { $0.append(range) }
    }
    let sorted = ranges.current.sorted { $0.lowerBound < $1.lowerBound }
    #expect(sorted.first?.lowerBound == 0)
    #expect(sorted.last?.upperBound == count)
    #expect(zip(sorted, sorted.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
  }

  @Test("the number of threads is one that is named, or the machine's cores")
  func namedCount() throws {
    #expect(try ThreadPool.threadCount(named: "3").get() == 3)
    #expect(try ThreadPool.threadCount(named: nil).get() >= 1)
    #expect(try ThreadPool.threadCount(named: "").get() == ThreadPool.threadCount(named: nil).get())
  }

  @Test("a number of threads that is none is refused with what is accepted", arguments: ["0", "-2", "two", "1e9", "1000000"])
  func refusedCount(text: String) {
    let error = #expect(throws: SimulatorError.self) { try ThreadPool.threadCount(named: text).get() }
    #expect(error?.code == .invalidArgument)
    #expect(error?.message.contains("KETWORK_THREADS is \"\(text)\"; 1 to") == true)
  }

  @Test("serves several callers at once")
  func severalCallers() async {
    let total = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          let sum = Shared(0)
          for _ in 0..<50 {
            ThreadPool.shared.run(partCount: 16, threadCount: 4) { part in sum.update { $0 += part } }
          }
          return sum.current
        }
      }
      return await group.reduce(0, +)
    }
    #expect(total == 8 * 50 * 120)
  }
}
