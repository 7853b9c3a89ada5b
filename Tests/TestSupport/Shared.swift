import Glibc

/// A value that threads share, behind a lock of the operating system.
///
/// The thread sanitizer does not see into `Synchronization.Mutex` and reports what it guards as races, now and then.
@safe
package final class Shared<Value: Sendable>: @unchecked Sendable {
  // Proof of safety: the value is sendable itself, and is touched only between locking and unlocking the mutex, which stays at one
  // address.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private var value: Value

  package init(_ value: Value) {
    self.value = value
    unsafe mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    let status = unsafe pthread_mutex_init(mutex, nil)
    precondition(status == 0, "a mutex could not be made: error \(status)")
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }

  /// The value as it is now.
  package var current: Value { update { $0 } }

  /// Changes the value while no other thread has it.
  @discardableResult
  package func update<Result>(_ body: (inout Value) -> Result) -> Result {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return body(&value)
  }
}
