import Broker
import Protocol
import Testing

@Suite("Clocks")
struct ClockTests {
  @Test("an hour's step of the wall clock, either way, ends no lease and no connection", arguments: [-3_600, 3_600])
  func step(seconds: Int) throws {
    let worker = Harness.worker
    var broker = try Harness()
    broker.connectClient()
    let job = try broker.submit()
    let lease = try #require(broker.connectWorker().leases.first)
    broker.send(.started(lease.lease!.fence), from: worker)
    broker.wallClockStep = .seconds(seconds)
    for _ in 0..<10 {
      #expect(broker.pass(.seconds(3)).leases.isEmpty)
      broker.send(.ping, from: Harness.client)
      #expect(broker.send(.renew([lease.lease!.fence]), from: worker).isEmpty)
    }
    #expect(try broker.complete(lease).contents == [.committed([lease.lease!.fence])])
    let status = try broker.status(job)
    #expect(status.state == .succeeded && status.crashes == 0)
    let events = broker.send(.subscribe(Message.Subscribe(job: job)), from: Harness.client).compactMap(\.event)
    #expect(events.map(\.sequence) == Array(1...UInt64(events.count)))
  }
}
