internal import Protocol

// Results on their way to clients.
extension BrokerState {
  mutating func fetch(_ fetch: Message.Fetch, for peer: PeerID, replyTo: UInt64) {
    guard let job = jobs[fetch.job] else { return }
    guard job.state.isTerminal else {
      return reject(
        Message.Reject(.notReady, "job \(job.id): \(job.state), no result yet", retryAfter: configuration.retryAfter), to: peer,
        replyTo: replyTo)
    }
    guard job.isResultKept else {
      return reject(Message.Reject(.gone, "job \(job.id): its result is no longer kept"), to: peer, replyTo: replyTo)
    }
    guard fetch.offset <= job.resultByteCount else {
      return reject(
        Message.Reject(.invalidValue, "offset \(fetch.offset), 0 to \(job.resultByteCount) accepted"), to: peer, replyTo: replyTo)
    }
    guard (peers[peer]?.fetches.count ?? 0) < Limits.streamCount else {
      return reject(Message.Reject(.tooLarge, "fetches: \(Limits.streamCount) at most"), to: peer, replyTo: replyTo)
    }
    let limit = min(fetch.limit, fetch.offset + Protocol.Limits.resultCreditByteCount)
    peers[peer]?.fetches[job.id] = PeerRecord.Stream(offset: fetch.offset, limit: limit)
    pump(job.id, to: peer, replyTo: replyTo)
  }

  mutating func extend(_ credit: Message.Credit, of peer: PeerID) {
    guard let stream = peers[peer]?.fetches[credit.job], credit.limit > stream.limit else { return }
    peers[peer]?.fetches[credit.job]?.limit = min(credit.limit, stream.limit + Protocol.Limits.resultCreditByteCount)
    pump(credit.job, to: peer, replyTo: nil)
  }

  /// Sends what the client has credit for.
  private mutating func pump(_ job: JobID, to peer: PeerID, replyTo: UInt64?) {
    guard let record = jobs[job], var stream = peers[peer]?.fetches[job] else { return }
    while stream.offset < min(stream.limit, record.resultByteCount) {
      let end = min(stream.limit, record.resultByteCount, stream.offset + Limits.resultPartByteCount)
      let bytes = record.resultBytes(stream.offset..<end)
      promise(
        .result(Message.ResultPart(job: job, offset: stream.offset, digest: Digest(of: bytes))), to: peer, replyTo: replyTo,
        payload: bytes)
      stream.offset = end
    }
    guard stream.offset == record.resultByteCount, let digest = record.resultDigest else {
      peers[peer]?.fetches[job] = stream
      return
    }
    peers[peer]?.fetches[job] = nil
    promise(
      .streamEnd(Message.StreamEnd(job: job, byteCount: record.resultByteCount, digest: digest, state: record.state)), to: peer,
      replyTo: replyTo)
  }
}

extension JobRecord {
  /// Some bytes of the results, one lease's after the other.
  func resultBytes(_ range: Range<Int>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(range.count)
    var start = 0
    for part in parts {
      let wanted = range.clamped(to: start..<start + part.bytes.count)
      if !wanted.isEmpty { bytes += part.bytes[wanted.lowerBound - start..<wanted.upperBound - start] }
      start += part.bytes.count
      if start >= range.upperBound { break }
    }
    return bytes
  }

  /// The digest of all results.
  func digestOfResults() -> Digest {
    var builder = DigestBuilder()
    for part in parts { builder.append(part.bytes) }
    return builder.finish()
  }
}
