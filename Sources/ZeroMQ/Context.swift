import CZeroMQ

/// The process's one ZeroMQ context: the I/O thread and the in-process endpoints that all sockets share.
///
/// There is never a second one. Several contexts that use CURVE in one process can crash each other when one of them ends
/// (libzmq issue 4242), so nothing here makes another, tests included. It is created at first use, which has to come after any
/// `fork`, and it lives until the process ends.
///
/// libzmq contexts are thread safe; the sockets made from them are not.
@safe
public final class Context: Sendable {
  /// The process's context.
  public static let shared = Context()

  /// Proof of safety: written once in `init`; libzmq documents that a context may be used from any thread.
  nonisolated(unsafe) let handle: UnsafeMutableRawPointer

  private init() {
    guard let handle = unsafe zmq_ctx_new() else {
      preconditionFailure("zmq_ctx_new failed with error \(zmq_errno()) before anything was opened")
    }
    unsafe self.handle = handle
    let status = unsafe zmq_ctx_set(handle, ZMQ_MAX_SOCKETS, Int32(Limits.socketCount))
    precondition(status == 0, "a new context refused \(Limits.socketCount) sockets")
  }

  /// The version of the libzmq that is loaded, as in `4.3.4`.
  public static var libraryVersion: String {
    var (major, minor, patch): (Int32, Int32, Int32) = (0, 0, 0)
    unsafe zmq_version(&major, &minor, &patch)
    return "\(major).\(minor).\(patch)"
  }

  /// Whether the libzmq that is loaded was built with a capability such as `curve` or `ipc`.
  public static func hasCapability(_ name: String) -> Bool {
    unsafe zmq_has(name) == 1
  }
}
