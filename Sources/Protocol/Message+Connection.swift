extension Message {
  /// The first message of a connection, and the answer to CHALLENGE.
  package struct Hello: Hashable, Sendable {
    /// What the peer is.
    package enum Role: UInt8, Hashable, Sendable {
      case client = 1
      case worker = 2
    }

    package var role: Role
    /// A name for people.
    package var name: String
    /// Name and version of the software.
    package var software: String
    /// A worker's devices.
    package var devices: [DeviceSummary]
    /// A worker's methods; empty means all.
    package var methods: [String]
    /// The fingerprint of the key with which a worker signs receipts; `nil` if it signs none.
    package var signingKey: Digest?

    package init(
      role: Role, name: String, software: String = "ketwork", devices: [DeviceSummary] = [], methods: [String] = [],
      signingKey: Digest? = nil
    ) {
      self.role = role
      self.name = name
      self.software = software
      self.devices = devices
      self.methods = methods
      self.signingKey = signingKey
    }
  }

  /// The answer to HELLO: the broker's epoch, timers and limits.
  package struct Welcome: Hashable, Sendable {
    /// Grows by one at every start of the broker.
    package var epoch: UInt64
    /// Send PING after so long a silence of one's own.
    package var pingInterval: Duration
    /// Doubt a peer after so long a silence.
    package var suspectTime: Duration
    /// Give a peer up after so long a silence.
    package var goneTime: Duration
    /// How long a lease lasts without RENEW.
    package var leaseTime: Duration
    /// Send RENEW so often.
    package var renewInterval: Duration
    /// Bytes of one job's payload.
    package var jobByteCount: Int
    /// Circuits of one job.
    package var jobCircuitCount: Int
    /// Name and version of the software.
    package var software: String

    package init(
      epoch: UInt64, pingInterval: Duration = .seconds(1), suspectTime: Duration = .seconds(3), goneTime: Duration = .seconds(5),
      leaseTime: Duration = .seconds(15), renewInterval: Duration = .seconds(5), jobByteCount: Int = Limits.payloadByteCount,
      jobCircuitCount: Int = Limits.circuitCount, software: String = "ketwork"
    ) {
      self.epoch = epoch
      self.pingInterval = pingInterval
      self.suspectTime = suspectTime
      self.goneTime = goneTime
      self.leaseTime = leaseTime
      self.renewInterval = renewInterval
      self.jobByteCount = jobByteCount
      self.jobCircuitCount = jobCircuitCount
      self.software = software
    }
  }

  /// The broker stops: connect again later, or to another.
  package struct GoAway: Hashable, Sendable {
    package var reason: String
    package var retryAfter: Duration

    package init(reason: String, retryAfter: Duration) {
      self.reason = reason
      self.retryAfter = retryAfter
    }
  }

  /// The refusal of one message.
  package struct Reject: Error, Hashable, Sendable {
    /// A stable name of the reason; new ones may appear.
    package struct Code: RawRepresentable, Hashable, Sendable {
      package let rawValue: String
      package init(rawValue: String) { self.rawValue = rawValue }

      /// The bytes were no message.
      package static let malformed = Code(rawValue: "malformed")
      /// Another major version of the protocol.
      package static let version = Code(rawValue: "version")
      /// A type not known here, or not one for this sender.
      package static let unknownType = Code(rawValue: "unknown_type")
      /// Above a named limit.
      package static let tooLarge = Code(rawValue: "too_large")
      /// A value that cannot be meant.
      package static let invalidValue = Code(rawValue: "invalid_value")
      /// Parts of the payload did not arrive: send the whole again.
      package static let incompleteTransfer = Code(rawValue: "incomplete_transfer")
      /// No such job of this tenant.
      package static let unknownJob = Code(rawValue: "unknown_job")
      /// The idempotency key was used for something else.
      package static let conflict = Code(rawValue: "conflict")
      /// The tenant has as much queued as it may: try again later.
      package static let quota = Code(rawValue: "quota")
      /// The broker has as much queued as it can hold: try again later.
      package static let busy = Code(rawValue: "busy")
      /// The broker is stopping: try again later or elsewhere.
      package static let draining = Code(rawValue: "draining")
      /// The store failed: the request may or may not have been kept; ask again with the same key.
      package static let storage = Code(rawValue: "storage")
      /// The job has not ended, so there is no result.
      package static let notReady = Code(rawValue: "not_ready")
      /// The peer's key is not one that may do this: unknown, revoked, or of another role.
      package static let unauthorized = Code(rawValue: "unauthorized")
      /// The result is no longer kept.
      package static let gone = Code(rawValue: "gone")
      /// No such session of this tenant.
      package static let unknownSession = Code(rawValue: "unknown_session")
      /// The session takes no more jobs.
      package static let sessionClosed = Code(rawValue: "session_closed")
    }

    package var code: Code
    /// What was refused and what would be accepted.
    package var message: String
    /// When a retry can succeed; `nil` when none can.
    package var retryAfter: Duration?

    package init(_ code: Code, _ message: String, retryAfter: Duration? = nil) {
      self.code = code
      self.message = message
      self.retryAfter = retryAfter
    }

    /// The refusal that an error of reading a message asks for.
    package init(_ error: ProtocolError) {
      self.init(Code(rawValue: error.code.rawValue), error.message)
    }
  }

  /// A piece of a payload too large for one message; the message it belongs to comes after the last piece.
  package struct Body: Hashable, Sendable {
    package var transfer: UInt64
    /// Where the piece begins in the payload; 0 begins the transfer (anew).
    package var offset: Int

    package init(transfer: UInt64, offset: Int) {
      self.transfer = transfer
      self.offset = offset
    }
  }
}
