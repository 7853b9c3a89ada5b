package import Protocol

extension ClientState {
  /// What a caller asks for.
  package enum Request: Sendable {
    /// To be connected.
    case open
    case submit(Job, templates: [Digest: Template])
    /// The same, and the job's end as of ``outcome(_:)``.
    case run(Job, templates: [Digest: Template])
    case status(JobID)
    case cancel(JobID)
    case list(Message.List)
    /// How the broker is.
    case diagnose
    /// A job's events after a number, to the last.
    case subscribe(JobID, after: UInt64)
    /// A finished job's results, or what there is of some circuits of a job in any state.
    case fetch(JobID, circuits: Range<Int>? = nil)
    /// A job's end: its status, and then its results.
    case outcome(JobID)
    /// A finished job's results as the workers wrote them.
    case fetchBytes(JobID)
    /// The receipts of a finished job, of what begins at a circuit or after it.
    case receipts(JobID, lower: Int)
    case confirm(Message.Confirm)
    case retract(Message.Retract)
    case requeue(Message.Requeue)
    case openSession(Message.SessionOpen)
    case extendSession(SessionID)
    case closeSession(Message.SessionClose)
  }

  /// What happens to a client.
  package enum Event: Sendable {
    case start
    case received(Message)
    /// The transport's handshake failed; `isFinal` where this endpoint will never take the client.
    case handshakeFailed(Message.Reject, isFinal: Bool)
    /// Somebody asks for something, under a number that has not been used; the answer bears it.
    case call(UInt64, Request, timeout: Duration?)
    /// Nobody waits for the answer any more.
    case abandon(UInt64)
    /// The reader of a result has taken so many bytes.
    case consumed(UInt64, byteCount: Int)
    /// Time has passed; see ``ClientState/nextDeadline``.
    case tick
    case close
  }

  /// What is to be done.
  package enum Action: Sendable {
    case connect(endpoint: Int)
    case send(Message)
    case answer(UInt64, Answer)
    /// The call has failed; nothing more follows for it.
    case fail(UInt64, ClientError)
  }

  /// What a call has come to.
  package enum Answer: Sendable {
    case opened
    /// The last answer, unless the job's end was asked for, too.
    case accepted(Message.Accepted)
    case status(JobStatus)
    case diagnosis(Message.Diagnosis)
    case listing(Message.Listing, ListingBody.Rows)
    case audits(AuditReport)
    case receipts(Message.ReceiptList, [ReceiptedPart])
    case session(SessionStatus)
    /// More may follow.
    case event(JobEvent)
    /// More may follow; whoever takes them says how many bytes that was.
    case results(CircuitResults, byteCount: Int)
    /// The same, of results that are not read.
    case bytes([UInt8])
    /// The events are complete.
    case finished
    /// The results are.
    case fetched(Message.StreamEnd)
  }

  /// A call without its last answer.
  struct Call: Sendable {
    enum Kind: Sendable {
      case open
      case submit(Submission)
      case status(JobID)
      case cancel(JobID)
      case list(Message.List)
      case diagnose
      case subscribe(JobID, last: UInt64)
      case fetch(Fetch)
      /// A fetch of a job that has not ended, as far as is known.
      case outcome(JobID)
      /// One message, and one that answers it.
      case question(Message.Content)
      case receipts(JobID, lower: Int)
    }

    var kind: Kind
    var issued: Duration
    var deadline: Duration?
    /// The message that asked last.
    var message: UInt64?
    /// When to ask again.
    var retry: Duration?
  }

  /// A job on its way to the broker.
  struct Submission: Sendable {
    var submit: Message.Submit
    var payload: [UInt8]
    var templates: [Digest: Template]
  }

  /// A result on its way to its reader.
  struct Fetch: Sendable {
    var job: JobID
    /// Only what there is of these circuits.
    var circuits: Range<Int>?
    /// Whether the bytes are handed on as they are.
    var isRaw = false
    /// Bytes that arrived.
    var received = 0
    /// Bytes that the reader has taken.
    var consumed = 0
    /// The credit given.
    var limit = 0
    var splitter = RecordSplitter()
    var digest = DigestBuilder()
  }
}
