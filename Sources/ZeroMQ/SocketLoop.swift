import Synchronization

/// One thread that polls sockets, runs timers and is the executor of the actors that name it.
///
/// An actor that names a loop shares the thread with the loop's sockets, so that its state, sockets and timers need no locks:
///
///     actor Echo {
///       let loop: SocketLoop
///       nonisolated var unownedExecutor: UnownedSerialExecutor { loop.asUnownedSerialExecutor() }
///       private var socket: LoopSocket?
///
///       func start() throws {
///         let socket = try loop.attach(Socket(.router)) { [weak self] frames in
///           self?.assumeIsolated { $0.answer(frames) }
///         } onFailure: { … }
///         try socket.bind("tcp://127.0.0.1:*")
///         self.socket = socket
///       }
///     }
///
/// A turn of the loop: poll; at most ``Limits/messagesPerTurn`` messages of each socket; jobs for at most
/// ``Limits/jobTimePerTurn``; timers that are due; the end-of-turn handler. Nothing on the loop may block.
///
/// The thread runs as long as the loop exists, so that a job handed to it always runs; ``stop()`` closes the sockets and drops
/// timers and handlers, which is also what breaks the cycles that their closures make. All signals are blocked on it.
public final class SocketLoop: SerialExecutor, Sendable {
  private let reactor: Reactor

  /// Starts a loop on a new thread.
  ///
  /// - Parameters:
  ///   - name: The thread's name, of which 15 bytes are kept.
  ///   - clock: Monotonic time since any fixed origin.
  /// - Throws: ``ZeroMQError`` when no thread or no descriptor can be had.
  public init(name: String, clock: @escaping @Sendable () -> Duration = MonotonicClock.now) throws(ZeroMQError) {
    reactor = try Reactor(clock: clock)
    reactor.setLoop(self)
    try Thread.start(name) { [reactor] in reactor.run() }
  }

  deinit { reactor.end() }

  /// Monotonic time since a fixed origin, by the loop's clock.
  public var now: Duration { reactor.clock() }

  /// Whether the caller runs on the loop's thread.
  public var isCurrent: Bool { reactor.isCurrent }

  // MARK: Executor

  /// Takes a job of an actor; the concurrency runtime calls this.
  public func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    reactor.enqueue(.job(job))
  }

  /// Stops the program unless the caller runs on the loop's thread; `assumeIsolated` calls this.
  public func checkIsolated() {
    precondition(isCurrent, "not on the thread of this socket loop")
  }

  /// Whether the caller may touch what the loop's actors isolate.
  public func isIsolatingCurrentContext() -> Bool? { isCurrent }

  /// Runs a closure on the loop's thread soon, after what was enqueued before; callable from any thread.
  public func post(_ body: @escaping @Sendable () -> Void) {
    reactor.enqueue(.post(body))
  }

  // MARK: Sockets and timers, on the loop's thread only

  /// Takes over a socket and passes its messages to a handler.
  ///
  /// - Parameters:
  ///   - socket: A socket that no other thread has used, or that was handed over by way of this call's thread.
  ///   - onMessage: Gets each message, on the loop's thread.
  ///   - onFailure: Gets the error that makes the socket useless, such as the end of its context; the socket is closed then.
  /// - Returns: The socket's face on the loop.
  public func attach(
    _ socket: consuming Socket, onMessage: @escaping @Sendable ([Frame]) -> Void,
    onFailure: @escaping @Sendable (ZeroMQError) -> Void
  ) -> LoopSocket {
    checkIsolated()
    return reactor.attach(LoopSocket(socket, reactor: reactor, onMessage: onMessage, onFailure: onFailure))
  }

  /// Runs a closure on the loop's thread at a given time of its clock, not earlier.
  ///
  /// - Complexity: O(timers); a loop has a handful.
  @discardableResult
  public func schedule(at time: Duration, _ body: @escaping @Sendable () -> Void) -> LoopTimer {
    checkIsolated()
    return reactor.schedule(at: time, body)
  }

  /// Takes back a timer; one that has fired is ignored.
  public func cancel(_ timer: LoopTimer) {
    checkIsolated()
    reactor.cancel(timer)
  }

  /// Sets what runs at the end of each turn, such as flushing what the turn has gathered.
  public func setEndOfTurn(_ body: (@Sendable () -> Void)?) {
    checkIsolated()
    reactor.endOfTurn = body
  }

  /// Closes the loop's sockets and drops its timers and handlers; jobs of actors still run.
  public func stop() async {
    await withCheckedContinuation { continuation in
      post { [reactor] in
        reactor.closeAll()
        continuation.resume()
      }
    }
  }
}
