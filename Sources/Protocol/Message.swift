/// One message of KWP/1: what all share, what its type adds, and a payload.
///
/// On the wire (after the routing identity that a ROUTER adds):
///
///     F0     "KWP1", type u8, flags u8 = 0, reserved u16 = 0
///     F1     header, Protocol Buffers, at most 16 KiB
///     F2…Fn  payload, cut into bodies of at most 256 KiB, at most 1 MiB in all
///
/// The payload of SUBMIT and LEASE is a ``JobBody``, of PUT_TEMPLATE and TEMPLATE a ``TemplateBundle``, of COMPLETE and RESULT
/// a ``ResultBody`` (of RESULT a piece of one), of LISTING a ``ListingBody``, of RECEIPT_LIST a ``ReceiptBody``, of BODY a piece of a larger payload.
/// All others have none.
package struct Message: Hashable, Sendable {
  /// Chosen by the sender, unique on its connection; what answers it names it.
  package var id: UInt64
  /// The message answered, if any.
  package var replyTo: UInt64?
  /// W3C trace context, or empty.
  package var traceParent: String
  /// Nanoseconds since 1970 by the sender's clock; 0 if it has none.
  package var sentUnixNanoseconds: UInt64
  /// Present when the payload began in BODY messages.
  package var transfer: Transfer?
  /// What the type adds.
  package var content: Content
  /// What travels in the bodies.
  package var payload: [UInt8]

  package init(
    id: UInt64 = 0, replyTo: UInt64? = nil, traceParent: String = "", sentUnixNanoseconds: UInt64 = 0, transfer: Transfer? = nil,
    _ content: Content, payload: [UInt8] = []
  ) {
    self.id = id
    self.replyTo = replyTo
    self.traceParent = traceParent
    self.sentUnixNanoseconds = sentUnixNanoseconds
    self.transfer = transfer
    self.content = content
    self.payload = payload
  }

  /// The whole of a payload of which some came before in BODY messages.
  package struct Transfer: Hashable, Sendable {
    /// Names the transfer on its connection.
    package var id: UInt64
    /// Bytes of the whole payload.
    package var byteCount: Int
    /// Digest of the whole payload.
    package var digest: Digest

    package init(id: UInt64, byteCount: Int, digest: Digest) {
      self.id = id
      self.byteCount = byteCount
      self.digest = digest
    }
  }

  /// What a message says.
  package enum Content: Hashable, Sendable {
    // Both ways.
    case hello(Hello)
    case welcome(Welcome)
    /// "I do not know you: say HELLO"; the answer to anything from a peer without a HELLO, after a broker's restart for instance.
    case challenge
    case ping
    case pong
    /// The sender leaves; nothing more comes from it.
    case bye
    case goAway(GoAway)
    case reject(Reject)
    case body(Body)

    // Client and broker.
    case submit(Submit)
    case accepted(Accepted)
    /// Asks for a job's ``JobStatus``; answered by ``state(_:)``.
    case status(JobID)
    /// Answers STATUS, CANCEL, CONFIRM and RETRACT.
    case state(JobStatus)
    case fetch(Fetch)
    case result(ResultPart)
    case streamEnd(StreamEnd)
    case credit(Credit)
    /// Asks to cancel; the answer, ``state(_:)``, is a promise that the job never succeeds (if it had not before).
    case cancel(JobID)
    case subscribe(Subscribe)
    case event(JobEvent)
    /// Stores the templates in the payload; not answered.
    case putTemplate
    /// Asks for templates: a worker the broker, or the broker a client whose SUBMIT names what it has not got.
    case needTemplate([Digest])
    /// Carries templates to a worker.
    case template
    case list(List)
    case listing(Listing)
    /// Asks how the broker is; answered by ``diagnosis(_:)``.
    case diagnose
    case diagnosis(Diagnosis)
    /// Reports confirmations of what a job rests on; answered by ``state(_:)``.
    case confirm(Confirm)
    /// Takes a job back; the answer, ``state(_:)``, is a promise that it never succeeds, or that its mark as retracted stays.
    case retract(Retract)
    /// Asks for a new job of a failed one's items; answered by ``accepted(_:)``.
    case requeue(Requeue)
    /// Asks for a session; answered by ``sessionState(_:)``, as the next two are.
    case sessionOpen(SessionOpen)
    /// The session is still wanted.
    case sessionExtend(SessionID)
    case sessionClose(SessionClose)
    case sessionState(SessionStatus)
    case receipts(Receipts)
    case receiptList(ReceiptList)

    // Worker and broker.
    case ready(Ready)
    case lease(Lease)
    /// The worker has begun; refreshes the lease.
    case started(Fence)
    /// The worker still has these; refreshes the leases.
    case renew([Fence])
    case complete(Complete)
    case fail(Fail)
    /// The worker gives these back, not begun or stopped.
    case release([Fence])
    /// The results of these are kept by the broker: the worker may forget them.
    case committed([Fence])
    /// These are no longer the worker's: it may stop and forget them.
    case stale([Fence])
    /// The broker wants these stopped and released.
    case revoke([Fence])
    /// Finish what is held and take no more.
    case drain
  }
}
