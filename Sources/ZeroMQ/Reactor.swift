import CZeroMQ
import Glibc
import Synchronization

/// The thread behind a ``SocketLoop``.
@safe
final class Reactor: @unchecked Sendable {
  // Proof of safety: `inbox`, `wake`, `thread`, `callers` and `clock` may be used by any thread. The variables below them are touched only
  // by the loop's thread: the public functions that lead to them check that first.

  /// Something to run.
  enum Work {
    case job(UnownedJob)
    case post(@Sendable () -> Void)
  }

  private struct Inbox {
    var work: [Work] = []
    /// Whether a wake-up call was made since the work was last taken.
    var isSignalled = false
    var isEnding = false
    weak var loop: SocketLoop?
  }

  private let inbox = Lock(Inbox())
  private let wake: WakeDescriptor
  private let thread = Atomic<UInt>(0)
  /// Calls of ``enqueue(_:)`` that have not returned.
  private let callers = Atomic<Int>(0)
  let clock: @Sendable () -> Duration

  private var sockets: [LoopSocket] = []
  /// What was polled last: the wake descriptor, then `polled` in order.
  private var items: [zmq_pollitem_t] = unsafe []
  private var polled: [LoopSocket] = []
  private var isPolledStale = true
  private var backlog: ArraySlice<Work> = []
  /// The timers, soonest first. A loop has a handful, so an ordered array beats a heap.
  private var timers: [(timer: LoopTimer, body: @Sendable () -> Void)] = []
  private var timerCount = 0
  var endOfTurn: (@Sendable () -> Void)?

  init(clock: @escaping @Sendable () -> Duration) throws(ZeroMQError) {
    wake = try WakeDescriptor()
    self.clock = clock
  }

  // MARK: Any thread

  /// Says whose executor the thread is.
  func setLoop(_ loop: SocketLoop) {
    inbox.withLock { $0.loop = loop }
  }

  var isCurrent: Bool { thread.load(ordering: .relaxed) == pthread_self() }

  func checkIsCurrent() {
    precondition(isCurrent, "a loop's socket or timer was used on another thread")
  }

  /// Hands work to the thread.
  ///
  /// A job may let the loop go before this returns, and the concurrency runtime holds neither loop nor reactor meanwhile: so the thread, which
  /// does, ends after it.
  func enqueue(_ work: Work) {
    callers.add(1, ordering: .relaxed)
    defer { callers.subtract(1, ordering: .releasing) }
    let mustSignal = inbox.withLock { inbox in
      inbox.work.append(work)
      defer { inbox.isSignalled = true }
      return !inbox.isSignalled
    }
    // The thread itself looks into the inbox before it polls.
    if mustSignal, !isCurrent { wake.signal() }
  }

  /// Lets the thread end; nobody can hand it anything any more.
  func end() {
    inbox.withLock { $0.isEnding = true }
    wake.signal()
  }

  // MARK: The loop's thread

  /// Runs turn after turn until the loop is gone.
  func run() {
    thread.store(pthread_self(), ordering: .relaxed)
    while !isEnding {
      poll()
      serveSockets()
      runWork()
      fireTimers()
      endOfTurn?()
    }
    closeAll()
    while callers.load(ordering: .acquiring) > 0 { sched_yield() }
    // A closed socket that was polled last would keep this reactor, and this reactor it.
    polled = []
    unsafe items = []
  }

  func attach(_ socket: LoopSocket) -> LoopSocket {
    sockets.append(socket)
    isPolledStale = true
    return socket
  }

  func detach(_ socket: LoopSocket) {
    sockets.removeAll { $0 === socket }
    isPolledStale = true
  }

  /// Notes that a socket wants to be polled for something else.
  func interestChanged() {
    isPolledStale = true
  }

  func schedule(at time: Duration, _ body: @escaping @Sendable () -> Void) -> LoopTimer {
    let timer = LoopTimer(time: time, number: timerCount)
    timerCount += 1
    let position = timers.firstIndex { timer.isBefore($0.timer) } ?? timers.endIndex
    timers.insert((timer, body), at: position)
    return timer
  }

  func cancel(_ timer: LoopTimer) {
    timers.removeAll { $0.timer == timer }
  }

  func closeAll() {
    for socket in sockets { socket.close() }
    timers = []
    endOfTurn = nil
  }

  private var isEnding: Bool {
    backlog.isEmpty && inbox.withLock { $0.isEnding && $0.work.isEmpty }
  }

  // MARK: One turn

  private func poll() {
    if isPolledStale { rebuildItems() }
    let status = unsafe zmq_poll(&items, Int32(items.count), pollMilliseconds)
    guard status < 0 else { return }
    let errorNumber = zmq_errno()
    for index in unsafe items.indices { unsafe items[index].revents = 0 }
    guard errorNumber != EINTR else { return }
    let error = ZeroMQError(errorNumber: errorNumber, "polling \(polled.count) sockets")
    precondition(error.code == .contextTerminated, "\(error)")
    for socket in polled { socket.fail(error) }
  }

  private func rebuildItems() {
    polled = sockets
    unsafe items = [zmq_pollitem_t(socket: nil, fd: wake.descriptor, events: Int16(ZMQ_POLLIN), revents: 0)]
    for socket in polled { unsafe items.append(socket.pollItem) }
    isPolledStale = false
  }

  private var pollMilliseconds: Int {
    guard backlog.isEmpty, inbox.withLock({ $0.work.isEmpty }) else { return 0 }
    guard let next = timers.first?.timer.time else { return -1 }
    return Int(max(next - clock(), .zero).wholeMilliseconds)
  }

  private func serveSockets() {
    if unsafe items[0].revents != 0 { wake.clear() }
    // A handler may close any socket: a closed one has nothing to take and nobody to tell.
    for (index, socket) in polled.enumerated() {
      let events = unsafe Int32(items[index + 1].revents)
      if events & ZMQ_POLLIN != 0 { socket.drain() }
      if events & ZMQ_POLLOUT != 0 { socket.becameWritable() }
    }
  }

  /// Runs jobs and closures in the order in which they came, until there are none or their time is up.
  private func runWork() {
    let end = clock() + Limits.jobTimePerTurn
    repeat {
      if backlog.isEmpty { backlog = takeInbox() }
      guard let work = backlog.popFirst() else { return }
      // A slice keeps what was taken off it: a loop that rests would keep the captures of what it ran, and they perhaps the loop.
      if backlog.isEmpty { backlog = [] }
      switch work {
      case .post(let body): body()
      case .job(let job): run(job)
      }
    } while clock() < end
  }

  private func takeInbox() -> ArraySlice<Work> {
    inbox.withLock { inbox in
      defer { inbox.work = [] }
      inbox.isSignalled = false
      return inbox.work[...]
    }
  }

  private func run(_ job: UnownedJob) {
    // A job keeps its actor alive, and the actor its executor.
    guard let loop = inbox.withLock({ $0.loop }) else { preconditionFailure("a job outlived its executor") }
    unsafe job.runSynchronously(on: loop.asUnownedSerialExecutor())
  }

  private func fireTimers() {
    let now = clock()
    let due = timers.prefix { $0.timer.time <= now }
    timers.removeFirst(due.count)
    for entry in due { entry.body() }
  }
}
