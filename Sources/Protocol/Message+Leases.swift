extension Message {
  /// How many leases a worker is willing to hold in all.
  ///
  /// A level, not an increment: a repeated READY changes nothing.
  package struct Ready: Hashable, Sendable {
    package var slots: Int

    package init(slots: Int) { self.slots = slots }
  }

  /// Circuits for one worker, for a time; the payload is their items, a ``JobBody``.
  package struct Lease: Hashable, Sendable {
    package var fence: Fence
    package var job: JobID
    /// Which circuits of the job, counted row by row through the items.
    package var circuits: Range<Int>
    /// How long the lease lasts without RENEW, from its receipt.
    package var duration: Duration
    /// How long the worker may execute it; then it is to stop and FAIL.
    package var maximumRunTime: Duration?
    /// 1 for the first execution of these circuits.
    package var attempt: Int
    /// What the whole job asks for, as one digest, for the receipt; `nil` from a broker that knows no receipts.
    package var requestHash: Digest?

    package init(
      fence: Fence, job: JobID, circuits: Range<Int>, duration: Duration, maximumRunTime: Duration? = nil, attempt: Int = 1,
      requestHash: Digest? = nil
    ) {
      self.fence = fence
      self.job = job
      self.circuits = circuits
      self.duration = duration
      self.maximumRunTime = maximumRunTime
      self.attempt = attempt
      self.requestHash = requestHash
    }
  }

  /// A lease is done; the payload is one result for each of its circuits in their order, a ``ResultBody``.
  ///
  /// The worker keeps it, and sends it again after every HELLO, until COMMITTED or STALE.
  ///
  /// It says itself what it completes, so that work which outlived its lease, or the broker's memory of it, is not lost.
  package struct Complete: Hashable, Sendable {
    package var fence: Fence
    package var job: JobID
    /// The circuits of the lease.
    package var circuits: Range<Int>
    /// Time the device was busy with it; the broker sizes leases by it.
    package var busyTime: Duration
    /// A ``SignedReceipt`` of the payload, or empty. It travels in the header, so that the payload is the results and nothing else: the
    /// bytes that are signed, kept, and joined to those of other leases without being read.
    package var receipt: [UInt8]

    package init(fence: Fence, job: JobID, circuits: Range<Int>, busyTime: Duration, receipt: [UInt8] = []) {
      self.fence = fence
      self.job = job
      self.circuits = circuits
      self.busyTime = busyTime
      self.receipt = receipt
    }
  }

  /// A lease as a whole failed: nothing is known of its circuits.
  package struct Fail: Hashable, Sendable {
    package var fence: Fence
    /// A stable name of the reason.
    package var code: String
    package var message: String
    /// Whether another attempt can succeed.
    package var isRetryable: Bool

    package init(fence: Fence, code: String, message: String, isRetryable: Bool) {
      self.fence = fence
      self.code = code
      self.message = message
      self.isRetryable = isRetryable
    }
  }
}
