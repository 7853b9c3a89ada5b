internal import Dispatch
internal import Simulator

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#endif

/// Interrupt and termination, as something to wait for.
enum Signals {
  /// Runs a body until it ends or the process is told to end; then `stop` is called and the body's task cancelled.
  ///
  /// The signals are watched before the body begins, so none is lost that answers something the body prints.
  ///
  /// - Parameter stop: Asks the body to end well.
  static func interruptible<Value: Sendable>(
    _ body: @escaping @Sendable () async throws -> Value, onSignal stop: @escaping @Sendable () async -> Void = {}
  ) async throws -> Value {
    let (signals, continuation) = AsyncStream<Void>.makeStream()
    let sources = [SIGINT, SIGTERM].map(source)
    defer { for source in sources { source.cancel() } }
    for source in sources { await activate(source) { continuation.yield() } }
    let task = Task { try await body() }
    let watcher = Task {
      for await _ in signals {
        await stop()
        task.cancel()
      }
    }
    defer { watcher.cancel() }
    return try await task.value
  }

  /// Runs a body that looks at a flag, which is set when the process is told to end.
  static func stopping<Value>(_ body: (StopFlag) throws -> Value) rethrows -> Value {
    let flag = StopFlag()
    let sources = [SIGINT, SIGTERM].map(source)
    for source in sources {
      source.setEventHandler { flag.set() }
      source.activate()
    }
    defer {
      for source in sources { source.cancel() }
      for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    }
    return try body(flag)
  }

  private static func activate(_ source: any DispatchSourceSignal, _ handler: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { continuation in
      source.setEventHandler(handler: handler)
      source.setRegistrationHandler { continuation.resume() }
      source.activate()
    }
  }

  /// The signal no longer ends the process; it is delivered to the source.
  private static func source(_ number: Int32) -> any DispatchSourceSignal {
    signal(number, SIG_IGN)
    return DispatchSource.makeSignalSource(signal: number, queue: .global())
  }
}
