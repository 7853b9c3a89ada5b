import Client
import Foundation
import Protocol
import TestSupport

/// Submits jobs of all kinds, one after the other, and hears out each.
struct SoakClient: Sendable {
  let number: Int
  let endpoint: String
  let works: [SoakWork]
  let long: SoakWork
  let ledger: Shared<SoakLedger>
  let end: Date
  /// Accepted, and not heard out yet.
  private let pending = Shared([JobID]())
  /// How many there are at most: the broker forgets old jobs.
  private static let pendingCount = 10

  init(number: Int, endpoint: String, works: [SoakWork], long: SoakWork, ledger: Shared<SoakLedger>, end: Date) {
    self.number = number
    self.endpoint = endpoint
    self.works = works
    self.long = long
    self.ledger = ledger
    self.end = end
  }

  private enum Act: CaseIterable { case wait, detach, twice, conflict, cancel, hold, retract, expire, session, stream }

  func run(seed: UInt64) async throws {
    var configuration = ClientConfiguration(endpoints: [endpoint], name: "soak \(number)", seed: seed)
    // The first fault may begin before the connection does.
    configuration.connectTimeout = .seconds(120)
    configuration.unreachableTimeout = .seconds(120)
    let client = try await KetworkClient.connect(configuration)
    var random = SplitMix(seed: seed)
    var count = 0
    while Date() < end {
      count += 1
      // Half are plain.
      let act = Bool.random(using: &random) ? .wait : Act.allCases.randomElement(using: &random)!
      let work = Int.random(in: 0..<works.count, using: &random)
      do {
        try await perform(act, client, "\(number)-\(count)", work, Int.random(in: 1...300, using: &random))
        let oldest = pending.current
        if oldest.count > Self.pendingCount { try await hearOut(oldest[0], client) }
      } catch let error as ClientError where [.unreachable, .timedOut].contains(error.code) || error.retryAfter != nil {
        ledger.update { $0.count("refused or timed out: \(error.code.rawValue)") }
      } catch {
        ledger.update { $0.problem("client \(number), \(act): \(error)") }
      }
    }
    await client.close()
  }

  private func perform(_ act: Act, _ client: KetworkClient, _ key: String, _ work: Int, _ milliseconds: Int) async throws {
    ledger.update { $0.count("\(act)") }
    switch act {
    case .wait: try await hearOut(try await submit(client, key, work), client)
    case .detach: _ = try await submit(client, key, work)
    case .twice: try await submitTwice(client, key, work)
    case .conflict: try await conflict(client, key, work)
    case .cancel: try await cancel(client, key, after: milliseconds)
    case .hold, .retract: try await hold(client, key, work, isRetracted: act == .retract)
    case .expire:
      let job = try await submit(client, key, works.count, deadline: .milliseconds(milliseconds))
      try await hearOut(job, client)
    case .session:
      let session = try await client.openSession()
      try await hearOut(try await submit(client, key, work, session: session.session), client)
      _ = try await client.closeSession(session.session)
    case .stream: try await stream(client, key, work)
    }
  }

  /// Submits until the broker's answer is known; the one that is longest has the number after the last.
  private func submit(
    _ client: KetworkClient, _ key: String, _ work: Int, confirmations: Int = 0, deadline: Duration? = nil,
    session: SessionID? = nil
  ) async throws -> JobID {
    let chosen = work < works.count ? works[work] : long
    let job = try chosen.job(key, confirmations: confirmations, deadline: deadline, session: session)
    let submitted = try await client.submit(job, templates: [chosen.template])
    ledger.update { $0.accepted(submitted.job, key: key, work: work) }
    pending.update { if !$0.contains(submitted.job) { $0.append(submitted.job) } }
    return submitted.job
  }

  /// Waits for a job's end, and looks at all that is said of it.
  private func hearOut(_ job: JobID, _ client: KetworkClient) async throws {
    let outcome = try await client.wait(for: job, timeout: .seconds(300))
    ledger.update {
      $0.saw(outcome.status)
      if outcome.status.state == .succeeded { $0.saw(outcome.results, of: job) }
    }
    var events: [JobEvent] = []
    for try await event in await client.events(of: job) { events.append(event) }
    ledger.update { $0.saw(events, of: job) }
    pending.update { $0.removeAll { $0 == job } }
  }

  private func submitTwice(_ client: KetworkClient, _ key: String, _ work: Int) async throws {
    async let first = submit(client, key, work)
    async let second = submit(client, key, work)
    _ = try await second
    try await hearOut(try await first, client)
  }

  private func conflict(_ client: KetworkClient, _ key: String, _ work: Int) async throws {
    let job = try await submit(client, key, work)
    let other = works[(work + 1) % works.count]
    do {
      let submitted = try await client.submit(try other.job(key), templates: [other.template])
      ledger.update { $0.problem("key \(key) was taken by \(job), and \(submitted.job) was accepted under it") }
    } catch let error as ClientError where error.code == .conflict {
      try await hearOut(job, client)
    }
  }

  private func cancel(_ client: KetworkClient, _ key: String, after milliseconds: Int) async throws {
    let job = try await submit(client, key, works.count)
    try await Task.sleep(for: .milliseconds(milliseconds))
    let status = try await client.cancel(job)
    ledger.update { $0.cancelled(status) }
    try await hearOut(job, client)
  }

  private func hold(_ client: KetworkClient, _ key: String, _ work: Int, isRetracted: Bool) async throws {
    let job = try await submit(client, key, work, confirmations: 2)
    _ = try await client.confirm(job, count: 1)
    if isRetracted {
      let status = try await client.retract(job, reason: "the block is gone")
      ledger.update { $0.cancelled(status) }
    } else {
      _ = try await client.confirm(job, count: 2)
    }
    try await hearOut(job, client)
  }

  private func stream(_ client: KetworkClient, _ key: String, _ work: Int) async throws {
    let job = try await submit(client, key, work)
    var seen: Set<Int> = []
    for try await result in client.partialResults(of: job) where !seen.insert(result.row).inserted {
      ledger.update { $0.problem("\(job) streamed row \(result.row) twice") }
    }
    let status = try await client.status(of: job)
    if status.state == .succeeded, seen.count != status.total {
      ledger.update { $0.problem("\(job) streamed \(seen.count) of \(status.total) rows") }
    }
    try await hearOut(job, client)
  }
}
