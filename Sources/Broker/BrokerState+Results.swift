internal import Protocol

// Results on their way to clients.
extension BrokerState {
  mutating func fetch(_ fetch: Message.Fetch, for peer: PeerID, _ message: Message) {
    let replyTo = message.id
    guard let job = jobs[fetch.job] else { return }
    if fetch.waits {
      guard job.state.isTerminal else {
        // Asked again, it is asked once.
        peers[peer]?.awaited[job.id]?.removeAll { $0.id == replyTo }
        if let rejection = refusalToAwait(of: peer) { return reject(rejection, to: peer, replyTo: replyTo) }
        return awaitEnd(of: job.id, peer, message)
      }
      sendStatus(job.id, to: peer, replyTo: replyTo)
    }
    // What has gone may be there again if the broker does not outlive this moment, so even that is a promise.
    guard job.isResultKept else {
      return promise(.reject(goneRejection(job.id)), to: peer, replyTo: replyTo)
    }
    guard job.isResultLoaded else { return wait(for: [job.id], withResults: true, peer, message) }
    use(job.id)
    if let rejection = refusal(of: fetch, job) { return reject(rejection, to: peer, replyTo: replyTo) }
    let content = fetch.circuits.map { job.extract($0) } ?? job.wholeResult
    guard fetch.offset <= content.byteCount else {
      return reject(
        Message.Reject(.invalidValue, "offset \(fetch.offset), 0 to \(content.byteCount) accepted"), to: peer, replyTo: replyTo)
    }
    guard (peers[peer]?.fetches.count ?? 0) < Limits.streamCount else {
      return reject(Message.Reject(.tooLarge, "fetches: \(Limits.streamCount) at most"), to: peer, replyTo: replyTo)
    }
    let limit = min(fetch.limit, fetch.offset + Protocol.Limits.resultCreditByteCount)
    peers[peer]?.fetches[job.id] = PeerRecord.Stream(
      offset: fetch.offset, limit: limit, circuits: fetch.circuits, content: content)
    pump(job.id, to: peer, replyTo: replyTo)
  }

  /// Why a peer may not wait for the end of another job, if it may not.
  func refusalToAwait(of peer: PeerID) -> Message.Reject? {
    let count = peers[peer]?.awaited.values.reduce(0) { $0 + $1.count } ?? 0
    return count < Limits.streamCount ? nil : Message.Reject(.tooLarge, "fetches that wait: \(Limits.streamCount) at most")
  }

  /// Answers a fetch when its job has ended.
  mutating func awaitEnd(of job: JobID, _ peer: PeerID, _ message: Message) {
    peers[peer]?.awaited[job, default: []].append(message)
    awaiters[job, default: []].insert(peer)
  }

  /// Sends a job's result to those who wait for it.
  mutating func answerAwaiters(of job: JobID) {
    for peer in (awaiters.removeValue(forKey: job) ?? []).sorted() {
      for message in peers[peer]?.awaited.removeValue(forKey: job) ?? [] {
        guard case .fetch(let fetch) = message.content else { continue }
        self.fetch(fetch, for: peer, message)
      }
    }
  }

  private func refusal(of fetch: Message.Fetch, _ job: JobRecord) -> Message.Reject? {
    if let circuits = fetch.circuits, circuits.upperBound > job.total {
      return Message.Reject(.invalidValue, "circuits \(circuits) of job \(job.id): 0..<\(job.total) accepted")
    }
    guard fetch.circuits != nil || job.state.isTerminal else {
      return Message.Reject(.notReady, "job \(job.id): \(job.state), no result yet", retryAfter: configuration.retryAfter)
    }
    return nil
  }

  func goneRejection(_ job: JobID) -> Message.Reject {
    Message.Reject(.gone, "job \(job): its result is no longer kept")
  }

  mutating func extend(_ credit: Message.Credit, of peer: PeerID, _ message: Message) {
    guard let stream = peers[peer]?.fetches[credit.job], credit.limit > stream.limit else { return }
    if jobs[credit.job]?.isResultLoaded == false { return wait(for: [credit.job], withResults: true, peer, message) }
    use(credit.job)
    peers[peer]?.fetches[credit.job]?.limit = min(credit.limit, stream.limit + Protocol.Limits.resultCreditByteCount)
    pump(credit.job, to: peer, replyTo: nil)
  }

  /// Sends what the client has credit for.
  private mutating func pump(_ job: JobID, to peer: PeerID, replyTo: UInt64?) {
    guard let record = jobs[job], record.isResultKept, var stream = peers[peer]?.fetches[job] else {
      // The result went while it was read: asking again says so.
      peers[peer]?.fetches[job] = nil
      return
    }
    while stream.offset < min(stream.limit, stream.content.byteCount) {
      let end = min(stream.limit, stream.content.byteCount, stream.offset + Limits.resultPartByteCount)
      let bytes = record.bytes(stream.offset..<end, of: stream.content)
      promise(
        .result(Message.ResultPart(job: job, offset: stream.offset, digest: Digest(of: bytes), circuits: stream.circuits)),
        to: peer, replyTo: replyTo, payload: bytes)
      stream.offset = end
    }
    guard stream.offset == stream.content.byteCount else {
      peers[peer]?.fetches[job] = stream
      return
    }
    peers[peer]?.fetches[job] = nil
    promise(
      .streamEnd(
        Message.StreamEnd(
          job: job, byteCount: stream.content.byteCount, digest: stream.content.digest, state: record.state,
          retraction: record.retraction, circuits: stream.circuits, present: stream.content.present,
          hasMore: stream.content.hasMore)),
      to: peer, replyTo: replyTo)
  }
}
