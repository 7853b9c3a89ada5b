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
  /// Events kept back from progress for changes of state.
  package static let reservedEventCount = 64
  /// Circuits in the first lease of a job, of which nothing is known yet.
  package static let firstLeaseCircuitCount = 16
  /// Circuits of one lease: a worker's memory, and what is lost with it.
  package static let leaseCircuitCount = 16_384
  /// Payload bytes of one lease, before the templates: one message.
  package static let leaseByteCount = 768 << 10
  /// Payload bytes of one RESULT: a few bodies, so that others' messages get between.
  package static let resultPartByteCount = 512 << 10
  /// Templates remembered as sent to one worker; beyond that it asks for what it misses.
  package static let sentTemplateCount = 1 << 16
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
  /// Retries with a worker that fails, whatever a configuration says.
  package static let attemptCount = 100
}
