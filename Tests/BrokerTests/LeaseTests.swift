import Broker
import Protocol
import Testing

@Suite("Leases")
struct LeaseTests {
  let client = Harness.client
  let worker = Harness.worker
  let otherWorker = Harness.otherWorker

  @Test("a worker gets the template, then the lease, then word that its results are kept")
  func life() throws {
    var broker = try Harness()
    broker.connectClient()
    let job = try broker.submit()
    let sent = broker.connectWorker()
    #expect(sent.types(to: worker) == [.template, .lease])
    let lease = try #require(sent.last?.lease)
    #expect(lease.circuits == 0..<1)
    #expect(lease.fence == Fence(epoch: 1, sequence: 1))
    broker.send(.started(lease.fence), from: worker)
    #expect(try broker.status(job).state == .running)
    broker.commitsAtOnce = false
    #expect(try broker.complete(sent[1]).isEmpty)
    #expect(broker.commit().contents == [.committed([lease.fence])])
    broker.commitsAtOnce = true
    #expect(try broker.status(job).state == .succeeded)
  }

  @Test("the same results again are stale, and so are those of a finished job")
  func completeTwice() throws {
    var broker = try Harness()
    broker.connectClient()
    _ = try broker.submit()
    let lease = try #require(broker.connectWorker().leases.first)
    try broker.complete(lease)
    #expect(try broker.complete(lease).contents == [.stale([lease.lease!.fence])])
  }

  @Test("a lease that expires returns the job to the front")
  func expiry() throws {
    var broker = try Harness {
      $0.goneTime = .seconds(100); $0.suspectTime = .seconds(100)
    }
    broker.connectClient()
    let first = try broker.submit(key: "first")
    _ = try broker.submit(key: "second")
    let lease = try #require(broker.connectWorker().leases.first?.lease)
    #expect(lease.job == first)
    let sent = broker.pass(.seconds(15))
    #expect(sent.types(to: worker).contains(.revoke))
    #expect(sent.leases.first?.lease?.job == first)
    #expect(sent.leases.first?.lease?.fence == Fence(epoch: 1, sequence: 2))
    #expect(broker.send(.renew([lease.fence]), from: worker).contents == [.stale([lease.fence])])
  }

  @Test("a renewed lease does not expire")
  func renewal() throws {
    var broker = try Harness()
    broker.connectClient()
    let job = try broker.submit()
    let lease = try #require(broker.connectWorker().leases.first?.lease)
    broker.send(.started(lease.fence), from: worker)
    for _ in 0..<20 {
      broker.pass(.seconds(4))
      #expect(broker.send(.renew([lease.fence]), from: worker).isEmpty)
    }
    broker.send(.ping, from: client)
    broker.connectClient()
    #expect(try broker.status(job).state == .running)
  }

  @Test("results that outlive their lease are taken, if nobody was faster, and the other lease is revoked")
  func lateResult() throws {
    var broker = try Harness {
      $0.goneTime = .seconds(100); $0.suspectTime = .seconds(100)
    }
    broker.connectClient()
    let job = try broker.submit()
    let late = try #require(broker.connectWorker().leases.first)
    broker.send(.started(late.lease!.fence), from: worker)
    broker.send(.drain, from: worker)
    broker.connectWorker(otherWorker)
    let second = try #require(broker.pass(.seconds(20)).leases.first)
    #expect(second.peer == otherWorker)
    let sent = try broker.complete(late)
    #expect(sent.contents.contains(.committed([late.lease!.fence])))
    #expect(sent.contents.contains(.revoke([second.lease!.fence])))
    #expect(try broker.status(job).state == .succeeded)
    #expect(try broker.complete(second, from: otherWorker).contents == [.stale([second.lease!.fence])])
  }

  @Test("results of a lease that do not match it are not taken")
  func wrongResults() throws {
    var broker = try Harness()
    broker.connectClient()
    let job = try broker.submit(Harness.items(2))
    let lease = try #require(broker.connectWorker().leases.first?.lease)
    let one = ResultBody.encode([CircuitResult(item: 0, row: 0, outcome: .values(CircuitValues(qubitCount: 1)))])
    let sent = broker.send(
      .complete(Message.Complete(fence: lease.fence, job: job, circuits: lease.circuits, busyTime: .zero)), payload: one,
      from: worker)
    #expect(sent.contents.contains(.stale([lease.fence])))
    #expect(try broker.status(job).completed == 0)
    #expect(try broker.status(job).attempts == 1)
  }

  @Test("a worker whose connection breaks is given up after a quarter of a second, and its work goes on elsewhere")
  func disconnect() throws {
    var broker = try Harness()
    broker.connectClient()
    _ = try broker.submit()
    broker.connectWorker()
    broker.connectWorker(otherWorker)
    #expect(broker.step(.disconnected(worker)).contents == [.ping])
    #expect(broker.pass(.milliseconds(200)).leases.isEmpty)
    let sent = broker.pass(.milliseconds(100)).leases
    #expect(sent.map(\.peer) == [otherWorker])
  }

  @Test("a worker that only seemed to be gone keeps its lease")
  func falseAlarm() throws {
    var broker = try Harness()
    broker.connectClient()
    _ = try broker.submit()
    broker.connectWorker()
    broker.connectWorker(otherWorker)
    broker.step(.disconnected(worker))
    broker.send(.pong, from: worker)
    #expect(broker.pass(.seconds(1)).leases.isEmpty)
  }

  @Test("a lease moves with its worker to a new connection")
  func reconnect() throws {
    var broker = try Harness()
    broker.connectClient()
    let job = try broker.submit()
    let lease = try #require(broker.connectWorker().leases.first)
    broker.step(.disconnected(worker))
    let again = PeerID(identity: [7])
    broker.send(.hello(Message.Hello(role: .worker, name: "worker")), from: again)
    #expect(broker.send(.renew([lease.lease!.fence]), from: again).isEmpty)
    broker.pass(.seconds(1))
    #expect(try broker.complete(lease, from: again).contents == [.committed([lease.lease!.fence])])
    #expect(try broker.status(job).crashes == 0)
  }

  @Test("silence is answered with a ping, then with being given up")
  func silence() throws {
    var broker = try Harness()
    broker.connectWorker()
    #expect(broker.pass(.milliseconds(900)).isEmpty)
    #expect(broker.pass(.milliseconds(200)).contents == [.ping])
    broker.pass(.seconds(4))
    #expect(broker.effects.last == .forget(worker))
    #expect(broker.send(.pong, from: worker).contents == [.challenge])
  }

  @Test("a pause of the broker itself is not held against its peers")
  func ownPause() throws {
    var broker = try Harness()
    broker.connectClient()
    let job = try broker.submit()
    let lease = try #require(broker.connectWorker().leases.first)
    broker.pass(.milliseconds(200))
    broker.now += .seconds(30)
    #expect(broker.step(.tick).allSatisfy { $0.content == .ping })
    #expect(try broker.complete(lease).contents == [.committed([lease.lease!.fence])])
    #expect(try broker.status(job).state == .succeeded)
  }

  @Test("who hung up while the broker stood still keeps its lease, and has time to come back", arguments: [false, true])
  func hungUpInPause(isNoticedFirst: Bool) throws {
    var broker = try Harness()
    broker.connectClient()
    let job = try broker.submit()
    let lease = try #require(broker.connectWorker().leases.first)
    broker.send(.started(lease.lease!.fence), from: worker)
    broker.connectWorker(otherWorker)
    broker.pass(.milliseconds(200))
    broker.now += .seconds(30)
    if !isNoticedFirst { broker.step(.tick) }
    broker.step(.disconnected(worker))
    #expect(broker.pass(.milliseconds(600)).leases.isEmpty)
    #expect(broker.effects.contains(.forget(worker)))
    let again = PeerID(identity: [7])
    for _ in 0..<10 {
      broker.send(.ping, from: otherWorker)
      #expect(broker.pass(.seconds(1)).leases.isEmpty)
    }
    broker.send(.hello(Message.Hello(role: .worker, name: "worker")), from: again)
    #expect(broker.send(.renew([lease.lease!.fence]), from: again).isEmpty)
    #expect(try broker.complete(lease, from: again).contents == [.committed([lease.lease!.fence])])
    broker.connectClient()
    #expect(try broker.status(job).crashes == 0)
  }

  @Test("who hung up while the broker stood still and does not come back loses its lease after its time; a newer one at once")
  func lostInPause() throws {
    var broker = try Harness()
    broker.connectClient()
    let first = try broker.submit(key: "first")
    broker.connectWorker(slots: 2)
    broker.pass(.milliseconds(200))
    broker.now += .seconds(30)
    // Given out on a connection that is no more.
    let second = try broker.submit(key: "second")
    broker.step(.disconnected(worker))
    broker.connectWorker(otherWorker, slots: 2)
    let again = try #require(broker.pass(.seconds(1)).leases.first?.lease)
    #expect(again.job == second)
    var leases: [Harness.Sent] = []
    for _ in 0..<15 {
      broker.send(.renew([again.fence]), from: otherWorker)
      leases += broker.pass(.seconds(1)).leases
    }
    #expect(leases.map(\.lease?.job) == [first])
  }

  @Test("a pause of the broker is not held against how long a lease may be executed")
  func runLimitInPause() throws {
    var broker = try Harness { $0.maximumRunTime = .seconds(8) }
    broker.connectClient()
    let job = try broker.submit()
    let lease = try #require(broker.connectWorker().leases.first)
    broker.send(.started(lease.lease!.fence), from: worker)
    broker.now += .seconds(30)
    broker.step(.tick)
    #expect(try broker.complete(lease).contents == [.committed([lease.lease!.fence])])
    #expect(try broker.status(job).crashes == 0)
  }

  @Test("a failed lease comes back after a delay that grows, and after five attempts the failure is the result")
  func retries() throws {
    var broker = try Harness()
    broker.connectClient()
    let job = try broker.submit()
    var lease = try #require(broker.connectWorker().leases.first?.lease)
    for attempt in 1...5 {
      #expect(lease.attempt == attempt)
      let sent = broker.send(
        .fail(Message.Fail(fence: lease.fence, code: "device_failure", message: "lost", isRetryable: true)), from: worker)
      #expect(sent.leases.isEmpty)
      guard attempt < 5 else { break }
      #expect(try broker.status(job).state == .delayed)
      var next: [Harness.Sent] = []
      for _ in 0..<100 where next.isEmpty {
        next = broker.pass(.milliseconds(100)).leases
        broker.send(.ping, from: worker)
        broker.send(.ping, from: client)
      }
      lease = try #require(next.first?.lease)
    }
    let status = try broker.status(job)
    #expect(status.state == .failed)
    #expect(status.failed == 1)
  }

  @Test("a failure that no retry can cure is the result at once")
  func notRetryable() throws {
    var broker = try Harness()
    broker.connectClient()
    let job = try broker.submit()
    let lease = try #require(broker.connectWorker().leases.first?.lease)
    broker.send(.fail(Message.Fail(fence: lease.fence, code: "unsupported", message: "no", isRetryable: false)), from: worker)
    #expect(try broker.status(job).state == .failed)
  }

  @Test("a circuit that kills its workers is found by halving, and its neighbours succeed", arguments: [1, 2, 5, 16], [0, 1])
  func poison(count: Int, offset: Int) throws {
    var broker = try Harness()
    let bad = min(offset, count - 1)
    var lost = 0
    var number: UInt8 = 10
    broker.connectClient()
    let job = try broker.submit(Harness.items(count))
    var leases = broker.connectWorker(PeerID(identity: [number])).leases
    for _ in 0..<400 {
      guard let next = leases.first else {
        broker.send(.ping, from: client)
        broker.send(.ping, from: PeerID(identity: [number]))
        leases = broker.pass(.milliseconds(100)).leases
        if try broker.status(job).state.isTerminal { break }
        continue
      }
      broker.send(.started(next.lease!.fence), from: next.peer)
      if next.lease!.circuits.contains(bad) {
        lost += 1
        number += 1
        broker.step(.disconnected(next.peer))
        broker.pass(.milliseconds(300))
        broker.send(.ping, from: client)
        leases = broker.connectWorker(PeerID(identity: [number])).leases
      } else {
        leases = try broker.complete(next, from: next.peer).leases
      }
    }
    let status = try broker.status(job)
    #expect(status.completed == count)
    #expect(status.failed == 1)
    #expect(status.state == (count == 1 ? .dead : .succeeded))
    #expect(Double(lost) <= Double(count).squareRoot() * 2 + 3)
    let logarithm = count.bitWidth - count.leadingZeroBitCount
    #expect(lost <= logarithm + 3)
  }

  @Test("a lease not begun comes back uncharged, however often its worker is lost")
  func unstarted() throws {
    var broker = try Harness()
    broker.connectClient()
    let job = try broker.submit()
    for number in UInt8(10)..<20 {
      let peer = PeerID(identity: [number])
      #expect(broker.connectWorker(peer).leases.count == 1)
      broker.send(.bye, from: peer)
    }
    #expect(try broker.status(job).crashes == 0)
  }

  @Test("a lease that runs longer than the job allows is taken back although it is renewed")
  func maximumRunTime() throws {
    var broker = try Harness { $0.maximumRunTime = .seconds(8) }
    broker.connectClient()
    let job = try broker.submit()
    let lease = try #require(broker.connectWorker().leases.first?.lease)
    broker.send(.started(lease.fence), from: worker)
    for _ in 0..<3 {
      broker.pass(.seconds(3))
      broker.send(.renew([lease.fence]), from: worker)
      broker.send(.ping, from: client)
    }
    #expect(try broker.status(job).crashes == 1)
  }
}
