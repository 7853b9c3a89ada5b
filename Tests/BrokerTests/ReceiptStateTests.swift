import Broker
import Protocol
import Testing

/// What a broker does with the receipts of its workers.
@Suite("Receipts at the broker", .enabled(if: SigningKey.isBuiltIn, "receipts are not built in: the package trait Receipts is off"))
struct ReceiptStateTests {
  private static func key(_ number: UInt8 = 1) throws -> SigningKey { try SigningKey(seed: [UInt8](repeating: number, count: 32)) }

  /// A broker with one client and one worker that announces a key.
  private static func harness(required: Bool = true, trusted: Set<Digest>? = nil, resident: Int? = nil) throws -> Harness {
    var harness = try Harness {
      $0.receipts = ReceiptPolicy(areRequired: required, trustedKeys: trusted)
      if let resident { $0.residentJobCount = resident }
    }
    harness.connectClient()
    harness.connectWorker(signingKey: try key().fingerprint)
    return harness
  }

  /// Completes a lease with a receipt that a test may have changed.
  @discardableResult
  private static func complete(
    _ sent: Harness.Sent, in harness: inout Harness, from peer: PeerID = Harness.worker, key: SigningKey? = nil,
    change: (inout Receipt) -> Void = { _ in }, spoil: (inout [UInt8]) -> Void = { _ in }
  ) throws -> [Harness.Sent] {
    let lease = try #require(sent.lease)
    let payload = try Harness.results(lease, sent.message.payload)
    var receipt = Receipt(
      job: lease.job, requestHash: try #require(lease.requestHash), circuits: lease.circuits,
      seeds: try JobBody.decodeLease(sent.message.payload).map(\.settings.seed), resultDigest: Digest(of: payload),
      binaryHash: Digest(of: []), unixNanoseconds: 1)
    change(&receipt)
    var bytes = try (key ?? Self.key()).sign(receipt).bytes
    spoil(&bytes)
    return harness.send(
      .complete(
        Message.Complete(fence: lease.fence, job: lease.job, circuits: lease.circuits, busyTime: .milliseconds(1), receipt: bytes)),
      payload: payload, from: peer)
  }

  private static func receipts(_ job: JobID, in harness: inout Harness, lower: Int = 0) throws -> (
    Message.ReceiptList, [ReceiptedPart]
  ) {
    let sent = harness.send(.receipts(Message.Receipts(job: job, lower: lower)), from: Harness.client)
    guard case .receiptList(let list) = try #require(sent.first).content else { throw Harness.Refused(sent: sent) }
    return (list, try ReceiptBody.decode(sent[0].message.payload))
  }

  /// Lets time pass for retries, in which everybody gives signs of life.
  private static func rest(_ harness: inout Harness, seconds: Int) {
    for _ in 0..<seconds {
      harness.pass(.seconds(1))
      for peer in [Harness.client, Harness.worker, Harness.otherWorker] { harness.send(.pong, from: peer) }
    }
  }

  private static let settings = ExecutionSettings(seed: 99)

  @Test("a lease says what its job asks for, and the receipt of it is kept, listed, and outlives the broker")
  func kept() throws {
    var harness = try Self.harness()
    let items = Harness.items(3, settings: Self.settings)
    let job = try harness.submit(items)
    let sent = try Self.lease(&harness)
    #expect(sent.lease?.requestHash == JobBody.requestHash(try Job(items: items).items))
    try Self.complete(sent, in: &harness)
    while try harness.status(job).state != .succeeded { try Self.complete(try Self.lease(&harness), in: &harness) }
    var (list, parts) = try Self.receipts(job, in: &harness)
    #expect(list.isComplete && list.total == 3 && parts.flatMap { Array($0.circuits) } == [0, 1, 2])
    for part in parts {
      let signed = try SignedReceipt(bytes: part.receipt)
      #expect(try signed.isSignatureValid() && signed.receipt.seeds == [99] && signed.receipt.circuits == part.circuits)
    }
    // After a restart the same.
    var again = try Harness(harness.disk)
    again.connectClient()
    let kept = try Self.receipts(job, in: &again)
    #expect(kept == (list, parts))
    // From a circuit on.
    (list, parts) = try Self.receipts(job, in: &again, lower: 3)
    #expect(list.isComplete && parts.isEmpty)
  }

  /// The last lease that left; every test has one under way.
  private static func lease(_ harness: inout Harness) throws -> Harness.Sent {
    let sent = harness.effects.compactMap(Harness.Sent.init).filter { $0.lease != nil }
    return try #require(sent.last { $0.lease.map { harness.disk.leases[$0.fence] != nil } ?? false })
  }

  @Test(
    "a receipt that does not hold is refused where receipts are required: counted, told, and the circuits are run again",
    arguments: ["none", "job", "request", "range", "result", "seeds", "flipped bit", "cut", "another key"])
  func refused(_ what: String) throws {
    var harness = try Self.harness()
    let job = try harness.submit(Harness.items(2, settings: Self.settings))
    let sent = try Self.lease(&harness)
    let answer: [Harness.Sent]
    switch what {
    case "none": answer = try harness.complete(sent)
    case "flipped bit": answer = try Self.complete(sent, in: &harness, spoil: { $0[$0.count - 5] ^= 4 })
    case "cut": answer = try Self.complete(sent, in: &harness, spoil: { $0.removeLast() })
    case "another key": answer = try Self.complete(sent, in: &harness, key: Self.key(2))
    default:
      answer = try Self.complete(
        sent, in: &harness,
        change: {
          switch what {
          case "job": $0.job = JobID(high: 1, low: 1)
          case "request": $0.requestHash = Digest(of: [1])
          case "range": $0.circuits = 0..<$0.circuits.count + 1
          case "result": $0.resultDigest = Digest(of: [2])
          default: $0.seeds = [98]
          }
        })
    }
    #expect(
      answer.contents.contains(.stale([try #require(sent.lease).fence])) && !answer.types(to: Harness.worker).contains(.committed))
    #expect(harness.state.auditCounts.refusedReceipts == 1)
    let notices = harness.effects.filter { if case .notice(.receiptRefused) = $0 { true } else { false } }
    #expect(notices.count == 1)
    #expect(try harness.status(job).completed == 0)
    // It comes back, and an honest receipt ends it.
    Self.rest(&harness, seconds: 5)
    try Self.complete(try Self.lease(&harness), in: &harness)
    while try harness.status(job).state != .succeeded { try Self.complete(try Self.lease(&harness), in: &harness) }
    #expect(try harness.status(job).failed == 0)
  }

  @Test("a worker that never signs rightly ends in failures that say so, not in retries for ever")
  func stubborn() throws {
    var harness = try Self.harness()
    let job = try harness.submit(Harness.items(1))
    for _ in 0..<20 where try !harness.status(job).state.isTerminal {
      try harness.complete(try Self.lease(&harness))
      Self.rest(&harness, seconds: 10)
    }
    #expect(try harness.status(job).state == .failed)
  }

  @Test("without the demand, results count without a receipt, and one that does not hold is left out")
  func optional() throws {
    var harness = try Self.harness(required: false)
    let first = try harness.submit(Harness.items(1), key: "a")
    try harness.complete(try Self.lease(&harness))
    let second = try harness.submit(Harness.items(1), key: "b")
    try Self.complete(try Self.lease(&harness), in: &harness, spoil: { $0[200] ^= 1 })
    let third = try harness.submit(Harness.items(1), key: "c")
    try Self.complete(try Self.lease(&harness), in: &harness)
    #expect(try Self.receipts(first, in: &harness).1.map(\.receipt) == [[]])
    #expect(try Self.receipts(second, in: &harness).1.map(\.receipt) == [[]])
    #expect(try Self.receipts(third, in: &harness).1.first?.receipt.isEmpty == false)
    // None is no offence; a wrong one is.
    #expect(harness.state.auditCounts.refusedReceipts == 1)
  }

  @Test("a key that is not among those trusted is refused, however well it signs")
  func untrusted() throws {
    var harness = try Self.harness(trusted: [try Self.key(2).fingerprint])
    let job = try harness.submit(Harness.items(1))
    try Self.complete(try Self.lease(&harness), in: &harness)
    #expect(try harness.status(job).completed == 0)
    harness.connectWorker(Harness.otherWorker, signingKey: try Self.key(2).fingerprint)
    harness.send(.bye, from: Harness.worker)
    Self.rest(&harness, seconds: 5)
    try Self.complete(try Self.lease(&harness), in: &harness, from: Harness.otherWorker, key: Self.key(2))
    #expect(try harness.status(job).state == .succeeded)
  }

  @Test("receipts of jobs that are parked are read from the store, and are those that were signed")
  func parked() throws {
    var harness = try Self.harness(resident: 2)
    var jobs: [JobID] = []
    for number in 0..<8 {
      jobs.append(try harness.submit(Harness.items(1), key: "\(number)"))
      try Self.complete(try Self.lease(&harness), in: &harness)
    }
    #expect(harness.state.residentJobCount <= 3)
    for job in jobs {
      let (list, parts) = try Self.receipts(job, in: &harness)
      #expect(list.isComplete && list.job == job && parts.map(\.circuits) == [0..<1])
      #expect(try SignedReceipt(bytes: try #require(parts.first).receipt).receipt.job == job)
    }
    #expect(harness.state.residentJobCount <= 3)
  }

  @Test("what is kept of results counts their receipts, parked or not, so that a bound lets the oldest go")
  func retention() throws {
    var probe = try Self.harness()
    let first = try probe.submit(Harness.items(1))
    try Self.complete(try Self.lease(&probe), in: &probe)
    let receiptByteCount = try #require(try Self.receipts(first, in: &probe).1.first).receipt.count
    var harness = try Harness {
      $0.receipts = ReceiptPolicy(areRequired: true)
      $0.residentJobCount = 1
      $0.resultByteCount = 4 * receiptByteCount
    }
    harness.connectClient()
    harness.connectWorker(signingKey: try Self.key().fingerprint)
    let jobs = try (0..<8).map { number in
      let job = try harness.submit(Harness.items(1), key: "\(number)")
      try Self.complete(try Self.lease(&harness), in: &harness)
      return job
    }
    // Four receipts fill the bound, and each has a result beside it: three are kept.
    let isGone = jobs.map { job in
      harness.send(.receipts(Message.Receipts(job: job)), from: Harness.client).rejections.map(\.code) == [.gone]
    }
    #expect(isGone == Array(repeating: true, count: 5) + Array(repeating: false, count: 3))
  }

  @Test("receipts are those of one's own tenant, and of jobs that have ended")
  func access() throws {
    var harness = try Self.harness()
    let job = try harness.submit(Harness.items(1))
    let early = harness.send(.receipts(Message.Receipts(job: job)), from: Harness.client)
    #expect(early.rejections.map(\.code) == [.notReady])
    try Self.complete(try Self.lease(&harness), in: &harness)
    harness.connectClient(PeerID(identity: [9]), tenant: "other")
    let foreign = harness.send(.receipts(Message.Receipts(job: job)), from: PeerID(identity: [9]), tenant: "other")
    #expect(foreign.rejections.map(\.code) == [.unknownJob])
  }
}
