import Glibc
import TestSupport
import Testing
import ZeroMQ

@Suite struct SocketLoopTests {
  @Test("every method of a loop's actor runs on the loop's one thread")
  func oneThread() async throws {
    let counter = try Counter()
    try await withThrowingTaskGroup(of: pthread_t.self) { group in
      for _ in 0..<200 { group.addTask { await counter.increment() } }
      var threads: Set<pthread_t> = []
      for try await thread in group { threads.insert(thread) }
      #expect(threads.count == 1)
    }
    #expect(await counter.count == 200)
    #expect(await counter.isOnLoop)
    #expect(!counter.loop.isCurrent)
  }

  @Test("wake-up calls from many tasks lose nothing", arguments: 1...5)
  func noneLost(_ round: Int) async throws {
    let counter = try Counter()
    await withTaskGroup { group in
      for _ in 0..<32 {
        group.addTask {
          for _ in 0..<100 {
            _ = await counter.increment()
            await Task.yield()
          }
        }
      }
    }
    #expect(await counter.count == 3200)
  }

  @Test("posted closures run in the order of one thread's posts")
  func order() async throws {
    let loop = try SocketLoop(name: "order")
    let seen = Shared<[Int]>([])
    await withCheckedContinuation { continuation in
      for number in 0..<1000 { loop.post { seen.update { $0.append(number) } } }
      loop.post { continuation.resume() }
    }
    #expect(seen.current == Array(0..<1000))
  }

  @Test("a loop's router answers its peers in the actor's isolation")
  func echo() async throws {
    let echo = try Echo()
    let endpoint = try await echo.start()
    try exchange(endpoint, count: 1000)
    await echo.stop()
    #expect(await echo.answered == 1000)
  }

  @Test("jobs and messages share the thread: neither waits for the other to end")
  func fairness() async throws {
    let echo = try Echo()
    let endpoint = try await echo.start()
    let isDone = Shared(false)
    await withThrowingTaskGroup { group in
      group.addTask {
        while !isDone.current { _ = await echo.answered }
      }
      group.addTask {
        try exchange(endpoint, count: 500)
        isDone.update { $0 = true }
      }
    }
    #expect(await echo.answered == 500)
    await echo.stop()
  }

  @Test("timers fire in the order of their times, and not before them")
  func timers() async throws {
    let loop = try SocketLoop(name: "timers")
    let seen = Shared<[Int]>([])
    let start = loop.now
    let end: Duration = await withCheckedContinuation { continuation in
      loop.post {
        for delay in [5, 1, 3, 1] {
          loop.schedule(at: start + .milliseconds(delay)) { seen.update { $0.append(delay) } }
        }
        let cancelled = loop.schedule(at: start + .milliseconds(2)) { seen.update { $0.append(-1) } }
        loop.cancel(cancelled)
        loop.schedule(at: start + .milliseconds(7)) { continuation.resume(returning: loop.now) }
      }
    }
    #expect(seen.current == [1, 1, 3, 5])
    #expect(end >= start + .milliseconds(7))
  }

  @Test("timers follow the clock that was passed in")
  func virtualClock() async throws {
    let time = Shared(Duration.zero)
    let loop = try SocketLoop(name: "virtual") { time.current }
    let fired = Shared(false)
    loop.post { loop.schedule(at: .seconds(3600)) { fired.update { $0 = true } } }
    await turn(loop)
    #expect(!fired.current)
    time.update { $0 = .seconds(3600) }
    await turn(loop)
    await turn(loop)
    #expect(fired.current)
  }

  @Test("the end-of-turn handler runs after the turn's work")
  func endOfTurn() async throws {
    let loop = try SocketLoop(name: "turns")
    let log = Shared<[String]>([])
    await withCheckedContinuation { continuation in
      loop.post {
        loop.setEndOfTurn {
          log.update { $0.append("end") }
          loop.setEndOfTurn(nil)
          continuation.resume()
        }
        log.update { $0.append("work") }
      }
    }
    #expect(log.current == ["work", "end"])
  }

  @Test("a socket that could not send is told when it can")
  func writable() async throws {
    let loop = try SocketLoop(name: "writable")
    let listener = try Socket(.pull)
    let endpoint = try listener.bind("tcp://127.0.0.1:*")
    await withCheckedContinuation { continuation in
      loop.post {
        do {
          let push = loop.attach(try Socket(.push), onMessage: { _ in }, onFailure: { Issue.record("\($0)") })
          #expect(try push.send([Frame([1])]) == .wouldBlock)
          push.whenWritable {
            expectSent([[1]], on: push)
            continuation.resume()
          }
          try push.connect(endpoint)
        } catch {
          Issue.record("\(error)")
          continuation.resume()
        }
      }
    }
    let frames = try next(listener)
    #expect(frames.map(\.contents) == [[1]])
    await loop.stop()
  }

  @Test("a stopped loop has closed its sockets and still runs its actors' jobs")
  func stop() async throws {
    let echo = try Echo()
    let endpoint = try await echo.start()
    try exchange(endpoint, count: 1)
    await echo.stop()
    #expect(await echo.isClosed)
    // The port is free again, soon: libzmq's I/O thread closes it.
    let end = ContinuousClock.now + patience
    var isFree = false
    while !isFree && ContinuousClock.now < end {
      isFree = try canBind(endpoint)
      await Task.yield()
    }
    #expect(isFree)
  }

  @Test("a loop that nobody holds ends its thread and lets its actor go")
  func release() async throws {
    weak var weakLoop: SocketLoop?
    weak var weakEcho: Echo?
    do {
      let echo = try Echo()
      _ = try await echo.start()
      await echo.stop()
      (weakLoop, weakEcho) = (echo.loop, echo)
    }
    let end = ContinuousClock.now + patience
    while weakLoop != nil && ContinuousClock.now < end { await Task.yield() }
    #expect(weakEcho == nil)
    #expect(weakLoop == nil)
  }

  @Test("what a loop ran last is let go, and its captures with it")
  func releaseOfWork() async throws {
    final class Capture: Sendable {}
    let loop = try SocketLoop(name: "rest")
    weak var weakCapture: Capture?
    do {
      let capture = Capture()
      weakCapture = capture
      // Longer than a turn, after which the loop polls before it looks for more.
      loop.post {
        let end = ContinuousClock.now + Limits.jobTimePerTurn * 2
        while ContinuousClock.now < end { withExtendedLifetime(capture) {} }
      }
    }
    let end = ContinuousClock.now + patience
    while weakCapture != nil && ContinuousClock.now < end { await Task.yield() }
    #expect(weakCapture == nil)
    // The loop is still there.
    #expect(!loop.isCurrent)
  }

  @Test("a socket used off its loop's thread stops the program")
  func wrongThread() async {
    await #expect(processExitsWith: .failure) {
      let loop = try SocketLoop(name: "strict")
      _ = loop.attach(try Socket(.pull), onMessage: { _ in }, onFailure: { _ in })
    }
  }

  @Test("a loop's monitor reports on the loop's thread")
  func monitor() async throws {
    let loop = try SocketLoop(name: "monitor")
    let event: MonitorEvent = await withCheckedContinuation { continuation in
      loop.post {
        do {
          let router = loop.attach(try Socket(.router), onMessage: { _ in }, onFailure: { Issue.record("\($0)") })
          try router.monitor { event in
            #expect(loop.isCurrent)
            if event.kind == .listening { continuation.resume(returning: event) }
          }
          try router.bind("tcp://127.0.0.1:*")
        } catch {
          Issue.record("\(error)")
        }
      }
    }
    #expect(event.endpoint.hasPrefix("tcp://127.0.0.1:"))
    await loop.stop()
  }

  /// Sends questions to an endpoint and takes as many answers.
  private func exchange(_ endpoint: String, count: Int) throws {
    let dealer = try Socket(.dealer)
    try dealer.connect(endpoint)
    for number in 0..<count { try say("\(number)", on: dealer) }
    for number in 0..<count { #expect(try next(dealer).map(\.text) == ["\(number)"]) }
  }

  private func canBind(_ endpoint: String) throws -> Bool {
    let socket = try Socket(.router)
    do throws(ZeroMQError) {
      try socket.bind(endpoint)
      return true
    } catch {
      try #require(error.code == .addressInUse)
      return false
    }
  }

  private func turn(_ loop: SocketLoop) async {
    await withCheckedContinuation { continuation in loop.post { continuation.resume() } }
  }
}

/// Sends a message in a closure that may not throw.
private func expectSent(_ frames: [[UInt8]], on socket: LoopSocket) {
  do {
    let result = try socket.send(frames.map { try Frame($0) })
    #expect(result == .sent)
  } catch {
    Issue.record("\(error)")
  }
}

private actor Counter {
  nonisolated let loop: SocketLoop
  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
  private(set) var count = 0
  var isOnLoop: Bool { loop.isCurrent }

  init() throws { loop = try SocketLoop(name: "counter") }

  func increment() -> pthread_t {
    count += 1
    return pthread_self()
  }
}

private actor Echo {
  nonisolated let loop: SocketLoop
  nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
  private var socket: LoopSocket?
  private(set) var answered = 0
  var isClosed: Bool { socket?.isClosed ?? true }

  init() throws { loop = try SocketLoop(name: "echo") }

  func start() throws -> String {
    let socket = loop.attach(try Socket(.router)) { [weak self] frames in
      self?.assumeIsolated { $0.answer(frames) }
    } onFailure: {
      Issue.record("\($0)")
    }
    self.socket = socket
    return try socket.bind("tcp://127.0.0.1:*")
  }

  func stop() async { await loop.stop() }

  private func answer(_ frames: [Frame]) {
    if let socket { expectSent(frames.map(\.contents), on: socket) }
    answered += 1
  }
}
