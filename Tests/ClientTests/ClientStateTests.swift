import Protocol
import Testing

@testable import Client

@Suite struct ClientStateTests {
  @Test("what is asked before there is a broker is asked when it welcomes")
  func early() throws {
    var fixture = try Fixture(isOpen: false)
    _ = fixture.state.handle(.start, at: .zero)
    #expect(fixture.call(1, .open).isEmpty)
    #expect(fixture.call(2, .status(job)).isEmpty)
    let actions = fixture.receive(.welcome(Message.Welcome(epoch: 1)))
    #expect(actions.contains { if case .answer(1, .opened) = $0 { true } else { false } })
    #expect(actions.contents == [.status(job)])
  }

  @Test("a template goes before the first job that names it, once a connection")
  func templates() throws {
    var fixture = try Fixture()
    let first = fixture.submit(1)
    #expect(first.types == [.putTemplate, .submit])
    #expect(try TemplateBundle.decode(first.messages[0].payload) == [fixture.template])
    #expect(try JobBody.decodeJob(first.messages[1].payload) == fixture.submission.items)
    #expect(fixture.submit(2).types == [.submit])
  }

  @Test("a template that the broker has not got is sent again with its job")
  func needTemplate() throws {
    var fixture = try Fixture()
    let submit = try #require(fixture.submit().messages.last)
    let actions = fixture.receive(.needTemplate([fixture.template.digest]), replyTo: submit.id)
    #expect(actions.types == [.putTemplate, .submit])
    #expect(actions.contents.last == submit.content)
  }

  @Test("a job whose template was not handed in is refused here")
  func missingTemplate() throws {
    var fixture = try Fixture()
    #expect(fixture.call(1, .submit(fixture.submission, templates: [:])).failures == [1: .missingTemplate])
  }

  @Test("a lost receipt costs nothing: the job is submitted again under its key")
  func lostReceipt() throws {
    var fixture = try Fixture()
    let submit = try #require(fixture.submit().messages.last)
    let again = try #require(fixture.reopen().messages.last)
    #expect(again.content == submit.content && again.payload == submit.payload && again.id != submit.id)
    let accepted = Message.Accepted(job: job, isDuplicate: true, state: .queued, total: 1)
    let answer = fixture.receive(.accepted(accepted), replyTo: again.id)
    guard case .answer(1, .accepted(accepted))? = answer.first else {
      Issue.record("\(answer)")
      return
    }
    #expect(fixture.reopen().isEmpty)
  }

  @Test("an answer to a question of an earlier connection answers nothing")
  func lateAnswer() throws {
    var fixture = try Fixture()
    let old = try #require(fixture.submit().messages.last)
    _ = fixture.reopen()
    let accepted = Message.Accepted(job: job, isDuplicate: false, state: .queued, total: 1)
    #expect(fixture.receive(.accepted(accepted), replyTo: old.id).isEmpty)
  }

  @Test("a refusal that asks for patience is tried again, another is the answer")
  func refusals() throws {
    var fixture = try Fixture()
    let submit = try #require(fixture.submit().messages.last)
    let busy = Message.Reject(.quota, "full", retryAfter: .seconds(2))
    #expect(fixture.receive(.reject(busy), replyTo: submit.id).isEmpty)
    #expect(!fixture.tick(.milliseconds(1999)).types.contains(.submit))
    let again = try #require(fixture.tick(.seconds(2)).messages.first { $0.content.type == .submit })
    #expect(fixture.receive(.reject(Message.Reject(.conflict, "other")), replyTo: again.id).failures == [1: .conflict])
  }

  @Test("a call ends with its time")
  func timeout() throws {
    var fixture = try Fixture()
    _ = fixture.call(1, .status(job), timeout: .seconds(3))
    #expect(fixture.tick(.milliseconds(2999)).failures.isEmpty)
    #expect(fixture.tick(.seconds(3)).failures == [1: .timedOut])
  }

  @Test("calls wait for a broker that is away, but not for ever")
  func unreachable() throws {
    var fixture = try Fixture(isOpen: false)
    _ = fixture.state.handle(.start, at: .zero)
    _ = fixture.call(1, .status(job))
    fixture.now = .seconds(10)
    _ = fixture.call(2, .subscribe(job, after: 0))
    #expect(fixture.tick(.milliseconds(19_999)).failures.isEmpty)
    #expect(fixture.tick(.seconds(20)).failures == [1: .unreachable])
    #expect(fixture.state.nextDeadline.map { $0 <= .seconds(30) } == true)
    #expect(fixture.tick(.seconds(30)).failures == [2: .unreachable])
  }

  @Test("a broker that comes back in time is asked again")
  func back() throws {
    var fixture = try Fixture()
    _ = fixture.call(1, .status(job))
    fixture.now = .seconds(10)
    let lost = fixture.state.handle(.tick, at: fixture.now)
    #expect(lost.types == [.hello])
    fixture.now = .seconds(25)
    #expect(fixture.receive(.welcome(Message.Welcome(epoch: 2))).contents == [.status(job)])
  }

  @Test("a question without an answer is asked again on a living connection")
  func repeated() throws {
    var fixture = try Fixture()
    _ = fixture.call(1, .status(job))
    for second in 1..<30 {
      fixture.now = .seconds(second)
      _ = fixture.receive(.pong)
      #expect(!fixture.tick(.seconds(second)).types.contains(.status))
    }
    #expect(fixture.tick(.seconds(30)).types.contains(.status))
  }

  @Test("events come without gaps or repeats, go on after a lost connection, and end with the job")
  func events() throws {
    var fixture = try Fixture()
    #expect(fixture.call(1, .subscribe(job, after: 0)).contents == [.subscribe(Message.Subscribe(job: job, after: 0))])
    #expect(fixture.receive(fixture.event(1)).events(1) == [1])
    #expect(fixture.receive(fixture.event(1)).isEmpty)
    #expect(fixture.receive(fixture.event(3)).isEmpty)
    #expect(fixture.reopen().contents == [.subscribe(Message.Subscribe(job: job, after: 1))])
    #expect(fixture.receive(fixture.event(2)).events(1) == [2])
    let last = fixture.receive(fixture.event(3, .succeeded))
    #expect(last.events(1) == [3] && last.isFinished(1))
    #expect(fixture.reopen().isEmpty)
  }

  @Test("two readers of one job's events each get all from where they stand")
  func twoReaders() throws {
    var fixture = try Fixture()
    _ = fixture.call(1, .subscribe(job, after: 0))
    _ = fixture.receive(fixture.event(1))
    _ = fixture.call(2, .subscribe(job, after: 0))
    #expect(fixture.receive(fixture.event(1)).events(2) == [1])
    let second = fixture.receive(fixture.event(2))
    #expect(second.events(1) == [2] && second.events(2) == [2])
  }

  @Test("after closing nothing waits and nothing more can be asked")
  func close() throws {
    var fixture = try Fixture()
    _ = fixture.call(1, .status(job))
    let actions = fixture.state.handle(.close, at: .zero)
    #expect(actions.failures == [1: .closed] && actions.types == [.bye])
    #expect(fixture.call(2, .status(job)).failures == [2: .closed])
    #expect(fixture.state.nextDeadline == nil)
  }

  @Test("a client that the broker refuses says so to every caller")
  func refused() throws {
    var fixture = try Fixture(isOpen: false)
    let hello = try #require(fixture.state.handle(.start, at: .zero).messages.first)
    _ = fixture.call(1, .open)
    let version = ClientError.Code(rawValue: "version")
    #expect(fixture.receive(.reject(Message.Reject(.version, "other")), replyTo: hello.id).failures == [1: version])
    #expect(fixture.call(2, .open).failures == [2: version])
  }

  @Test("more calls than may wait are refused")
  func callLimit() throws {
    var fixture = try Fixture()
    for id in 0..<UInt64(Limits.callCount) { _ = fixture.call(id, .status(job)) }
    #expect(fixture.call(1 << 32, .status(job)).failures == [1 << 32: .tooManyCalls])
  }
}
