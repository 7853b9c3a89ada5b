internal import Protocol

// What happens because time passes.
extension BrokerState {
  /// A silence of the broker itself longer than this is not held against its peers.
  private static let longestTick: Duration = .seconds(1)

  mutating func tick() {
    lastTick = now.monotonic
    guard failure == nil else { return checkPeers() }
    while let timer = timers.popDue(now.monotonic) { fire(timer) }
    if timers.count > 2 * (jobs.count + sessions.count) + parkedWaitingCount + Limits.staleTimerCount {
      timers.keep { [self] in isLive($0) }
    }
    forget()
    checkPeers()
    expireLeases()
    expireAudits()
    for id in progressing { touched.insert(id) }
  }

  /// When the process was stopped for a while, its peers could not be heard: their times are moved by as much.
  ///
  /// Every step looks, not ticks alone: connections that broke meanwhile are told of before the first tick.
  mutating func forgivePause() {
    let pause = now.monotonic - lastTick
    guard pause > BrokerState.longestTick else { return }
    lastTick = now.monotonic
    lastPause = Pause(
      forgivenUntil: now.monotonic + configuration.goneTime, nextFence: Fence(epoch: epoch, sequence: nextFence))
    for peer in peers.keys {
      peers[peer]?.lastHeard += pause
      if let probe = peers[peer]?.probeUntil { peers[peer]?.probeUntil = probe + pause }
    }
    for (fence, lease) in leases {
      leases[fence]?.expires += pause
      leases[fence]?.runLimit = lease.runLimit.map { $0 + pause }
    }
    audits.forgive(pause)
  }

  private mutating func fire(_ timer: Timer) {
    switch timer {
    case .deadline(let job): if parked[job] != nil { load([job], withResults: false) } else { expire(job) }
    case .retry(let job, _): enqueue(job)
    case .read(let job): if parked[job] != nil { load([job], withResults: false) }
    case .sessionIdle(let session): checkIdle(session)
    case .sessionEnd(let session): close(session)
    }
  }

  private func isLive(_ timer: Timer) -> Bool {
    switch timer {
    case .deadline(let job), .retry(let job, _), .read(let job):
      !(jobs[job]?.state.isTerminal ?? parked[job]?.state.isTerminal ?? true)
    case .sessionIdle(let session), .sessionEnd(let session): sessions[session]?.isOpen ?? false
    }
  }

  private mutating func expire(_ id: JobID) {
    guard let job = jobs[id], !job.state.isTerminal, let deadline = job.deadline else { return }
    // The wall clock may have moved the deadline since the timer was set.
    guard deadline <= now.monotonic else { return timers.insert(.deadline(id), due: deadline) }
    finish(id, job.isCancelling ? .cancelled : .expired, message: job.isCancelling ? "" : "its deadline passed")
  }

  private mutating func expireLeases() {
    let due = leases.filter { $0.value.expires <= now.monotonic || $0.value.runLimit.map { $0 <= now.monotonic } ?? false }
    for (fence, _) in due.sorted(by: { $0.key < $1.key }) {
      // A worker that only seems to be gone hears that it lost the lease.
      revoke([fence])
      lose(fence, isCrash: true)
    }
  }
}
