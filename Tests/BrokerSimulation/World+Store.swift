internal import Broker
internal import Protocol

// The broker's process and its disk: starts, kills, commits and reads, each as the faults say.
extension World {
  func startBroker() {
    brokerGeneration += 1
    (uncommitted, isCommitting, hasStoreFailed) = ([], false, false)
    // Whoever supervises the broker starts it again until its store opens.
    guard !chance(faults.store.failedOpenProbability) else {
      return after(milliseconds(100...3_000)) { [unowned self] in startBroker() }
    }
    disk.epoch += 1
    do {
      state = try BrokerState(disk.index, configuration: configuration, seed: random.next(), at: time)
    } catch {
      checker.fail("the broker does not start from its own store: \(error)")
    }
    tick(brokerGeneration)
  }

  /// Kills the broker: what was not committed is lost, or was kept without anybody knowing.
  func restartBroker() {
    // Between two starts there is nobody to kill.
    guard state != nil else { return }
    if Bool.random(using: &random) {
      let kept = Int.random(in: 0...uncommitted.count, using: &random)
      for batch in uncommitted.prefix(kept) { disk.apply(batch) }
    }
    stopBroker()
  }

  /// The broker ends by itself, as one whose store failed does.
  func endFailedBroker() {
    if !hasStoreFailed { checker.fail("the broker ends although its store did not fail") }
    stopBroker()
  }

  private func stopBroker() {
    state = nil
    brokerGeneration += 1
    uncommitted = []
    after(milliseconds(10...3_000)) { [unowned self] in startBroker() }
  }

  private func tick(_ generation: Int) {
    guard generation == brokerGeneration else { return }
    step(.tick)
    after(.milliseconds(100)) { [unowned self] in tick(generation) }
  }

  /// Reads from the disk, some time from now; now and then something of it is not to be read.
  func load(_ jobs: [JobID], withResults: Bool) {
    let generation = brokerGeneration
    after(chance(faults.store.slowLoadProbability) ? milliseconds(100...3_000) : milliseconds(0...8)) { [unowned self] in
      guard generation == brokerGeneration else { return }
      if chance(faults.store.failedLoadProbability) {
        let failure = LoadFailure("does not read", isDamage: Bool.random(using: &random))
        for job in jobs { step(.loadFailed(job, failure)) }
      } else {
        step(.loaded(disk.entries(of: jobs, withResults: withResults), asked: jobs, withResults: withResults))
      }
    }
  }

  func commit() {
    guard !isCommitting, let last = uncommitted.last?.sequence else { return }
    isCommitting = true
    let (generation, count) = (brokerGeneration, uncommitted.count)
    // Now and then the disk is slow, and much is decided that is not yet kept.
    after(chance(faults.store.slowCommitProbability) ? milliseconds(100...3_000) : milliseconds(0...8)) { [unowned self] in
      guard generation == brokerGeneration else { return }
      let fate = isCalm ? .kept : faults.store.fate(using: &random)
      for batch in uncommitted.prefix(fate.keptCount(of: count, using: &random)) { disk.apply(batch) }
      guard fate == .kept else { return failCommit(fate) }
      uncommitted.removeFirst(count)
      isCommitting = false
      step(.committed(upTo: last))
    }
  }

  /// What came after the commit never reaches the disk; the broker is not told what became of what came before.
  private func failCommit(_ fate: StoreFaults.Fate) {
    storeFailures[fate, default: 0] += 1
    hasStoreFailed = true
    uncommitted = []
    step(.commitFailed(reason: "input/output error"))
  }
}
