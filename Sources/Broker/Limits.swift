/// The bounds of this module, each with its reason.
package enum Limits {
  /// Peers connected at once; each costs a few kilobytes.
  package static let peerCount = 10_000
  /// Malformed messages after which a peer is not listened to any more.
  package static let malformedCount = 8
  /// Jobs a client may subscribe to, or fetch, at once.
  package static let streamCount = 1_024
  /// Events kept of one job, so that a client can resume; progress stops being recorded a little earlier.
  package static let eventCount = 1_024
  /// Failures of one job that are looked at to say why it failed; all are in its result.
  package static let examinedFailureCount = 4_096
  /// Events kept back from progress for changes of state.
  package static let reservedEventCount = 64
  /// Circuits in the first lease of a job of whose template nothing was measured yet.
  package static let firstLeaseCircuitCount = 16
  /// Seconds that a unit of estimated cost takes, until something of its kind was measured.
  package static let unmeasuredRate = 1e-9
  /// Circuits of one lease: a worker's memory, and what is lost with it.
  package static let leaseCircuitCount = 16_384
  /// Payload bytes of one lease, before the templates: one message.
  package static let leaseByteCount = 768 << 10
  /// Payload bytes of one RESULT: a few bodies, so that others' messages get between.
  package static let resultPartByteCount = 512 << 10
  /// Templates remembered as sent to one worker; beyond that it asks for what it misses.
  package static let sentTemplateCount = 1 << 16
  /// Messages that wait until jobs are read from the store.
  package static let waiterCount = 4_096
  /// Jobs that are read from the store at a time, ahead of the workers.
  package static let loadCount = 256
  /// Jobs of one line that are read from the store at a time, however many lines there are.
  package static let leastLoadCount = 8
  /// Bytes of jobs that are read from the store at a time.
  package static let loadByteCount = 32 << 20
  /// When a job that waits and could not be read is tried again.
  package static let rereadInterval = Duration.seconds(10)
  /// Jobs of a line that are to be in memory before a worker asks for them.
  package static let readAheadCount = 128
  /// By how much a job's priority may rise while it waits: above every priority that can be asked for.
  package static let ageCount = 4_000
  /// Uses of finished jobs that are remembered, beyond two for each, before those that were overtaken are dropped.
  package static let staleUseCount = 4_096
  /// Batches whose commit is awaited; then nothing more is read until one is done.
  package static let outstandingBatchCount = 1_024
  /// Bytes that wait for one peer; beyond that it reads too slowly to be served.
  package static let outboxByteCount = 64 << 20
  /// Bytes of payloads on their way in, of all peers together.
  package static let assemblyByteCount = 1 << 30
  /// Timers of jobs that have ended, beyond two a job that is remembered, before they are swept away.
  package static let staleTimerCount = 4_096
  /// How often the state hears that time passes.
  package static let tickInterval = Duration.milliseconds(100)
  /// How often a peer that could take no more is tried again.
  package static let flushInterval = Duration.milliseconds(5)
  /// How often the lock of a store is tried before another is said to use it, and how long is waited in between: two seconds in all.
  package static let lockTryCount = 40
  package static let lockTryInterval = Duration.milliseconds(50)
  /// Bodies and results above this lie in files: a row of a database is read and written whole, and twice.
  package static let inlineByteCount = 1 << 20
  /// How long what nobody waits for may take to be committed, so that it goes with what somebody waits for.
  package static let commitDelay = Duration.milliseconds(2)
  /// Seconds that a job may be expected to take whose acceptance is committed with its result.
  package static let patience = 0.000_5
  /// Batches that are committed although nobody waits for them.
  package static let uncommittedBatchCount = 64
  /// Bytes appended to a database's log after which they are moved into it beside the commits.
  package static let checkpointByteCount = 16 << 20
  /// Bytes of a database's log above which a commit waits until they are moved.
  package static let logByteCount = 128 << 20
  /// How often at most the log tells what was refused.
  package static let refusalReportInterval = Duration.seconds(1)
  /// Bytes of a part in RECEIPT_LIST beside its receipt, at most.
  package static let receiptOverheadByteCount = 64
  /// Audits that wait for a worker; beyond that no more are drawn.
  package static let auditCount = 1_024
  /// Bytes of what waiting audits are to run and to give.
  package static let auditByteCount = 64 << 20
  /// How long an audit waits for a worker that has nothing else to do.
  package static let auditWait = Duration.seconds(600)
  /// Audits looked at in one step.
  package static let auditScanCount = 64
  /// Mismatches remembered; the log has all.
  package static let auditMismatchCount = 1_000
  /// Retries with a worker that fails, whatever a configuration says.
  package static let attemptCount = 100
  /// The oldest PostgreSQL server that is used: nothing older is maintained.
  package static let postgreSQLVersion: Int32 = 130_000
  /// Statements sent to a database ahead of their answers: one round trip for most commits, and little to hold.
  package static let pipelineCount = 1_024
  /// Bytes sent to a database ahead of the answers.
  package static let pipelineByteCount = 4 << 20
  /// Bytes of a piece of a large value in a database at the other end of a connection.
  package static let blobPieceByteCount = 1 << 20
  /// How long a database may be silent while it owes an answer, before its connection is given up.
  package static let databasePatienceMilliseconds: Int32 = 30_000
  /// How long a statement waits for a lock of another session, in words of PostgreSQL.
  package static let databaseLockTimeout = "10s"
  /// How long a session may stay in a transaction without a word, in words of PostgreSQL.
  package static let databaseIdleTimeout = "60s"
  /// How long a broker that is silent leads, before one that stands by may take over.
  package static let leadTimeMilliseconds = 10_000
  /// How often a broker says that it leads: three times in that time.
  package static let leadRenewal = Duration.seconds(3)
  /// How long a broker that stands by waits for the end of another's session at a time; then it looks whether it is to stop.
  package static let standbyWaitMilliseconds = 500
  /// How often it is tried to lead before another broker is said to use the store: two seconds in all.
  package static let leadTryCount = 4
  /// How often it is looked whether a peer can still be reached whose connection seems to have ended: half a second in all.
  package static let endCheckCount = 10
  /// The time between two of these.
  package static let endCheckInterval = Duration.milliseconds(50)
}
