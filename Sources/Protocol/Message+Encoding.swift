internal import FoundationEssentials
internal import SwiftProtobuf

extension Message {
  /// The message's frames.
  ///
  /// - Throws: ``ProtocolError`` with code `too_large` when the header passes 16 KiB or the payload 1 MiB; see ``parts(transfer:)``.
  package func encode() throws(ProtocolError) -> [[UInt8]] {
    let header = Wire.bytes(header())
    guard header.count <= Limits.headerByteCount else {
      throw .tooLarge("\(content.type) header bytes", header.count, limit: Limits.headerByteCount)
    }
    guard payload.count <= Limits.messageByteCount else {
      throw .tooLarge("\(content.type) payload bytes", payload.count, limit: Limits.messageByteCount)
    }
    var frames = [Message.magic + [content.type.rawValue, 0, 0, 0], header]
    if payload.count <= Limits.bodyByteCount {
      if !payload.isEmpty { frames.append(payload) }
    } else {
      for start in stride(from: 0, to: payload.count, by: Limits.bodyByteCount) {
        frames.append(Array(payload[start..<min(start + Limits.bodyByteCount, payload.count)]))
      }
    }
    return frames
  }

  static let magic = Array("KWP1".utf8)

  /// The message as messages that each fit: itself, or BODY messages and then itself with the rest of the payload.
  ///
  /// - Parameter transfer: Names the transfer on its connection; used only when there is more than one part.
  package func parts(transfer: UInt64) -> [Message] {
    guard payload.count > Limits.messageByteCount else { return [self] }
    var parts: [Message] = []
    var offset = 0
    while payload.count - offset > Limits.messageByteCount {
      let end = offset + Limits.messageByteCount
      parts.append(Message(id: id, .body(Body(transfer: transfer, offset: offset)), payload: Array(payload[offset..<end])))
      offset = end
    }
    var last = self
    last.transfer = Transfer(id: transfer, byteCount: payload.count, digest: Digest(of: payload))
    last.payload = Array(payload[offset...])
    parts.append(last)
    return parts
  }

  private func header() -> Ketwork_V1_Header {
    var header = Ketwork_V1_Header()
    header.messageID = id
    header.replyTo = replyTo ?? 0
    header.traceparent = traceParent
    header.sentUnixNanoseconds = sentUnixNanoseconds
    if let transfer {
      header.transfer = .with {
        $0.id = transfer.id
        $0.byteCount = UInt64(transfer.byteCount)
        $0.digest = Data(transfer.digest.bytes)
      }
    }
    header.content = wireContent()
    return header
  }

  private func wireContent() -> Ketwork_V1_Header.OneOf_Content {
    switch content {
    case .hello(let hello): .hello(Ketwork_V1_Hello(hello))
    case .welcome(let welcome): .welcome(Ketwork_V1_Welcome(welcome))
    case .challenge: .challenge(Ketwork_V1_Challenge())
    case .ping: .ping(Ketwork_V1_Ping())
    case .pong: .pong(Ketwork_V1_Pong())
    case .bye: .bye(Ketwork_V1_Bye())
    case .goAway(let goAway):
      .goAway(
        .with {
          $0.reason = Text.truncated(goAway.reason, to: Limits.textByteCount)
          $0.retryAfterNanoseconds = Wire.nanoseconds(goAway.retryAfter)
        })
    case .reject(let reject): .reject(Ketwork_V1_Reject(reject))
    case .body(let body):
      .body(
        .with {
          $0.transfer = body.transfer
          $0.offset = UInt64(body.offset)
        })
    case .submit(let submit): .submit(Ketwork_V1_Submit(submit))
    case .accepted(let accepted): .accepted(Ketwork_V1_Accepted(accepted))
    case .status(let job): .status(.with { $0.job = Data(job.bytes) })
    case .state(let status): .state(.with { $0.status = Ketwork_V1_JobStatus(status) })
    case .fetch(let fetch): .fetch(Ketwork_V1_Fetch(fetch))
    case .result(let part): .result(Ketwork_V1_Result(part))
    case .streamEnd(let end): .streamEnd(Ketwork_V1_StreamEnd(end))
    case .credit(let credit):
      .credit(
        .with {
          $0.job = Data(credit.job.bytes)
          $0.limit = UInt64(credit.limit)
        })
    case .cancel(let job): .cancel(.with { $0.job = Data(job.bytes) })
    case .subscribe(let subscribe):
      .subscribe(
        .with {
          $0.job = Data(subscribe.job.bytes)
          $0.after = subscribe.after
        })
    case .event(let event): .event(.with { $0.event = Ketwork_V1_JobEvent(event) })
    case .putTemplate: .putTemplate(Ketwork_V1_PutTemplate())
    case .needTemplate(let digests): .needTemplate(.with { $0.digests = digests.map { Data($0.bytes) } })
    case .template: .template(Ketwork_V1_TemplateList())
    case .list(let list):
      .list(
        .with {
          $0.kind = UInt32(list.kind.rawValue)
          $0.terminal = list.includesTerminal
          $0.limit = UInt32(list.limit)
        })
    case .listing(let listing):
      .listing(
        .with {
          $0.queuedCircuits = UInt64(listing.queuedCircuits)
          $0.totalJobs = UInt64(listing.totalJobs)
          $0.epoch = listing.epoch
        })
    case .diagnose: .diagnose(Ketwork_V1_Diagnose())
    case .diagnosis(let diagnosis): .diagnosis(Ketwork_V1_Diagnosis(diagnosis))
    case .confirm(let confirm):
      .confirm(
        .with {
          $0.job = Data(confirm.job.bytes)
          $0.count = UInt64(confirm.count)
        })
    case .retract(let retract):
      .retract(
        .with {
          $0.job = Data(retract.job.bytes)
          $0.reason = Text.truncated(retract.reason, to: Limits.reasonByteCount)
        })
    case .requeue(let requeue):
      .requeue(
        .with {
          $0.job = Data(requeue.job.bytes)
          $0.idempotencyKey = requeue.idempotencyKey
        })
    case .sessionOpen(let open): .sessionOpen(Ketwork_V1_SessionOpen(open))
    case .sessionExtend(let session): .sessionExtend(.with { $0.session = Data(session.bytes) })
    case .sessionClose(let close):
      .sessionClose(
        .with {
          $0.session = Data(close.session.bytes)
          $0.cancel = close.cancelsJobs
        })
    case .sessionState(let status): .sessionState(Ketwork_V1_SessionState(status))
    case .receipts(let receipts):
      .receipts(
        .with {
          $0.job = Data(receipts.job.bytes)
          $0.lower = UInt64(receipts.lower)
        })
    case .receiptList(let list):
      .receiptList(
        .with {
          $0.job = Data(list.job.bytes)
          $0.requestHash = Data(list.requestHash.bytes)
          $0.total = UInt64(list.total)
          $0.complete = list.isComplete
        })
    case .ready(let ready): .ready(.with { $0.slots = UInt32(ready.slots) })
    case .lease(let lease): .lease(Ketwork_V1_Lease(lease))
    case .started(let fence): .started(.with { $0.fence = Ketwork_V1_Fence(fence) })
    case .renew(let fences): .renew(.with { $0.fences = fences.map(Ketwork_V1_Fence.init) })
    case .complete(let complete):
      .complete(
        .with {
          $0.fence = Ketwork_V1_Fence(complete.fence)
          $0.busyNanoseconds = Wire.nanoseconds(complete.busyTime)
          $0.job = Data(complete.job.bytes)
          $0.lower = UInt64(complete.circuits.lowerBound)
          $0.upper = UInt64(complete.circuits.upperBound)
          $0.receipt = Data(complete.receipt)
        })
    case .fail(let fail):
      .fail(
        .with {
          $0.fence = Ketwork_V1_Fence(fail.fence)
          $0.code = Text.truncated(fail.code, to: Limits.nameByteCount)
          $0.message = Text.truncated(fail.message, to: Limits.textByteCount)
          $0.retryable = fail.isRetryable
        })
    case .release(let fences): .release(.with { $0.fences = fences.map(Ketwork_V1_Fence.init) })
    case .committed(let fences): .committed(.with { $0.fences = fences.map(Ketwork_V1_Fence.init) })
    case .stale(let fences): .stale(.with { $0.fences = fences.map(Ketwork_V1_Fence.init) })
    case .revoke(let fences): .revoke(.with { $0.fences = fences.map(Ketwork_V1_Fence.init) })
    case .drain: .drain(Ketwork_V1_Drain())
    }
  }
}
