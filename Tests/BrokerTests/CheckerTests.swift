import Broker
import BrokerSimulation
import Protocol
import Testing

/// The simulation's checker finds what it is there to find: each history breaks one promise.
@Suite("Checker")
struct CheckerTests {
  private static let job = StoreTests.job.id
  private static let bytes = result(note: "")

  struct History: CustomTestStringConvertible, Sendable {
    var testDescription: String
    /// Part of what the checker says; empty if nothing is wrong.
    var finding: String
    var happen: @Sendable (inout Checker) -> Void

    init(_ description: String, finding: String, _ happen: @escaping @Sendable (inout Checker) -> Void) {
      (testDescription, self.finding, self.happen) = (description, finding, happen)
    }
  }

  @Test("a broken promise is found", arguments: histories)
  func finds(history: History) {
    var checker = Checker()
    checker.sawAccepted(Self.job, key: "k", circuits: 2)
    history.happen(&checker)
    if history.finding.isEmpty {
      #expect(checker.failures.isEmpty)
    } else {
      #expect(checker.failures.contains { $0.contains(history.finding) }, "\(checker.failures)")
    }
  }

  private static let histories = [
    History("kept promises", finding: "") { checker in
      for event in [event(1, .queued), event(2, .running), event(3, .succeeded, completed: 2)] {
        checker.sawEvent(event, after: event.sequence - 1)
      }
      checker.sawResult(bytes, end(bytes))
      checker.sawStatus(JobStatus(job: job, state: .succeeded, completed: 2, total: 2, resultDigest: Digest(of: bytes)))
      checker.willSend(Message(.accepted(accepted)), kept: kept(.succeeded))
      let refusal = Message.Reject(.storage, "", retryAfter: .seconds(1))
      checker.willSend(Message(.reject(refusal)), kept: kept(.succeeded), hasStoreFailed: true)
      checker.finish(kept(.succeeded), underWay: 0)
    },
    History("no end", finding: "never seen to end") { $0.finish() },
    History("two ends", finding: "and later") { checker in
      checker.sawState(job, .cancelled)
      checker.sawState(job, .succeeded)
    },
    History("an event after the end", finding: "an event after its end") { checker in
      checker.sawEvent(event(1, .cancelled), after: 0)
      checker.sawEvent(event(2, .queued), after: 1)
    },
    History("another end on the disk", finding: "is kept, and") { checker in
      checker.sawState(job, .cancelled)
      checker.finish(kept(.succeeded), underWay: 0)
    },
    History("two digests", finding: "two results are visible") { checker in
      checker.sawResult(bytes, end(bytes))
      let other = result(note: "another execution's")
      checker.sawResult(other, end(other))
    },
    History("bytes that are not the digest's", finding: "has not the digest announced") { checker in
      checker.sawResult(bytes, end(result(note: "other")))
    },
    History("two jobs of one key", finding: "key k: accepted as") { $0.sawAccepted(JobID(high: 9, low: 9), key: "k", circuits: 2) },
    History("a result after an acknowledged cancellation", finding: "after its cancellation was acknowledged") { checker in
      checker.sawCancelAcknowledged(job, .cancelling)
      checker.sawResult(bytes, end(bytes))
    },
    History("a cancellation that changed nothing", finding: "although its cancellation is acknowledged") {
      $0.sawCancelAcknowledged(job, .running)
    },
    History("a gap", finding: "event 3 after 1") { checker in
      checker.sawEvent(event(1, .queued), after: 0)
      checker.sawEvent(event(3, .running), after: 1)
    },
    History("two events of one number", finding: "event 1 was") { checker in
      checker.sawEvent(event(1, .queued), after: 0)
      checker.sawEvent(event(1, .running), after: 0)
    },
    History("more circuits than there are", finding: "3 completed of 2") { checker in
      checker.sawStatus(JobStatus(job: job, state: .running, completed: 3, total: 2))
    },
    History("a job of other circuits", finding: "of 3 circuits, 2 accepted") { checker in
      checker.sawStatus(JobStatus(job: job, state: .running, completed: 1, total: 3))
    },
    History("more failures than results", finding: "2 failed of 1 completed") { checker in
      checker.sawStatus(JobStatus(job: job, state: .running, completed: 1, failed: 2, total: 2))
    },
    History("success of some", finding: "succeeded with 0 failed of 1 completed") { checker in
      checker.sawStatus(JobStatus(job: job, state: .succeeded, completed: 1, total: 2))
    },
    History("counts that go back", finding: "below those of the one before") { checker in
      checker.sawEvent(event(1, .running, completed: 1), after: 0)
      checker.sawEvent(event(2, .running), after: 1)
    },
    History("a result with other counts than its event", finding: "circuits completed and failed, and") { checker in
      checker.sawEvent(event(1, .succeeded, completed: 2, failed: 1), after: 0)
      checker.sawResult(bytes, end(bytes))
    },
    History("jobs under way when all have ended", finding: "counts 1 jobs under way") { checker in
      checker.sawState(job, .succeeded)
      checker.finish(kept(.succeeded), underWay: 1)
    },
    History("accepted and lost", finding: "accepted, but not kept") { checker in
      checker.sawState(job, .succeeded)
      checker.finish(StoreContents(), underWay: 0)
    },
    History("ACCEPTED before the commit", finding: "accepted, and not on the disk") {
      $0.willSend(Message(.accepted(accepted)), kept: StoreContents())
    },
    History("an event before the commit", finding: "event 1 is not on the disk") {
      $0.willSend(Message(.event(event(1, .queued))), kept: kept(.queued))
    },
    History("an end before the commit", finding: "succeeded, and running on the disk") {
      $0.willSend(Message(.state(JobStatus(job: job, state: .succeeded, completed: 2, total: 2))), kept: kept(.running))
    },
    History("COMMITTED before the commit", finding: "are committed, and not on the disk") { checker in
      let fence = Fence(epoch: 1, sequence: 1)
      checker.willSend(Message(.committed([fence])), kept: kept(.running), leases: [fence: (job, 0..<2)])
    },
    History("ACCEPTED after a commit failed", finding: "after a commit failed") {
      $0.willSend(Message(.accepted(accepted)), kept: kept(.queued), hasStoreFailed: true)
    },
    History("COMMITTED after a commit failed", finding: "after a commit failed") {
      $0.willSend(Message(.committed([])), kept: kept(.queued), hasStoreFailed: true)
    },
    History("a result after a commit failed", finding: "after a commit failed") {
      $0.willSend(Message(.streamEnd(end(bytes))), kept: kept(.succeeded), hasStoreFailed: true)
    },
    History("a refusal without a time after a commit failed", finding: "after a commit failed") {
      $0.willSend(Message(.reject(Message.Reject(.storage, ""))), kept: kept(.queued), hasStoreFailed: true)
    },
  ]

  // MARK: What histories are made of

  private static let accepted = Message.Accepted(job: job, isDuplicate: false, state: .queued, total: 2)

  private static func event(_ sequence: UInt64, _ state: JobState, completed: Int = 0, failed: Int = 0) -> JobEvent {
    JobEvent(
      job: job, sequence: sequence, state: state, completed: completed, failed: failed, total: 2,
      circuits: completed == 0 ? [] : [0..<completed])
  }

  private static func result(note: String) -> [UInt8] {
    let values = CircuitValues(qubitCount: 1, notes: [note])
    return ResultBody.encode((0..<2).map { CircuitResult(item: $0, row: 0, outcome: .values(values)) })
  }

  private static func end(_ bytes: [UInt8]) -> Message.StreamEnd {
    Message.StreamEnd(job: job, byteCount: bytes.count, digest: Digest(of: bytes), state: .succeeded)
  }

  private static func kept(_ state: JobState) -> StoreContents {
    var contents = StoreContents()
    contents.apply(MutationBatch(sequence: 1, mutations: [.jobAccepted(StoreTests.job), .stateChanged(job, state, message: "")]))
    return contents
  }
}
