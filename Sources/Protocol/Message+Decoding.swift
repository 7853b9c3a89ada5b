internal import FoundationEssentials

extension Message {
  /// Reads a message of its frames, from F0 on.
  ///
  /// - Throws: ``ProtocolError``: `malformed` for what is no message, `version` for another version's, `unknown_type` for a type
  ///   not known here, `too_large` above a limit, `invalid_value` for values that cannot be meant.
  /// - Complexity: O(bytes); nothing is allocated beyond a small multiple of what was received.
  package static func decode(_ frames: [[UInt8]]) throws(ProtocolError) -> Message {
    guard frames.count >= 2 else { throw ProtocolError(.malformed, "frames: \(frames.count), 2 or more accepted") }
    guard frames.count <= 2 + Limits.bodyFrameCount else {
      throw .tooLarge("frames", frames.count, limit: 2 + Limits.bodyFrameCount)
    }
    let type = try frameType(frames[0])
    guard frames[1].count <= Limits.headerByteCount else {
      throw .tooLarge("header bytes", frames[1].count, limit: Limits.headerByteCount)
    }
    let header = try Wire.parse(Ketwork_V1_Header.self, frames[1], "header")
    guard let wire = header.content else { throw ProtocolError(.malformed, "\(type): no content in the header") }
    let content = try Content(wire)
    guard content.type == type else { throw ProtocolError(.malformed, "type byte \(type), but the content of \(content.type)") }
    try Text.check(header.traceparent, "traceparent", limit: Limits.traceByteCount)
    return Message(
      id: header.messageID, replyTo: header.replyTo == 0 ? nil : header.replyTo, traceParent: header.traceparent,
      sentUnixNanoseconds: header.sentUnixNanoseconds, transfer: header.hasTransfer ? try Transfer(header.transfer) : nil, content,
      payload: try payload(frames))
  }

  private static func frameType(_ frame: [UInt8]) throws(ProtocolError) -> MessageType {
    guard frame.count == Limits.frameHeaderByteCount, frame.starts(with: magic.prefix(3)) else {
      throw ProtocolError(
        .malformed, "first frame: \(frame.count) bytes without \"KWP\", 8 bytes of KWP1, type, flags, 0, 0 accepted")
    }
    guard frame[3] == magic[3] else { throw ProtocolError(.version, "protocol version byte \(frame[3]), KWP1 accepted") }
    guard let type = MessageType(rawValue: frame[4]) else { throw ProtocolError(.unknownType, "message type \(frame[4])") }
    // Flags and reserved bytes are for later minor versions: a reader of this one does not look at them.
    return type
  }

  private static func payload(_ frames: [[UInt8]]) throws(ProtocolError) -> [UInt8] {
    var byteCount = 0
    for body in frames[2...] {
      guard body.count <= Limits.bodyByteCount else { throw .tooLarge("body bytes", body.count, limit: Limits.bodyByteCount) }
      byteCount += body.count
    }
    guard byteCount <= Limits.messageByteCount else { throw .tooLarge("payload bytes", byteCount, limit: Limits.messageByteCount) }
    if frames.count == 3 { return frames[2] }
    var payload: [UInt8] = []
    payload.reserveCapacity(byteCount)
    for body in frames[2...] { payload += body }
    return payload
  }
}

extension Message.Transfer {
  fileprivate init(_ record: Ketwork_V1_Transfer) throws(ProtocolError) {
    self.init(
      id: record.id, byteCount: try Wire.count(record.byteCount, "payload bytes", limit: Limits.payloadByteCount),
      digest: try Wire.digest(record.digest, "payload digest"))
  }
}

extension Message.Content {
  fileprivate init(_ wire: Ketwork_V1_Header.OneOf_Content) throws(ProtocolError) {
    switch wire {
    case .hello(let record): self = .hello(try Message.Hello(record))
    case .welcome(let record): self = .welcome(try Message.Welcome(record))
    case .challenge: self = .challenge
    case .ping: self = .ping
    case .pong: self = .pong
    case .bye: self = .bye
    case .goAway(let record):
      self = .goAway(Message.GoAway(reason: record.reason, retryAfter: Wire.duration(record.retryAfterNanoseconds)))
    case .reject(let record): self = .reject(Message.Reject(record))
    case .body(let record):
      self = .body(
        Message.Body(transfer: record.transfer, offset: try Wire.count(record.offset, "offset", limit: Limits.payloadByteCount)))
    case .submit(let record): self = .submit(try Message.Submit(record))
    case .accepted(let record): self = .accepted(try Message.Accepted(record))
    case .status(let record): self = .status(try Wire.job(record.job))
    case .state(let record): self = .state(try JobStatus(record.status))
    case .fetch(let record): self = .fetch(try Message.Fetch(record))
    case .result(let record): self = .result(try Message.ResultPart(record))
    case .streamEnd(let record): self = .streamEnd(try Message.StreamEnd(record))
    case .credit(let record):
      self = .credit(Message.Credit(job: try Wire.job(record.job), limit: try Wire.count(record.limit, "limit")))
    case .cancel(let record): self = .cancel(try Wire.job(record.job))
    case .subscribe(let record): self = .subscribe(Message.Subscribe(job: try Wire.job(record.job), after: record.after))
    case .event(let record): self = .event(try JobEvent(record.event))
    case .putTemplate: self = .putTemplate
    case .needTemplate(let record): self = .needTemplate(try Message.Content.digests(record.digests))
    case .template: self = .template
    case .list(let record): self = .list(try Message.List(record))
    case .listing(let record):
      self = .listing(
        Message.Listing(
          queuedCircuits: try Wire.count(record.queuedCircuits, "circuits"), totalJobs: try Wire.count(record.totalJobs, "jobs"),
          epoch: record.epoch))
    case .diagnose: self = .diagnose
    case .diagnosis(let record): self = .diagnosis(try Message.Diagnosis(record))
    case .confirm(let record): self = .confirm(try Message.Confirm(record))
    case .retract(let record): self = .retract(try Message.Retract(record))
    case .requeue(let record): self = .requeue(try Message.Requeue(record))
    case .sessionOpen(let record): self = .sessionOpen(try Message.SessionOpen(record))
    case .sessionExtend(let record): self = .sessionExtend(try Wire.session(record.session))
    case .sessionClose(let record):
      self = .sessionClose(Message.SessionClose(session: try Wire.session(record.session), cancelsJobs: record.cancel))
    case .sessionState(let record): self = .sessionState(try SessionStatus(record))
    case .receipts(let record):
      self = .receipts(
        Message.Receipts(job: try Wire.job(record.job), lower: try Wire.count(record.lower, "circuit", limit: Limits.circuitCount)))
    case .receiptList(let record):
      self = .receiptList(
        Message.ReceiptList(
          job: try Wire.job(record.job), requestHash: try Wire.digest(record.requestHash, "request hash"),
          total: try Wire.count(record.total, "circuits", limit: Limits.circuitCount), isComplete: record.complete))
    case .ready(let record):
      self = .ready(Message.Ready(slots: try Wire.count(UInt64(record.slots), "slots", limit: Limits.fenceCount)))
    case .lease(let record): self = .lease(try Message.Lease(record))
    case .started(let record): self = .started(Fence(record.fence))
    case .renew(let record): self = .renew(try Message.Content.fences(record.fences))
    case .complete(let record):
      self = .complete(
        Message.Complete(
          fence: Fence(record.fence), job: try Wire.job(record.job), circuits: try Wire.circuits(record.lower, record.upper),
          busyTime: Wire.duration(record.busyNanoseconds), receipt: try Message.Content.receipt(record.receipt)))
    case .fail(let record):
      self = .fail(
        Message.Fail(fence: Fence(record.fence), code: record.code, message: record.message, isRetryable: record.retryable))
    case .release(let record): self = .release(try Message.Content.fences(record.fences))
    case .committed(let record): self = .committed(try Message.Content.fences(record.fences))
    case .stale(let record): self = .stale(try Message.Content.fences(record.fences))
    case .revoke(let record): self = .revoke(try Message.Content.fences(record.fences))
    case .drain: self = .drain
    }
  }

  private static func fences(_ records: [Ketwork_V1_Fence]) throws(ProtocolError) -> [Fence] {
    guard records.count <= Limits.fenceCount else { throw .tooLarge("fences", records.count, limit: Limits.fenceCount) }
    return records.map { Fence($0) }
  }

  private static func receipt(_ bytes: Data) throws(ProtocolError) -> [UInt8] {
    guard bytes.count <= Limits.receiptByteCount else {
      throw .tooLarge("receipt bytes", bytes.count, limit: Limits.receiptByteCount)
    }
    return Array(bytes)
  }

  private static func digests(_ records: [Data]) throws(ProtocolError) -> [Digest] {
    guard records.count <= Limits.digestCount else { throw .tooLarge("digests", records.count, limit: Limits.digestCount) }
    var digests: [Digest] = []
    for record in records { digests.append(try Wire.digest(record, "template digest")) }
    return digests
  }
}
