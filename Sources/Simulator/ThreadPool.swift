internal import FoundationEssentials
internal import Glibc

/// The threads of this process that work on passes over a state; callers on several threads share them.
///
/// A pass is cut into parts; the caller works on its own pass, so that one always moves on even when every other thread is busy.
/// Results do not depend on who computes which part. Threads are started when first wanted and wait, without spinning, ever after.
///
/// `@unchecked Sendable`: `jobs`, `workerCount` and what is inside a job are read and written only under `mutex`; the two handles never change.
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

  private final class Job {
    let body: (Int) -> Void
    let partCount: Int
    let threadCount: Int
    var nextPart = 0
    var finishedPartCount = 0
    var joinedThreadCount = 1

    init(partCount: Int, threadCount: Int, body: @escaping (Int) -> Void) {
      self.body = body
      self.partCount = partCount
      self.threadCount = threadCount
    }

    var isOpen: Bool { nextPart < partCount && joinedThreadCount < threadCount }
  }

  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let changed: UnsafeMutablePointer<pthread_cond_t>
  private var jobs: [Job] = []
  private var workerCount = 0

  private init() {
    unsafe mutex = .allocate(capacity: 1)
    unsafe changed = .allocate(capacity: 1)
    unsafe pthread_mutex_init(mutex, nil)
    unsafe pthread_cond_init(changed, nil)
  }

  /// Calls `body` once for each part in `0..<partCount`, on up to `threadCount` threads, and returns when all calls have.
  package func run(partCount: Int, threadCount: Int, _ body: (Int) -> Void) {
    let threadCount = min(threadCount, partCount, Limits.threadCount)
    guard threadCount > 1 else {
      for part in 0..<max(partCount, 0) { body(part) }
      return
    }
    withoutActuallyEscaping(body) { body in
      let job = Job(partCount: partCount, threadCount: threadCount, body: body)
      lock()
      startWorkers(threadCount - 1)
      jobs.append(job)
      unsafe pthread_cond_broadcast(changed)
      work(on: job)
      jobs.removeAll { $0 === job }
      while job.finishedPartCount < job.partCount { unsafe pthread_cond_wait(changed, mutex) }
      unlock()
    }
  }

  /// Takes parts of a job until none is left. Called, and returns, with the mutex held.
  private func work(on job: Job) {
    while job.nextPart < job.partCount {
      let part = job.nextPart
      job.nextPart += 1
      unlock()
      job.body(part)
      lock()
      job.finishedPartCount += 1
      if job.finishedPartCount == job.partCount { unsafe pthread_cond_broadcast(changed) }
    }
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
      if let job = jobs.first(where: \.isOpen) {
        job.joinedThreadCount += 1
        work(on: job)
      } else {
        unsafe pthread_cond_wait(changed, mutex)
      }
    }
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
