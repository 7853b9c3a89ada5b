package import Protocol

extension ClientState {
  /// What a caller asks for.
  package enum Request: Sendable {
    /// To be connected.
    case open
    case submit(Job, templates: [Digest: Template])
    case status(JobID)
    case cancel(JobID)
    case list(Message.List)
    /// A job's events after a number, to the last.
    case subscribe(JobID, after: UInt64)
    /// A finished job's results.
    case fetch(JobID)
  }

  /// What happens to a client.
  package enum Event: Sendable {
    case start
    case received(Message)
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
    case accepted(Message.Accepted)
    case status(JobStatus)
    case listing(Message.Listing, jobs: [JobStatus], workers: [WorkerSummary])
    /// More may follow.
    case event(JobEvent)
    /// More may follow; whoever takes them says how many bytes that was.
    case results([CircuitResult], byteCount: Int)
    /// The events, or the results, are complete.
    case finished
  }

  /// A call without its last answer.
  struct Call: Sendable {
    enum Kind: Sendable {
      case open
      case submit(Submission)
      case status(JobID)
      case cancel(JobID)
      case list(Message.List)
      case subscribe(JobID, last: UInt64)
      case fetch(Fetch)
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
