internal import Protocol

/// What the broker knows of a connection.
struct PeerRecord: Sendable {
  /// A result on its way to a client.
  struct Stream: Sendable {
    var offset: Int
    var limit: Int
    /// Only these circuits, if not all.
    var circuits: Range<Int>?
    var content: JobRecord.Extract
  }

  var name: String
  /// Whose jobs these are: from the identity that the transport proved.
  var tenant: String
  var lastHeard: Duration
  var lastPinged: Duration
  /// When to give it up, once its connection is known to be broken.
  var probeUntil: Duration?
  var worker: WorkerRecord?
  /// Last event sent, by job.
  var subscriptions: [JobID: UInt64] = [:]
  var fetches: [JobID: Stream] = [:]
  /// Fetches of jobs that have not ended.
  var awaited: [JobID: [Message]] = [:]
}
