import Protocol

// What is asked, and what the broker's messages answer.
extension ClientState {
  /// Asks, or asks again, for what a call wants, from where it stands.
  mutating func ask(_ id: UInt64, at now: Duration) -> [Action] {
    guard let call = calls[id] else { return [] }
    calls[id]!.retry = now + Limits.repeatInterval
    switch call.kind {
    case .open: return [answer(id, .opened)]
    case .submit(let submission): return submit(id, submission, at: now)
    case .status(let job): return [send(id, .status(job), at: now)]
    case .cancel(let job): return [send(id, .cancel(job), at: now)]
    case .list(let list): return [send(id, .list(list), at: now)]
    case .diagnose: return [send(id, .diagnose, at: now)]
    case .subscribe(let job, let last):
      // Silence is an answer: nothing has happened yet.
      calls[id]!.retry = nil
      return [send(id, .subscribe(Message.Subscribe(job: job, after: last)), at: now)]
    case .question(let content): return [send(id, content, at: now)]
    case .receipts(let job, let lower): return [send(id, .receipts(Message.Receipts(job: job, lower: lower)), at: now)]
    case .fetch(let fetch): return isFirst(id, toFetch: fetch.job) ? [self.fetch(id, at: now)] : []
    case .outcome(let job):
      calls[id]!.retry = nil
      let limit = Fetch(job: job).creditLimit
      return [send(id, .fetch(Message.Fetch(job: job, limit: limit, waits: true)), at: now)]
    }
  }

  private mutating func send(_ id: UInt64, _ content: Message.Content, payload: [UInt8] = [], at now: Duration) -> Action {
    let message = connection.message(content, payload: payload, at: now)
    if let old = calls[id]?.message { asked[old] = nil }
    calls[id]?.message = message.id
    asked[message.id] = id
    return .send(message)
  }

  /// Sends a job, after those of its templates that the broker has not been sent yet.
  private mutating func submit(_ id: UInt64, _ submission: Submission, at now: Duration) -> [Action] {
    let new = submission.templates.keys.filter { !sentTemplates.contains($0) }.sorted()
    sentTemplates.formUnion(new)
    var actions: [Action] = TemplateBundle.bundles(of: new.map { submission.templates[$0]! }).map { bundle in
      .send(connection.message(.putTemplate, payload: TemplateBundle.encode(bundle), at: now))
    }
    actions.append(send(id, .submit(submission.submit), payload: submission.payload, at: now))
    return actions
  }

  mutating func received(_ message: Message, at now: Duration) -> [Action] {
    switch message.content {
    case .event(let event): return received(event)
    case .result(let part): return received(part, message.payload, at: now)
    case .streamEnd(let end): return received(end, at: now)
    default: break
    }
    guard let replyTo = message.replyTo, let id = asked[replyTo] else { return [] }
    switch message.content {
    case .accepted(let accepted): return received(accepted, id, at: now)
    case .state(let status): return received(status, id, at: now)
    case .diagnosis(let diagnosis): return [answer(id, .diagnosis(diagnosis))]
    case .sessionState(let status): return [answer(id, .session(status))]
    case .listing(let listing): return [answer(id, listing, message.payload)]
    case .receiptList(let list): return [answer(id, list, message.payload)]
    case .needTemplate(let digests): return needed(digests, by: id, at: now)
    case .reject(let reject): return rejected(reject, id, at: now)
    default: return []
    }
  }

  private mutating func answer(_ id: UInt64, _ listing: Message.Listing, _ payload: [UInt8]) -> Action {
    do throws(ProtocolError) {
      if case .list(let list) = calls[id]?.kind, list.kind == .audits {
        return answer(id, .audits(try ListingBody.decodeAudits(payload)))
      }
      return answer(id, .listing(listing, try ListingBody.decode(payload)))
    } catch {
      return fail(id, ClientError(ClientError.Code(rawValue: error.code.rawValue), error.message))
    }
  }

  private mutating func answer(_ id: UInt64, _ list: Message.ReceiptList, _ payload: [UInt8]) -> Action {
    do throws(ProtocolError) {
      return answer(id, .receipts(list, try ReceiptBody.decode(payload)))
    } catch {
      return fail(id, ClientError(ClientError.Code(rawValue: error.code.rawValue), error.message))
    }
  }

  private mutating func received(_ accepted: Message.Accepted, _ id: UInt64, at now: Duration) -> [Action] {
    guard case .submit(let submission) = calls[id]?.kind, submission.submit.resultLimit > 0 else {
      return [answer(id, .accepted(accepted))]
    }
    calls[id]!.kind = .outcome(accepted.job)
    calls[id]!.retry = nil
    // Of a job that was accepted before, the broker does not take the submission for a question after its end.
    return [.answer(id, .accepted(accepted))] + (accepted.isDuplicate ? ask(id, at: now) : [])
  }

  /// The broker has forgotten templates, or never had them: sends all of the job's again with the job.
  private mutating func needed(_ digests: [Digest], by id: UInt64, at now: Duration) -> [Action] {
    guard case .submit(let submission) = calls[id]?.kind else { return [] }
    sentTemplates.subtract(digests)
    // Only so many are named at a time; when that many are, assume that there are more.
    if digests.count >= Protocol.Limits.digestCount { sentTemplates.subtract(submission.templates.keys) }
    return ask(id, at: now)
  }

  private mutating func rejected(_ reject: Message.Reject, _ id: UInt64, at now: Duration) -> [Action] {
    if reject.code == .incompleteTransfer { return ask(id, at: now) }
    guard let retryAfter = reject.retryAfter else {
      let fetched = calls[id]?.fetchedJob
      let failure = fail(id, ClientError(reject))
      return [failure] + (fetched.map { startNextFetch(of: $0, at: now) } ?? [])
    }
    calls[id]!.retry = now + retryAfter
    return []
  }

  // MARK: Events

  private mutating func received(_ event: JobEvent) -> [Action] {
    var actions: [Action] = []
    for (id, call) in calls.sorted(by: { $0.key < $1.key }) {
      guard case .subscribe(event.job, let last) = call.kind, event.sequence == last + 1 else { continue }
      calls[id]!.kind = .subscribe(event.job, last: event.sequence)
      actions.append(.answer(id, .event(event)))
      if event.state.isTerminal { actions.append(answer(id, .finished)) }
    }
    return actions
  }

  // MARK: Results

  private mutating func received(_ status: JobStatus, _ id: UInt64, at now: Duration) -> [Action] {
    switch calls[id]?.kind {
    case .outcome(let job):
      guard status.resultByteCount > 0 else {
        return [.answer(id, .status(status)), answer(id, .finished)]
      }
      var fetch = Fetch(job: job)
      fetch.limit = fetch.creditLimit
      calls[id]!.kind = .fetch(fetch)
      // The result follows, in the place of any that was on its way to another reader.
      let others = isFirst(id, toFetch: job) ? [] : startNextFetch(of: job, at: now)
      return [.answer(id, .status(status))] + others
    // The broker had to read the result from its store, and began again.
    case .fetch: return []
    default: return [answer(id, .status(status))]
    }
  }

  /// A broker sends each client a job's result once at a time, so readers of the same result take turns.
  private func isFirst(_ id: UInt64, toFetch job: JobID) -> Bool {
    !calls.contains { $0.key < id && $0.value.fetchedJob == job }
  }

  mutating func startNextFetch(of job: JobID, at now: Duration) -> [Action] {
    guard isOpen, let next = calls.filter({ $0.value.fetchedJob == job }).keys.min() else { return [] }
    return ask(next, at: now)
  }

  private mutating func fetch(_ id: UInt64, at now: Duration) -> Action {
    guard case .fetch(var fetch) = calls[id]?.kind else { preconditionFailure("call \(id) fetches nothing") }
    // What there is of a range may have grown, so it is read from its beginning; whoever reads it knows what it has already.
    if let circuits = fetch.circuits { fetch = Fetch(job: fetch.job, circuits: circuits) }
    fetch.limit = max(fetch.creditLimit, fetch.received)
    calls[id]!.kind = .fetch(fetch)
    // A reader may take its time; the connection's own signs of life tell whether the broker is there.
    calls[id]!.retry = nil
    return send(
      id, .fetch(Message.Fetch(job: fetch.job, offset: fetch.received, limit: fetch.limit, circuits: fetch.circuits)), at: now)
  }

  private func fetcher(of job: JobID) -> (id: UInt64, fetch: Fetch)? {
    guard let id = calls.filter({ $0.value.fetchedJob == job }).keys.min(), case .fetch(let fetch) = calls[id]!.kind else {
      return nil
    }
    return (id, fetch)
  }

  private mutating func received(_ part: Message.ResultPart, _ payload: [UInt8], at now: Duration) -> [Action] {
    guard case (let id, var fetch)? = fetcher(of: part.job), part.circuits == fetch.circuits, part.offset >= fetch.received else {
      return []
    }
    guard part.offset == fetch.received, Digest(of: payload) == part.digest else { return [self.fetch(id, at: now)] }
    do throws(ProtocolError) {
      let records = fetch.isRaw ? [] : try fetch.splitter.append(payload)
      fetch.received += payload.count
      fetch.digest.append(payload)
      calls[id]!.kind = .fetch(fetch)
      var actions = credit(id, at: now)
      if fetch.isRaw { actions.append(.answer(id, .bytes(payload))) }
      if !records.isEmpty { actions.append(.answer(id, .results(try ResultBody.decode(records), byteCount: records.count))) }
      return actions
    } catch {
      return [fail(id, ClientError(.corruptResult, error.message))] + startNextFetch(of: part.job, at: now)
    }
  }

  private mutating func received(_ end: Message.StreamEnd, at now: Duration) -> [Action] {
    guard let (id, fetch) = fetcher(of: end.job), end.circuits == fetch.circuits else { return [] }
    guard fetch.received == end.byteCount else { return [self.fetch(id, at: now)] }
    let isWhole = fetch.splitter.byteCount == 0 && fetch.digest.finish() == end.digest
    let last =
      isWhole
      ? answer(id, .fetched(end))
      : fail(id, ClientError(.corruptResult, "the result of job \(end.job) does not have the digest that the broker announced"))
    return [last] + startNextFetch(of: end.job, at: now)
  }

  mutating func consumed(_ id: UInt64, _ byteCount: Int, at now: Duration) -> [Action] {
    guard case .fetch(var fetch) = calls[id]?.kind else { return [] }
    fetch.consumed += byteCount
    calls[id]!.kind = .fetch(fetch)
    return isOpen ? credit(id, at: now) : []
  }

  /// Gives credit when half a window has become free.
  private mutating func credit(_ id: UInt64, at now: Duration) -> [Action] {
    guard case .fetch(var fetch) = calls[id]?.kind,
      fetch.creditLimit - fetch.limit >= Limits.resultWindowByteCount / 2
    else { return [] }
    fetch.limit = fetch.creditLimit
    calls[id]!.kind = .fetch(fetch)
    return [.send(connection.message(.credit(Message.Credit(job: fetch.job, limit: fetch.limit)), at: now))]
  }
}

extension ClientState.Fetch {
  /// How far the broker may send: a window beyond what was taken. A record that is not whole yet cannot be taken, so it is not
  /// counted, or one larger than the window would never be whole.
  var creditLimit: Int { consumed + splitter.byteCount + Limits.resultWindowByteCount }
}
