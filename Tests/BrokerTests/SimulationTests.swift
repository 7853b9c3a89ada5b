import Broker
import BrokerSimulation
import Protocol
import Testing

@Suite("Simulation")
struct SimulationTests {
  /// Seeds in one run of the tests; scripts/simulate runs more.
  static let seedCount: UInt64 = 1_000
  static let seedsPerCase: UInt64 = 25

  @Test(
    "what is promised holds under drops, repeats, reorderings, delays, deaths and restarts",
    arguments: Array(stride(from: UInt64(0), to: seedCount, by: Int(seedsPerCase))))
  func promises(first: UInt64) async throws {
    for seed in first..<min(first + Self.seedsPerCase, Self.seedCount) {
      // Tests that wait for one another should go on in between.
      await Task.yield()
      let world = try World.run(seed: seed)
      #expect(world.checker.failures.isEmpty, "scripts/simulate --first \(seed) --seeds 1: \(world.checker.failures.prefix(3))")
      #expect(world.checker.jobCount > 0, "seed \(seed): nothing was accepted")
    }
  }

  @Test("the simulation reaches every end, refusals, deaths, restarts and ways of a commit to fail")
  func reach() throws {
    let worlds = try (1_000..<1_060).map { try World.run(seed: $0) }
    for state in [JobState.succeeded, .dead, .cancelled, .expired] {
      #expect(worlds.contains { $0.checker.count(state) > 0 }, "no job ended as \(state)")
    }
    #expect(worlds.contains { $0.checker.rejections[.quota, default: 0] > 0 })
    #expect(worlds.contains { $0.workers.contains { $0.deathCount > 0 } })
    #expect(worlds.contains { $0.disk.epoch > 2 })
    for fate in StoreFaults.Fate.allCases where fate != .kept {
      #expect(worlds.contains { $0.storeFailures[fate, default: 0] > 0 }, "no commit was \(fate)")
    }
    #expect(worlds.contains { $0.checker.rejections[.storage, default: 0] > 0 })
    #expect(worlds.contains { $0.checker.heldCount > 0 })
    #expect(worlds.contains { $0.checker.requeuedCount > 0 })
    #expect(worlds.contains { $0.checker.partialCount > 0 })
    #expect(worlds.contains { $0.checker.retractionsAfterEnd > 0 })
    #expect(worlds.contains { $0.checker.duplicatesOfForgotten > 0 })
    #expect(worlds.contains { $0.checker.rejections[.sessionClosed, default: 0] > 0 })
  }

  @Test("the same seed gives the same run")
  func isDeterministic() throws {
    let (first, second) = (try World.run(seed: 7), try World.run(seed: 7))
    #expect(first.stepCount == second.stepCount)
    #expect(first.disk == second.disk)
  }
}
