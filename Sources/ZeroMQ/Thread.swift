import CZeroMQ
import Glibc

/// A thread of the operating system that runs one closure, with all signals blocked, and then ends by itself.
///
/// Signals are left to the program's main thread: an interrupted socket call would only have to be repeated here.
enum Thread {
  /// Starts a thread.
  ///
  /// - Parameter name: At most 15 bytes are kept; debuggers and `top -H` show them.
  /// - Throws: ``ZeroMQError`` with code `system` when the process may not have another thread.
  static func start(_ name: String, _ body: @escaping @Sendable () -> Void) throws(ZeroMQError) {
    let box = unsafe Unmanaged.passRetained(Body(name: name, run: body))
    var thread = pthread_t()
    let status = unsafe pthread_create(
      &thread, nil,
      { argument in
        let body = unsafe Unmanaged<Body>.fromOpaque(argument!).takeRetainedValue()
        Thread.blockSignals()
        unsafe ketwork_set_thread_name(body.name)
        body.run()
        return nil
      }, unsafe box.toOpaque())
    guard status == 0 else {
      unsafe box.release()
      throw ZeroMQError(errorNumber: status, "starting the thread \(name)")
    }
    pthread_detach(thread)
  }

  private static func blockSignals() {
    var all = sigset_t()
    unsafe sigfillset(&all)
    _ = unsafe pthread_sigmask(SIG_BLOCK, &all, nil)
  }

  private final class Body: Sendable {
    let name: String
    let run: @Sendable () -> Void

    init(name: String, run: @escaping @Sendable () -> Void) {
      self.name = name
      self.run = run
    }
  }
}
