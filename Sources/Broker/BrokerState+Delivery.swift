internal import Protocol

// What a job rests on: confirmations, reorganisations of a chain, and another attempt after all failed.
extension BrokerState {
  // MARK: Confirmations

  /// Takes note of a higher count; at the one needed the job is given out. Once it was, counts change nothing.
  mutating func confirm(_ confirm: Message.Confirm, for peer: PeerID, replyTo: UInt64) {
    let id = confirm.job
    if let job = jobs[id], !job.state.isTerminal, job.isHeld, confirm.count > job.confirmations {
      jobs[id]?.confirmations = confirm.count
      mutations.append(.confirmationsRaised(id, count: confirm.count))
      enqueue(id)
      settle(id)
    }
    sendStatus(id, to: peer, replyTo: replyTo)
  }

  // MARK: Retraction

  /// Takes a job back: it is cancelled, or marked if it has ended.
  mutating func retract(_ retract: Message.Retract, for peer: PeerID, replyTo: UInt64) {
    let id = retract.job
    if let job = jobs[id], job.retraction == nil {
      jobs[id]?.retraction = retract.reason
      mutations.append(.jobRetracted(id, reason: retract.reason))
      let text = jobs[id]?.retractionMessage ?? ""
      if job.state.isTerminal {
        jobs[id]?.message = job.message.isEmpty ? text : "\(job.message); \(text)"
        // The one event after a job's end: with its number, and the state that it had.
        record(job.state, of: id)
      } else {
        jobs[id]?.message = text
        cancel(id)
      }
    }
    sendStatus(id, to: peer, replyTo: replyTo)
  }

  // MARK: Another attempt

  /// Makes a new job of the items of one that failed.
  mutating func requeue(_ requeue: Message.Requeue, for peer: PeerID, _ message: Message) {
    let replyTo = message.id
    guard let tenant = peers[peer]?.tenant,
      let hash = jobs[requeue.job]?.requestHash ?? tombstones[requeue.job]?.requestHash
    else { return }
    let request = Request(
      key: IdempotencyKey(tenant: tenant, key: requeue.idempotencyKey), hash: hash, requeuedFrom: requeue.job)
    if answerAgain(request, peer, message) { return }
    guard let old = jobs[requeue.job] else {
      return promise(.reject(goneRejection(requeue.job)), to: peer, replyTo: replyTo)
    }
    if let rejection = refusal(ofRequeueing: old) ?? admission(of: old.body.count, tenant: old.tenant) {
      return promise(.reject(rejection), to: peer, replyTo: replyTo)
    }
    do {
      let items = try JobBody.decodeJob(old.body)
      var stored = newJob(request, items, body: old.body, templates: old.templates)
      (stored.name, stored.priority, stored.maximumRunTime) = (old.name, old.priority, old.maximumRunTime)
      accept(stored, items, for: peer, replyTo: replyTo)
    } catch {
      reject(Message.Reject(error), to: peer, replyTo: replyTo)
    }
  }

  private func refusal(ofRequeueing job: JobRecord) -> Message.Reject? {
    guard job.state == .failed || job.state == .dead else {
      return Message.Reject(.invalidValue, "job \(job.id): \(job.state), failed or dead accepted")
    }
    guard job.retraction == nil else { return Message.Reject(.invalidValue, "job \(job.id): retracted, not to be run again") }
    guard !job.body.isEmpty else { return Message.Reject(.gone, "job \(job.id): its items are no longer kept") }
    return nil
  }
}

extension JobRecord {
  /// What a listing says of a job that came to nothing.
  var deadLetter: DeadLetter {
    DeadLetter(
      status: status, finishedUnixNanoseconds: finishedUnixNanoseconds ?? 0, circuits: failedCircuits,
      isRequeueable: !body.isEmpty && retraction == nil)
  }
}
