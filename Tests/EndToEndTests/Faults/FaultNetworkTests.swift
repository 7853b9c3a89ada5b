import Client
import Foundation
import Protocol
import Testing

/// Cases 8 to 10: slow readers, black holes, resets.
@Suite("Faults: networks that swallow, cut and delay", .serialized)
struct FaultNetworkTests {
  /// Bytes that the result of case 8 has at least, and how much a stopped reader may cost the broker: its credit is 8 MiB, and what is being
  /// read and written at a time is copied a few times.
  private static let resultByteCount = 48 << 20
  private static let growthLimit = 32 << 20

  /// Bytes of memory that a process has.
  private static func residentByteCount(_ tool: CommandLineTool.Running) throws -> Int {
    let text = try String(contentsOfFile: "/proc/\(tool.id)/statm", encoding: .utf8)
    return try #require(text.split(separator: " ").dropFirst().first.flatMap { Int($0) }) * sysconf(Int32(_SC_PAGESIZE))
  }

  @Test("case 8: a reader that is stopped amid a large result costs a bounded part of it, and others nothing", .tags(.process))
  func stoppedReader() async throws {
    let site = try FaultSite()
    var checker = FaultChecker()
    let worker = try site.startWorker()
    let client = try await site.client()
    let template = try Template(openQASM: "OPENQASM 3.0; include \"stdgates.inc\"; qubit[20] q; h q[0]; cx q[0], q[19];")
    let item = Item(template: template.digest, settings: ExecutionSettings(wantsStatevector: true), qubitCount: 20)
    let large = FaultWork(job: try Job(items: Array(repeating: item, count: 6), idempotencyKey: "large"), template: template)
    let submitted = try await client.submit(large)
    checker.sawAccepted(submitted, key: "large")
    try await eventually("the large job does not end") { try await client.status(of: submitted.job).state.isTerminal }
    #expect(try await client.status(of: submitted.job).resultByteCount >= Self.resultByteCount)

    let before = try Self.residentByteCount(site.broker)
    let proxy = try FaultProxy(to: site.endpoint)
    let reader = try CommandLineTool.start(["wait", "\(submitted.job)", "--broker", proxy.endpoint])
    try await eventually("no result comes") { proxy.byteCount(.fromBroker) > 1 << 20 }
    reader.signal(SIGSTOP)
    var most = before
    for number in 0..<5 {
      let (start, key) = (ContinuousClock.now, "other \(number)")
      let other = try await client.submit(try FaultWork.short(10, key: key))
      checker.sawAccepted(other, key: key)
      _ = try await client.wait(for: other.job)
      #expect(ContinuousClock.now - start < .seconds(5), "others wait for the stopped reader")
      most = max(most, try Self.residentByteCount(site.broker))
    }
    #expect(most - before < Self.growthLimit, "the broker grew by \((most - before) >> 20) MiB")
    reader.signal(SIGCONT)
    #expect(try reader.finish().status == 0)
    proxy.stop()
    await client.close()
    try await checker.check(site)
    #expect(worker.isRunning)
  }

  static let blackholes: [Set<FaultProxy.Direction>] = [[.toBroker, .fromBroker], [.toBroker], [.fromBroker]]

  @Test(
    "case 9: a worker in a black hole, in one direction or both, loses its lease, and works again after it",
    .tags(.process), arguments: blackholes)
  func swallowedWorker(directions: Set<FaultProxy.Direction>) async throws {
    let site = try FaultSite()
    var checker = FaultChecker()
    let proxy = try FaultProxy(to: site.endpoint)
    let swallowed = try site.startWorker(at: proxy.endpoint)
    let client = try await site.client()
    let submitted = try await client.submit(try FaultWork.long(key: "k"))
    checker.sawAccepted(submitted, key: "k")
    try await client.waitUntilRunning(submitted.job)
    proxy.set(.blackhole(directions))
    let other = try site.startWorker()
    #expect(try await client.wait(for: submitted.job, timeout: .seconds(100)).status.state == .succeeded)
    other.signal(SIGKILL)
    _ = try other.finish()
    proxy.set(.none)
    let next = try await client.submit(try FaultWork.short(5, key: "next"))
    checker.sawAccepted(next, key: "next")
    _ = try await client.wait(for: next.job, timeout: .seconds(60))
    await client.close()
    try await checker.check(site)
    proxy.stop()
    #expect(swallowed.isRunning)
  }

  @Test(
    "case 9: a client in a black hole, in one direction or both, gets its result after it", .tags(.process), arguments: blackholes)
  func swallowedClient(directions: Set<FaultProxy.Direction>) async throws {
    let site = try FaultSite()
    var checker = FaultChecker()
    let client = try await site.client()
    let submitted = try await client.submit(try FaultWork.short(5, key: "k"))
    checker.sawAccepted(submitted, key: "k")
    let proxy = try FaultProxy(to: site.endpoint)
    let waiting = try CommandLineTool.start(["wait", "\(submitted.job)", "--broker", proxy.endpoint])
    try await eventually("the client does not connect") { proxy.byteCount(.fromBroker) > 200 }
    proxy.set(.blackhole(directions))
    let worker = try site.startWorker()
    #expect(try await client.wait(for: submitted.job, timeout: .seconds(60)).status.state == .succeeded)
    proxy.set(.none)
    #expect(try waiting.finish().status == 0)
    proxy.stop()
    await client.close()
    try await checker.check(site)
    #expect(worker.isRunning)
  }

  @Test("case 10: resets without end, late and sliced bytes only cost time", .tags(.process))
  func resets() async throws {
    let site = try FaultSite()
    var checker = FaultChecker()
    let proxy = try FaultProxy(to: site.endpoint)
    let worker = try site.startWorker(at: proxy.endpoint)
    let client = try await site.client(at: proxy.endpoint)
    for (number, fault) in [FaultProxy.Fault.none, .delay(milliseconds: 20), .slice].enumerated() {
      proxy.set(fault)
      let key = "\(number)"
      let submitted = try await client.submit(try FaultWork.short(60, key: key))
      checker.sawAccepted(submitted, key: key)
      let (links, isDone) = (proxy.linkCount, Task { try await client.wait(for: submitted.job) })
      // Whoever is back is reset again.
      for round in 1...5 {
        proxy.reset()
        try await eventually("nobody comes back") { proxy.linkCount >= links + round }
      }
      _ = try await isDone.value
    }
    await client.close()
    try await checker.check(site)
    proxy.stop()
    #expect(worker.isRunning)
  }
}
