import Protocol

/// Everything a client decides: what it has asked, of whom, and what has to be asked again.
///
/// Pure: events with their time go in, actions come out.
///
/// Everything a client asks for can be asked twice: a submission bears a key that makes it one job however often it arrives,
/// events and results are asked for from where the client stands. So all that is not answered is simply asked again after a
/// connection was lost, and nothing is lost with it. What ends a call is its answer, its time, or a broker that stays away.
package struct ClientState: Sendable {
  var connection: ConnectionState
  private let unreachableTime: Duration
  var calls: [UInt64: Call] = [:]
  /// The call that each message asked for.
  var asked: [UInt64: UInt64] = [:]
  /// Templates that the broker was sent over this connection.
  var sentTemplates: Set<Digest> = []
  private var closedSince: Duration?
  private var refusal: ClientError?
  private var isClosed = false

  /// Makes the state of a client that has not started.
  ///
  /// - Parameters:
  ///   - unreachableTime: How long calls wait for a broker that is not there.
  ///   - seed: Of the jitter between attempts to connect.
  package init(name: String, software: String = "ketwork", endpointCount: Int, unreachableTime: Duration, seed: UInt64) {
    let hello = Message.Hello(role: .client, name: name, software: software)
    connection = ConnectionState(hello: hello, endpointCount: endpointCount, seed: seed)
    self.unreachableTime = unreachableTime
  }

  /// When ``Event/tick`` has something to do.
  package var nextDeadline: Duration? {
    if isClosed { return nil }
    var times = [connection.nextDeadline]
    for call in calls.values {
      times.append(call.deadline)
      if isOpen { times.append(call.retry) }
      if let closedSince { times.append(max(call.issued, closedSince) + unreachableTime) }
    }
    return times.compactMap(\.self).min()
  }

  /// Why the last handshake with a broker failed, if it did.
  var handshakeFailure: String? { connection.handshakeFailure }

  var isOpen: Bool { connection.welcome != nil }

  /// Takes an event.
  package mutating func handle(_ event: Event, at now: Duration) -> [Action] {
    switch event {
    case .start:
      closedSince = now
      return connected(connection.start(at: now), at: now)
    case .received(let message):
      return connected(connection.received(message, at: now), at: now) + received(message, at: now)
    case .handshakeFailed(let reject, let isFinal):
      return connected(connection.handshakeFailed(reject, isFinal: isFinal, at: now), at: now)
    case .call(let id, let request, let timeout): return call(id, request, timeout, at: now)
    case .abandon(let id):
      let fetched = calls[id]?.fetchedJob
      end(id)
      return fetched.map { startNextFetch(of: $0, at: now) } ?? []
    case .consumed(let id, let byteCount): return consumed(id, byteCount, at: now)
    case .tick: return connected(connection.tick(now), at: now) + tick(now)
    case .close: return close(at: now)
    }
  }

  // MARK: Connection

  private mutating func connected(_ actions: [ConnectionState.Action], at now: Duration) -> [Action] {
    actions.flatMap { action -> [Action] in
      switch action {
      case .connect(let endpoint): return [.connect(endpoint: endpoint)]
      case .send(let message): return [.send(message)]
      case .opened: return opened(at: now)
      case .lost:
        closedSince = now
        return []
      case .refused(let reject):
        refusal = ClientError(reject)
        return failAll(ClientError(reject))
      }
    }
  }

  /// Asks again all that was not answered.
  private mutating func opened(at now: Duration) -> [Action] {
    closedSince = nil
    asked = [:]
    sentTemplates = []
    return calls.keys.sorted().flatMap { ask($0, at: now) }
  }

  private mutating func close(at now: Duration) -> [Action] {
    guard !isClosed else { return [] }
    isClosed = true
    let farewell: [Action] = isOpen ? [.send(connection.message(.bye, at: now))] : []
    return failAll(ClientError(.closed, "the client was closed")) + farewell
  }

  // MARK: Calls

  private mutating func call(_ id: UInt64, _ request: Request, _ timeout: Duration?, at now: Duration) -> [Action] {
    precondition(calls[id] == nil, "call \(id) was made already")
    if isClosed { return [.fail(id, ClientError(.closed, "the client was closed"))] }
    if let refusal { return [.fail(id, refusal)] }
    guard calls.count < Limits.callCount else {
      return [.fail(id, ClientError(.tooManyCalls, "\(calls.count) calls wait for an answer; that is as many as may"))]
    }
    let kind: Call.Kind
    switch request {
    case .open: kind = .open
    case .status(let job): kind = .status(job)
    case .cancel(let job): kind = .cancel(job)
    case .list(let list): kind = .list(list)
    case .diagnose: kind = .diagnose
    case .subscribe(let job, let after): kind = .subscribe(job, last: after)
    case .fetch(let job, let circuits): kind = .fetch(Fetch(job: job, circuits: circuits))
    case .outcome(let job): kind = .outcome(job)
    case .fetchBytes(let job): kind = .fetch(Fetch(job: job, isRaw: true))
    case .receipts(let job, let lower): kind = .receipts(job, lower: lower)
    case .confirm(let confirm): kind = .question(.confirm(confirm))
    case .retract(let retract): kind = .question(.retract(retract))
    case .requeue(let requeue): kind = .question(.requeue(requeue))
    case .openSession(let open): kind = .question(.sessionOpen(open))
    case .extendSession(let session): kind = .question(.sessionExtend(session))
    case .closeSession(let close): kind = .question(.sessionClose(close))
    case .submit(let job, let templates), .run(let job, let templates):
      guard let missing = job.templates.subtracting(templates.keys).min() else {
        var submission = Submission(job, templates)
        if case .run = request { submission.submit.resultLimit = Limits.resultWindowByteCount }
        kind = .submit(submission)
        break
      }
      return [.fail(id, ClientError(.missingTemplate, "the job names template \(missing), which was not handed in with it"))]
    }
    calls[id] = Call(kind: kind, issued: now, deadline: timeout.map { now + $0 })
    return isOpen ? ask(id, at: now) : []
  }

  private mutating func tick(_ now: Duration) -> [Action] {
    var actions: [Action] = []
    for (id, call) in calls.sorted(by: { $0.key < $1.key }) {
      if let closedSince, now >= max(call.issued, closedSince) + unreachableTime {
        let reason = connection.handshakeFailure.map { ": \($0)" } ?? ""
        actions.append(fail(id, ClientError(.unreachable, "no broker answered within \(unreachableTime)\(reason)")))
      } else if let deadline = call.deadline, now >= deadline {
        actions.append(fail(id, ClientError(.timedOut, "no answer within \(deadline - call.issued)")))
      } else if isOpen, let retry = call.retry, now >= retry {
        actions += ask(id, at: now)
      }
    }
    return actions
  }

  // MARK: Ending calls

  mutating func fail(_ id: UInt64, _ error: ClientError) -> Action {
    end(id)
    return .fail(id, error)
  }

  mutating func answer(_ id: UInt64, _ answer: Answer) -> Action {
    end(id)
    return .answer(id, answer)
  }

  mutating func end(_ id: UInt64) {
    guard let call = calls.removeValue(forKey: id), let message = call.message else { return }
    asked[message] = nil
  }

  private mutating func failAll(_ error: ClientError) -> [Action] {
    let ids = calls.keys.sorted()
    (calls, asked) = ([:], [:])
    return ids.map { .fail($0, error) }
  }
}

extension ClientState.Submission {
  init(_ job: Job, _ templates: [Digest: Template]) {
    submit = Message.Submit(
      idempotencyKey: job.idempotencyKey, priority: job.priority, deadline: job.deadline, maximumRunTime: job.maximumRunTime,
      name: job.name, confirmations: job.confirmations, session: job.session)
    payload = JobBody.encode(job.items)
    self.templates = templates.filter { job.templates.contains($0.key) }
  }
}

extension ClientState.Call {
  var fetchedJob: JobID? {
    if case .fetch(let fetch) = kind { fetch.job } else { nil }
  }
}
