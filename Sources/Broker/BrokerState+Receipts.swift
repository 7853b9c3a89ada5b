internal import Protocol

/// Why a receipt is not taken.
struct ReceiptRefusal: Error {
  var reason: String
}

// What workers sign of their results.
extension BrokerState {
  /// The receipt to keep with results, empty for none.
  ///
  /// A receipt that does not hold is never kept. Results without one are refused where receipts are required.
  ///
  /// - Throws: ``ReceiptRefusal``; the results are not to be kept.
  mutating func acceptableReceipt(
    of complete: Message.Complete, _ payload: [UInt8], _ job: JobRecord, _ peer: PeerID
  ) throws(ReceiptRefusal) -> [UInt8] {
    guard let reason = objection(to: complete, payload, job, peer) else { return complete.receipt }
    if complete.receipt.isEmpty && !configuration.receipts.areRequired { return [] }
    audits.countRefusedReceipt()
    let worker = peers[peer]?.name ?? ""
    effects.append(.notice(.receiptRefused(worker: worker, job: job.id, circuits: complete.circuits, reason: reason)))
    guard configuration.receipts.areRequired else { return [] }
    throw ReceiptRefusal(reason: reason)
  }

  private func objection(to complete: Message.Complete, _ payload: [UInt8], _ job: JobRecord, _ peer: PeerID) -> String? {
    guard !complete.receipt.isEmpty else { return "there is none" }
    do throws(ProtocolError) {
      let signed = try SignedReceipt(bytes: complete.receipt)
      if let key = peers[peer]?.worker?.signingKey, key != signed.keyFingerprint {
        return "signed by \(signed.keyFingerprint), but the worker announced \(key)"
      }
      let seeds = Set(job.items(of: complete.circuits).lazy.map(\.settings.seed)).sorted()
      guard signed.receipt.seeds == seeds else { return "the seeds are not those of the circuits" }
      let verifier = ReceiptVerifier(trustedKeys: configuration.receipts.trustedKeys)
      let findings = try verifier.findings(of: signed, job: job.id, circuits: complete.circuits, request: job.requestHash, payload)
      return findings.first?.message
    } catch {
      return error.message
    }
  }

  /// Sends a finished job's receipts from a circuit on, as many as fit a message.
  mutating func sendReceipts(_ request: Message.Receipts, to peer: PeerID, _ message: Message) {
    let replyTo = message.id
    guard let job = jobs[request.job] else { return }
    guard job.state.isTerminal else {
      return reject(
        Message.Reject(.notReady, "job \(job.id): \(job.state), no receipts yet", retryAfter: configuration.retryAfter), to: peer,
        replyTo: replyTo)
    }
    // What has gone may be there again if the broker does not outlive this moment, so even that is a promise.
    guard job.isResultKept else { return promise(.reject(goneRejection(job.id)), to: peer, replyTo: replyTo) }
    guard job.isResultLoaded else { return wait(for: [job.id], withResults: true, peer, message) }
    use(job.id)
    let wanted = job.parts.drop { $0.circuits.lowerBound < request.lower }
    var byteCount = 0
    let fitting = wanted.prefix { part in
      byteCount += part.receipt.count + Limits.receiptOverheadByteCount
      return byteCount <= Protocol.Limits.receiptListByteCount
    }
    let payload = ReceiptBody.encode(
      fitting.map { ReceiptedPart(circuits: $0.circuits, byteCount: $0.bytes.count, receipt: $0.receipt) })
    let list = Message.ReceiptList(
      job: job.id, requestHash: job.requestHash, total: job.total, isComplete: fitting.count == wanted.count)
    promise(.receiptList(list), to: peer, replyTo: replyTo, payload: payload)
  }
}
