import Glibc

/// A value that threads share, behind a lock of the operating system.
///
/// `Synchronization.Mutex` does the same, but the thread sanitizer cannot see into it and reports what it guards as races. What carries
/// values from thread to thread for everybody else has to be checked, so it locks in a way that can be.
@safe
package final class Lock<Value>: @unchecked Sendable {
  // Proof of safety: the value is touched only between locking and unlocking the mutex, which stays at one address.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var value: Value

  /// Guards a value.
  package init(_ value: sending Value) {
    self.value = value
    unsafe mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    let status = unsafe pthread_mutex_init(mutex, nil)
    precondition(status == 0, "a mutex could not be made: error \(status)")
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }

  /// Runs a closure on the value while no other thread has it.
  package func withLock<Result, Failure: Error>(_ body: (inout Value) throws(Failure) -> Result) throws(Failure) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
