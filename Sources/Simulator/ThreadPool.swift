internal import CKernels
internal import FoundationEssentials
internal import Glibc
internal import Synchronization

/// The threads of this process that work on passes over a state; callers on several threads share them.
///
/// A pass is cut into parts; the caller works on its own pass, so that one always moves on even when every other thread is busy.
/// Results do not depend on who computes which part. Threads are started when first wanted; one without work looks for some for a few
/// microseconds and then sleeps.
///
/// `@unchecked Sendable`: `jobs`, `workerCount` and `sleeperCount` are read and written only under `mutex`; the two handles never change.
@safe package final class ThreadPool: @unchecked Sendable {
  /// The pool of this process.
  package static let shared = ThreadPool()

  /// Threads of a pass unless told otherwise: `KETWORK_THREADS`, or the machine's cores; read once.
  package static let preferredThreadCount = threadCount(named: ProcessInfo.processInfo.environment["KETWORK_THREADS"])

  /// The number that a text says, or the machine's cores for nil or an empty text; an error with code `invalid_argument` otherwise.
  package static func threadCount(named text: String?) -> Result<Int, SimulatorError> {
    guard let text, !text.isEmpty else { return .success(min(ProcessInfo.processInfo.activeProcessorCount, Limits.threadCount)) }
    if let count = Int(text), (1...Limits.threadCount).contains(count) { return .success(count) }
    return .failure(
      SimulatorError(.invalidArgument, "KETWORK_THREADS is \"\(text)\"; 1 to \(Limits.threadCount) are accepted"))
  }

  /// One call of ``run(partCount:threadCount:_:)``.
  ///
  /// A thread may still hold the job when the call has returned, but calls the body only while a part of it is not finished.
  @safe private final class Job: Sendable {
    // Proof of safety: the pointer never changes, and `run` keeps what it points to alive until every part is finished. That the body may
    // be called on several threads at once is what whoever calls `run` asks for.
    nonisolated(unsafe) private let body: UnsafePointer<(Int, Int) -> Void>
    let partCount: Int
    let threadCount: Int
    private let nextPart = Atomic(0)
    private let finishedPartCount = Atomic(0)
    private let freePlaceCount: Atomic<Int>

    init(partCount: Int, threadCount: Int, body: UnsafePointer<(Int, Int) -> Void>) {
      unsafe self.body = body
      self.partCount = partCount
      self.threadCount = threadCount
      freePlaceCount = Atomic(threadCount - 1)
    }

    var hasParts: Bool { nextPart.load(ordering: .relaxed) < partCount }
    var isFinished: Bool { finishedPartCount.load(ordering: .acquiring) == partCount }

    /// Takes a place for one more thread, if there is one; the caller has place 0.
    func join() -> Int? {
      guard hasParts else { return nil }
      let place = freePlaceCount.subtract(1, ordering: .relaxed).oldValue
      return place > 0 ? place : nil
    }

    /// Takes parts until none is left; whether the last one to finish was among them.
    func work(at place: Int) -> Bool {
      var finishesAll = false
      while true {
        let part = nextPart.add(1, ordering: .relaxed).oldValue
        guard part < partCount else { return finishesAll }
        perform(part, place)
        finishesAll = finishedPartCount.add(1, ordering: .acquiringAndReleasing).newValue == partCount
      }
    }

    /// A function of its own, so that nothing of the body is held when the part counts as finished.
    @inline(never) private func perform(_ part: Int, _ place: Int) { unsafe body.pointee(part, place) }
  }

  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private var jobs: [Job] = []
  private var workerCount = 0
  private var sleeperCount = 0
  /// Counts jobs, so that a thread that looks for work sees without the mutex that there is some.
  private let jobNumber = Atomic<UInt64>(0)

  private init() {
    unsafe mutex = .allocate(capacity: 1)
    unsafe changed = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(changed, nil)
  }

  /// Calls `body` once for each part in `0..<partCount`, on up to `threadCount` threads, and returns when all calls have.
  package func run(partCount: Int, threadCount: Int, _ body: (Int) -> Void) {
    run(partCount: partCount, threadCount: threadCount) { part, _ in body(part) }
  }

  /// The same, and tells each call at which place its thread is, a number in `0..<threadCount` that no other has at the time: memory that is
  /// the place's own stays in the cache of one core from part to part.
  func run(partCount: Int, threadCount: Int, _ body: (_ part: Int, _ place: Int) -> Void) {
    let threadCount = min(threadCount, partCount, Limits.threadCount)
    guard threadCount > 1 else {
      for part in 0..<max(partCount, 0) { body(part, 0) }
      return
    }
    withoutActuallyEscaping(body) { body in
      var body = body
      unsafe withUnsafePointer(to: &body) { unsafe run(Job(partCount: partCount, threadCount: threadCount, body: $0)) }
    }
  }

  private func run(_ job: Job) {
    lock()
    startWorkers(job.threadCount - 1)
    jobs.append(job)
    jobNumber.add(1, ordering: .releasing)
    wakeSleepers()
    unlock()
    _ = job.work(at: 0)
    watch { job.isFinished }
    lock()
    jobs.removeAll { $0 === job }
    while !job.isFinished { sleep() }
    unlock()
  }

  private func startWorkers(_ wanted: Int) {
    while workerCount < wanted {
      let retained = unsafe Unmanaged.passRetained(self)
      var thread = pthread_t()
      let status = unsafe pthread_create(
        &thread, nil,
        { pool in
          guard let pool = unsafe pool else { return nil }
          unsafe Unmanaged<ThreadPool>.fromOpaque(pool).takeRetainedValue().serve()
          return nil
        }, retained.toOpaque())
      guard status == 0 else {
        // The system refuses another thread: those there do the work.
        unsafe retained.release()
        return
      }
      pthread_detach(thread)
      workerCount += 1
    }
  }

  private func serve() {
    lock()
    while true {
      if let (job, place) = joined() {
        unlock()
        let finishesAll = job.work(at: place)
        lock()
        if finishesAll { wakeSleepers() }
        continue
      }
      let seen = jobNumber.load(ordering: .relaxed)
      unlock()
      watch { jobNumber.load(ordering: .acquiring) != seen }
      lock()
      if jobNumber.load(ordering: .relaxed) == seen { sleep() }
    }
  }

  /// A job that had a place, and the place.
  private func joined() -> (Job, Int)? {
    for job in jobs { if let place = job.join() { return (job, place) } }
    return nil
  }

  /// Looks again and again for a short time: passes follow each other closely, and to sleep and to be woken costs more than many of them.
  private func watch(_ isDone: () -> Bool) {
    for _ in 0..<Limits.watchCount {
      if isDone() { return }
      ck_pause()
    }
  }

  /// Waits for a change. Called, and returns, with the mutex held.
  private func sleep() {
    sleeperCount += 1
    unsafe pthread_cond_wait(changed, mutex)
    sleeperCount -= 1
  }

  private func wakeSleepers() {
    if sleeperCount > 0 { unsafe pthread_cond_broadcast(changed) }
  }

  private func lock() { unsafe pthread_mutex_lock(mutex) }
  private func unlock() { unsafe pthread_mutex_unlock(mutex) }
}

extension ThreadPool {
  /// Cuts `0..<count` into ranges and calls `body` once for each, on several threads when the pass is worth it.
  ///
  /// - Parameter amplitudeCount: How many amplitudes the whole pass reads; below ``Limits/serialAmplitudeCount`` nobody is woken.
  package func forEachRange(of count: UInt64, amplitudeCount: UInt64, threadCount: Int, _ body: (Range<UInt64>) -> Void) {
    guard threadCount > 1, count > 1, amplitudeCount >= UInt64(Limits.serialAmplitudeCount) else {
      body(0..<count)
      return
    }
    let parts = min(UInt64(threadCount * Limits.partsPerThread), count)
    run(partCount: Int(parts), threadCount: threadCount) { part in
      let begin = count.multipliedFullWidth(by: UInt64(part))
      let end = count.multipliedFullWidth(by: UInt64(part) + 1)
      body(parts.dividingFullWidth(begin).quotient..<parts.dividingFullWidth(end).quotient)
    }
  }
}
