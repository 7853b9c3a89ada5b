import Protocol
import Testing

@testable import Worker

@Suite struct WorkerStateTests {
  @Test("a welcomed worker says how many leases it is willing to hold")
  func ready() {
    var fixture = Fixture(slots: ["cpu", "opencl:0.0"], isOpen: false)
    let start = fixture.state.handle(.start, at: .zero)
    #expect(start.first == .connect(endpoint: 0))
    #expect(start.types == [.hello])
    let actions = fixture.receive(.welcome(Message.Welcome(epoch: 1)))
    #expect(actions.contents == [.ready(Message.Ready(slots: 4))])
  }

  @Test("a lease with a known template starts at once; another waits for the slot")
  func lease() throws {
    var fixture = Fixture()
    let first = try fixture.lease(1, knowsTemplate: true)
    #expect(first.types == [.started])
    #expect(first.executed.map(\.fence) == [fence(1)])
    #expect(first.executed.first?.templates.keys.first == fixture.template.digest)
    #expect(try fixture.lease(2).isEmpty)
    let finished = fixture.finish(1, .results([1, 2, 3], busyTime: .seconds(1)))
    #expect(finished.types == [.complete, .started])
    #expect(finished.executed.map(\.fence) == [fence(2)])
  }

  @Test("a missing template is asked for once, and its leases start when it comes")
  func needTemplate() throws {
    var fixture = Fixture()
    #expect(try fixture.lease(1).contents == [.needTemplate([fixture.template.digest])])
    let actions = fixture.receive(.template, payload: TemplateBundle.encode([fixture.template]))
    #expect(actions.executed.map(\.fence) == [fence(1)])
  }

  @Test("a template that does not come is asked for again")
  func needTemplateAgain() throws {
    var fixture = Fixture()
    _ = try fixture.lease(1)
    fixture.now += .seconds(3)
    _ = fixture.receive(.pong)
    fixture.now += Limits.templateInterval - .seconds(3)
    #expect(fixture.tick().types.contains(.needTemplate))
  }

  @Test("a result is kept and sent again after every greeting, until it is committed")
  func retention() throws {
    var fixture = Fixture()
    _ = try fixture.lease(1, knowsTemplate: true)
    let first = try #require(fixture.finish(1, .results([1, 2, 3], busyTime: .seconds(1))).messages.first)
    #expect(first.content == .complete(fixture.complete(1)) && first.payload == [1, 2, 3])
    let again = try #require(fixture.reopen().messages.first { $0.content.type == .complete })
    #expect(again.content == first.content && again.payload == first.payload)
    #expect(fixture.receive(.committed([fence(1)])).isEmpty)
    #expect(!fixture.reopen().types.contains(.complete))
  }

  @Test("a result made while the broker was away is sent when it is back")
  func resultWithoutBroker() throws {
    var fixture = Fixture()
    _ = try fixture.lease(1, knowsTemplate: true)
    _ = fixture.receive(.challenge)
    #expect(fixture.finish(1, .results([1], busyTime: .zero)).isEmpty)
    #expect(fixture.receive(.welcome(Message.Welcome(epoch: 2))).types == [.complete, .ready])
  }

  @Test("a result that nothing is heard of is sent again after a time")
  func resend() throws {
    var fixture = Fixture()
    _ = try fixture.lease(1, knowsTemplate: true)
    _ = fixture.finish(1, .results([1], busyTime: .zero))
    for _ in 0..<9 {
      fixture.now += .seconds(1)
      _ = fixture.receive(.pong)
      #expect(!fixture.tick().types.contains(.complete))
    }
    fixture.now += .seconds(1)
    #expect(fixture.tick().types.contains(.complete))
  }

  @Test("a result whose transfer broke is sent again, a refused one becomes a failure")
  func refusedResult() throws {
    var fixture = Fixture()
    _ = try fixture.lease(1, knowsTemplate: true)
    let sent = try #require(fixture.finish(1, .results([1], busyTime: .zero)).messages.first)
    let again = fixture.receive(.reject(Message.Reject(.incompleteTransfer, "lost")), replyTo: sent.id).messages
    #expect(again.map(\.content.type) == [.complete])
    let last = try #require(again.first)
    let refused = fixture.receive(.reject(Message.Reject(.malformed, "no")), replyTo: last.id)
    #expect(refused.types == [.fail])
    #expect(!fixture.reopen().types.contains(.complete))
  }

  @Test("what is stale is dropped: its slot is told to stop and nothing is said of it")
  func stale() throws {
    var fixture = Fixture()
    _ = try fixture.lease(1, knowsTemplate: true)
    _ = try fixture.lease(2)
    #expect(fixture.receive(.stale([fence(1), fence(2)])) == [.interrupt(slot: 0)])
    #expect(fixture.finish(1, .results([1], busyTime: .zero)).isEmpty)
  }

  @Test("what is revoked is given back, once its slot has stopped")
  func revoke() throws {
    var fixture = Fixture()
    _ = try fixture.lease(1, knowsTemplate: true)
    _ = try fixture.lease(2)
    let actions = fixture.receive(.revoke([fence(1), fence(2)]))
    #expect(actions.contains(.interrupt(slot: 0)))
    #expect(actions.contents == [.release([fence(2)])])
    #expect(fixture.finish(1, .stopped).contents == [.release([fence(1)])])
  }

  @Test("leases are renewed while a slot computes, on the broker's interval")
  func renewal() throws {
    var fixture = Fixture()
    _ = try fixture.lease(1, knowsTemplate: true)
    _ = try fixture.lease(2)
    for _ in 0..<4 {
      fixture.now += .seconds(1)
      _ = fixture.receive(.pong)
    }
    fixture.now += .seconds(1)
    #expect(fixture.tick().contents.contains(.renew([fence(1), fence(2)])))
    #expect(!fixture.tick().types.contains(.renew))
  }

  @Test("after a greeting the broker hears what is held")
  func renewalAfterGreeting() throws {
    var fixture = Fixture()
    _ = try fixture.lease(1, knowsTemplate: true)
    #expect(fixture.reopen().contents == [.renew([fence(1)]), .ready(Message.Ready(slots: 2))])
  }

  @Test("a lease that runs too long is failed and stopped; its late result is not sent")
  func tooLong() throws {
    var fixture = Fixture()
    _ = try fixture.lease(1, knowsTemplate: true, maximumRunTime: .seconds(2))
    #expect(fixture.state.nextDeadline.map { $0 <= .seconds(2) } == true)
    fixture.now += .seconds(2)
    let actions = fixture.tick()
    #expect(actions.contains(.interrupt(slot: 0)) && actions.types.contains(.fail))
    #expect(fixture.finish(1, .results([1], busyTime: .zero)).isEmpty)
  }

  @Test("a device that fails makes the lease fail, to be tried again")
  func deviceFailure() throws {
    var fixture = Fixture()
    _ = try fixture.lease(1, knowsTemplate: true)
    let fail = Message.Fail(fence: fence(1), code: "device_failure", message: "burnt", isRetryable: true)
    #expect(fixture.finish(1, .failed(code: "device_failure", message: "burnt")).contents == [.fail(fail)])
  }

  @Test("a lease goes to a slot of the device that it asks for, and fails where there is none")
  func devicePreference() throws {
    var fixture = Fixture(slots: ["cpu", "opencl:0.0"])
    #expect(
      try fixture.lease(1, knowsTemplate: true, device: "opencl").contains { if case .execute(1, _) = $0 { true } else { false } })
    #expect(try fixture.lease(2, device: "cpu").contains { if case .execute(0, _) = $0 { true } else { false } })
    #expect(try fixture.lease(3, device: "opencl:9.9").types == [.fail])
  }

  @Test("a lease that cannot be read is failed for good")
  func malformedLease() throws {
    var fixture = Fixture()
    let lease = Message.Lease(fence: fence(1), job: job, circuits: 0..<1, duration: .seconds(15))
    let actions = fixture.receive(.lease(lease), payload: [0xff])
    guard case .fail(let fail)? = actions.contents.first else {
      Issue.record("\(actions)")
      return
    }
    #expect(fail.fence == fence(1) && !fail.isRetryable)
  }

  @Test("the same lease twice is one lease")
  func repeatedLease() throws {
    var fixture = Fixture()
    _ = try fixture.lease(1, knowsTemplate: true)
    #expect(try fixture.lease(1).isEmpty)
  }

  @Test("a worker whose broker drains finishes what it holds, takes no more, and works for the broker that comes after")
  func drain() throws {
    var fixture = Fixture()
    _ = try fixture.lease(1, knowsTemplate: true)
    #expect(fixture.receive(.drain).contents == [.ready(Message.Ready(slots: 0))])
    #expect(try fixture.lease(2).contents == [.release([fence(2)])])
    #expect(fixture.finish(1, .results([1], busyTime: .zero)).types == [.complete])
    #expect(fixture.receive(.committed([fence(1)])).isEmpty)
    fixture.now += .seconds(10)
    #expect(fixture.tick().contains(.connect(endpoint: 0)))
    #expect(fixture.receive(.welcome(Message.Welcome(epoch: 2))).contents == [.ready(Message.Ready(slots: 2))])
    #expect(try fixture.lease(3, knowsTemplate: true).types == [.started])
  }

  @Test("what a worker holds outlives its broker: it runs on, and is renewed and sent when there is one again")
  func brokerAway() throws {
    var fixture = Fixture(slots: ["cpu", "opencl:0.0"])
    _ = try fixture.lease(1, knowsTemplate: true)
    _ = try fixture.lease(2)
    for _ in 0..<60 {
      fixture.now += .seconds(1)
      let actions = fixture.tick()
      #expect(!actions.contains { if case .interrupt = $0 { true } else if case .end = $0 { true } else { false } })
    }
    #expect(fixture.finish(1, .results([1], busyTime: .zero)).isEmpty)
    // Whatever it waits for at that moment, it greets within ten seconds.
    while !fixture.tick().types.contains(.hello) { fixture.now += .milliseconds(100) }
    let actions = fixture.receive(.welcome(Message.Welcome(epoch: 2)))
    #expect(actions.types == [.renew, .complete, .ready])
    #expect(actions.contents.first == .renew([fence(2)]))
  }

  @Test("a stopping worker gives back what has not begun and finishes what has")
  func stop() throws {
    var fixture = Fixture()
    _ = try fixture.lease(1, knowsTemplate: true)
    _ = try fixture.lease(2)
    let actions = fixture.state.handle(.stop(grace: .seconds(30)), at: fixture.now)
    #expect(actions.contents == [.release([fence(2)]), .ready(Message.Ready(slots: 0))])
    _ = fixture.finish(1, .results([1], busyTime: .zero))
    #expect(fixture.receive(.committed([fence(1)])).last == .end(nil))
  }

  @Test("when the grace is over, what still runs is given back and the worker ends")
  func stopGrace() throws {
    var fixture = Fixture()
    _ = try fixture.lease(1, knowsTemplate: true)
    _ = fixture.state.handle(.stop(grace: .seconds(3)), at: fixture.now)
    fixture.now += .seconds(3)
    let actions = fixture.tick()
    #expect(actions.contents.contains(.release([fence(1)])) && actions.contains(.interrupt(slot: 0)))
    fixture.now += Limits.farewellTime
    #expect(fixture.tick().last == .end(nil))
  }

  @Test("a worker with nothing to do stops at once, broker or not", arguments: [true, false])
  func stopIdle(_ isOpen: Bool) {
    var fixture = Fixture(isOpen: isOpen)
    #expect(fixture.state.handle(.stop(grace: .seconds(3)), at: fixture.now).last == .end(nil))
  }

  @Test("too many uncommitted results stop the taking of leases until some are committed")
  func retentionLimit() throws {
    var fixture = Fixture()
    _ = try fixture.lease(1, knowsTemplate: true)
    let huge = [UInt8](repeating: 0, count: Limits.retainedByteCount)
    #expect(fixture.finish(1, .results(huge, busyTime: .zero)).contents.last == .ready(Message.Ready(slots: 0)))
    #expect(fixture.receive(.committed([fence(1)])).contents == [.ready(Message.Ready(slots: 2))])
  }

  @Test("a refused worker ends with the reason")
  func refused() throws {
    var fixture = Fixture(isOpen: false)
    let hello = try #require(fixture.state.handle(.start, at: .zero).messages.first)
    let reject = Message.Reject(.version, "another version")
    #expect(fixture.receive(.reject(reject), replyTo: hello.id).last == .end(reject))
  }
}
