internal import Glibc

/// Registers of one size that branches take and give back, on any of the threads that run them.
///
/// They are kept from run to run, so that many small circuits allocate once. The lock is one of the operating system, because the thread sanitizer
/// does not see into `Synchronization.Mutex`, and has to see how registers go from thread to thread.
@safe final class RegisterPool<Register: StateRegister & ~Copyable> {
  private let limit: Int
  private let make: () throws(SimulatorError) -> Register
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  /// Read and written only under the lock.
  private var free: [RegisterBox<Register>] = []
  private var madeCount = 0

  init(limit: Int, _ make: @escaping () throws(SimulatorError) -> Register) {
    (self.limit, self.make) = (limit, make)
    unsafe mutex = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
  }

  deinit {
    unsafe pthread_mutex_destroy(mutex)
    unsafe mutex.deallocate()
  }

  /// A register in whatever state; nil if no more may be in use.
  func take() throws(SimulatorError) -> RegisterBox<Register>? { try take(upTo: limit) }

  /// A register in whatever state, for a branch that cannot go on without: one a thread may be in use beyond the limit.
  func takeNeeded() throws(SimulatorError) -> RegisterBox<Register> {
    guard let box = try take(upTo: .max) else { preconditionFailure("no limit, and no register") }
    return box
  }

  private func take(upTo limit: Int) throws(SimulatorError) -> RegisterBox<Register>? {
    var box: RegisterBox<Register>?
    var isNew = false
    locked {
      box = free.popLast()
      isNew = box == nil && madeCount < limit
      if isNew { madeCount += 1 }
    }
    guard isNew else { return box }
    do throws(SimulatorError) { return RegisterBox(try make()) } catch {
      locked { madeCount -= 1 }
      throw error
    }
  }

  func give(_ box: RegisterBox<Register>) { locked { free.append(box) } }

  private func locked(_ body: () -> Void) {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    body()
  }
}
