import Client
import Foundation
import Protocol
import Testing
import ZeroMQ

/// Case 17: disks that fail or are slow.
@Suite("Faults: a disk that fails or is slow", .serialized)
struct FaultDiskTests {
  @Test(
    "case 17: a disk that fails ends in a refusal, never in a promise, and the broker leaves; on a sound one it goes on",
    .tags(.process), arguments: ["fdatasync:error=EIO", "pwrite64:error=ENOSPC"])
  func failing(fault: String) async throws {
    let site = try FaultSite()
    var checker = FaultChecker()
    let client = try await site.client()
    checker.sawAccepted(try await client.submit(try FaultWork.short(3, key: "before")), key: "before")
    await client.close()
    let peer = try FaultPeer(site.endpoint)
    try peer.hello(.client)
    let call = String(fault.prefix { $0 != ":" })
    let strace = try await Strace(site.broker, paths: [site.log], ["trace=\(call)", "inject=\(fault)"])
    let work = try FaultWork.short(3, key: "after")
    try peer.submit(work)
    let answer = try #require(try peer.next(.accepted, .reject), "neither accepted nor refused")
    guard case .reject(let refusal) = answer.content else {
      Issue.record("accepted what is not kept")
      return
    }
    #expect(refusal.code == .storage && refusal.retryAfter != nil)
    // It stays for a while, so that workers can finish, and then leaves with the status of a failed store.
    let outcome = try site.broker.finish()
    #expect(outcome.status == 74, "\(outcome.errors)")
    strace.detach()
    try site.restartBroker()
    let again = try await site.client()
    checker.sawAccepted(try await again.submit(work), key: "after")
    await again.close()
    let worker = try site.startWorker()
    try await checker.check(site)
    #expect(worker.isRunning)
  }

  @Test("case 17: a disk that takes two seconds to flush delays what is promised, and nothing else", .tags(.process))
  func slow() async throws {
    let site = try FaultSite()
    var checker = FaultChecker()
    let peer = try FaultPeer(site.endpoint)
    try peer.hello(.client)
    let strace = try await Strace(site.broker, paths: [site.log], ["trace=fdatasync", "inject=fdatasync:delay_enter=2000000"])
    let work = try FaultWork.short(3, key: "k")
    let start = MonotonicClock.now()
    try peer.submit(work)
    try peer.send(.ping)
    #expect(try peer.next(.pong, .accepted)?.content == .pong)
    #expect(MonotonicClock.now() - start < .seconds(1), "the broker stands still while its disk does")
    _ = try #require(try peer.next(.accepted), "not accepted")
    #expect(MonotonicClock.now() - start >= .seconds(2), "accepted before it was kept")
    strace.detach()
    let client = try await site.client()
    checker.sawAccepted(try await client.submit(work), key: "k")
    await client.close()
    let worker = try site.startWorker()
    try await checker.check(site)
    #expect(worker.isRunning)
  }
}
