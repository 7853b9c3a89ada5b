internal import Protocol

/// A ``ParkedJob`` as memory has it, as small as it can be: there may be millions.
struct ParkedLine: Sendable {
  let sequence: UInt64
  let tenant: String
  let idempotencyKey: String
  /// 0 of a job that waits.
  private let finished: UInt64
  private let circuitCount: UInt32
  private let bodyByteCount: UInt32
  /// Of the result and its receipts.
  private let resultCount: UInt32
  let state: JobState
  var isResultKept: Bool
  /// Whether the store could not read it: it is not given out, and who asks is told.
  var isDamaged = false

  var total: Int { Int(circuitCount) }
  /// Of the items.
  var byteCount: Int { Int(bodyByteCount) }
  /// What counts against the bound of what is kept of finished jobs.
  var keptByteCount: Int { Int(resultCount) + (state == .failed || state == .dead ? byteCount : 0) }
  var finishedUnixNanoseconds: UInt64? { state.isTerminal ? finished : nil }

  init(_ job: ParkedJob) {
    sequence = job.sequence
    tenant = job.tenant
    idempotencyKey = job.idempotencyKey
    finished = job.finishedUnixNanoseconds ?? 0
    circuitCount = UInt32(clamping: job.total)
    bodyByteCount = UInt32(clamping: job.byteCount)
    resultCount = UInt32(clamping: job.resultByteCount + job.receiptByteCount)
    state = job.state
    isResultKept = job.isResultKept
  }
}
