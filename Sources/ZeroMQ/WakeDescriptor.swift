import CZeroMQ
import Glibc

/// An event descriptor: one end of a wake-up call that any thread may make and one thread polls for.
///
/// Calls coalesce and never block. An in-process socket could not do this, because it belongs to one sending thread, and Swift's
/// tasks change theirs.
struct WakeDescriptor: ~Copyable, Sendable {
  let descriptor: Int32

  init() throws(ZeroMQError) {
    descriptor = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
    guard descriptor >= 0 else { throw ZeroMQError(errorNumber: errno, "opening an event descriptor") }
  }

  deinit { close(descriptor) }

  /// Makes the descriptor readable.
  borrowing func signal() {
    while eventfd_write(descriptor, 1) < 0 {
      // EAGAIN: 2⁶⁴ − 2 calls wait already, and one is enough.
      guard errno == EINTR else { return }
    }
  }

  /// Makes the descriptor unreadable until the next call.
  borrowing func clear() {
    var count: eventfd_t = 0
    while unsafe eventfd_read(descriptor, &count) < 0 {
      guard errno == EINTR else { return }
    }
  }
}
