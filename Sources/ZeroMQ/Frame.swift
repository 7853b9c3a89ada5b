import CZeroMQ
import Synchronization

/// One frame: immutable bytes that libzmq owns and that may be sent any number of times without being copied.
///
///     let frame = try Frame([1, 2, 3])
///     frame.bytes.byteCount  // 3
///
/// A received frame is read in place through ``bytes``. Sending a frame, again or onwards, hands libzmq a reference to the same
/// memory (frames up to 33 bytes are copied instead, which is cheaper).
@safe
public final class Frame: @unchecked Sendable {
  // Proof of safety: the bytes never change after `init`, so any thread may read them. What does change is the reference count
  // inside the zmq_msg_t when it is copied, and that happens under the mutex. The zmq_msg_t lives at an address of its own,
  // because libzmq keeps small payloads inside it.
  private let handle: UnsafeMutablePointer<zmq_msg_t>
  private let lock = Mutex(())
  private let start: UnsafeRawPointer

  /// Bytes of the frame.
  public let byteCount: Int

  /// Takes over an initialised zmq_msg_t that was allocated by the caller.
  init(owning handle: UnsafeMutablePointer<zmq_msg_t>) {
    unsafe start = UnsafeRawPointer(zmq_msg_data(handle)!)
    unsafe byteCount = zmq_msg_size(handle)
    unsafe self.handle = handle
  }

  /// Makes a frame of given size whose bytes a closure writes.
  private convenience init(byteCount: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void) throws(ZeroMQError) {
    let handle = UnsafeMutablePointer<zmq_msg_t>.allocate(capacity: 1)
    guard unsafe zmq_msg_init_size(handle, byteCount) == 0 else {
      let errorNumber = zmq_errno()
      unsafe handle.deallocate()
      throw ZeroMQError(errorNumber: errorNumber, "a frame of \(byteCount) bytes")
    }
    unsafe fill(UnsafeMutableRawBufferPointer(start: zmq_msg_data(handle), count: byteCount))
    unsafe self.init(owning: handle)
  }

  /// Makes a frame from a copy of some bytes.
  ///
  /// - Throws: ``ZeroMQError`` with code `out_of_memory`.
  public convenience init(_ bytes: [UInt8]) throws(ZeroMQError) {
    unsafe try self.init(byteCount: bytes.count) { destination in
      unsafe bytes.withUnsafeBytes { source in unsafe destination.copyMemory(from: source) }
    }
  }

  /// Makes a frame from a copy of the bytes that a span covers.
  ///
  /// - Throws: ``ZeroMQError`` with code `out_of_memory`.
  public convenience init(copying bytes: RawSpan) throws(ZeroMQError) {
    unsafe try self.init(byteCount: bytes.byteCount) { destination in
      unsafe bytes.withUnsafeBytes { source in unsafe destination.copyMemory(from: source) }
    }
  }

  deinit {
    unsafe zmq_msg_close(handle)
    unsafe handle.deallocate()
  }

  /// The frame's bytes, in place.
  public var bytes: RawSpan {
    @_lifetime(borrow self)
    get {
      let span = unsafe RawSpan(_unsafeStart: start, byteCount: byteCount)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// A copy of the frame's bytes.
  public var contents: [UInt8] {
    unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: byteCount))
  }

  /// Runs a closure on the zmq_msg_t while no other thread uses it.
  func withHandle<R>(_ body: (UnsafeMutablePointer<zmq_msg_t>) -> R) -> R {
    lock.withLock { _ in unsafe body(handle) }
  }
}
