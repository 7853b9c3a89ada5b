import Broker
import Foundation
import Protocol
import Testing

@Suite("Simulation")
struct SimulationTests {
  /// Seeds in one run of the tests; more with KETWORK_SIMULATION_SEEDS.
  static let seedCount = ProcessInfo.processInfo.environment["KETWORK_SIMULATION_SEEDS"].flatMap { UInt64($0) } ?? 200
  static let seedsPerCase: UInt64 = 25

  /// A world with a few clients and workers as its seed says, run to its end.
  static func run(seed: UInt64, configure: (inout BrokerConfiguration) -> Void = { _ in }) throws -> World {
    let world = World(seed: seed)
    configure(&world.configuration)
    for client in 0..<Int.random(in: 1...3, using: &world.random) {
      let tasks = try (0..<Int.random(in: 1...4, using: &world.random)).map { index in
        try task(world, key: "key \(client).\(index)", client: client)
      }
      world.clients.append(SimulatedClient(world, tasks: tasks, sessionKey: "session \(client)"))
      // Another reader of the same jobs, under the same keys.
      if Bool.random(using: &world.random) {
        world.clients.append(SimulatedClient(world, tasks: tasks, sessionKey: "session \(client)"))
      }
    }
    for _ in 0..<Int.random(in: 1...3, using: &world.random) { world.workers.append(SimulatedWorker(world)) }
    world.run()
    world.checker.finish()
    return world
  }

  private static func task(_ world: World, key: String, client: Int) throws -> SimulatedClient.Task {
    let circuits = Bool.random(using: &world.random) ? Int.random(in: 1...60, using: &world.random) : 1
    return SimulatedClient.Task(
      key: key, template: try Template(openQASM: "circuit \(key)"), circuits: circuits,
      priority: Int.random(in: 0...1, using: &world.random),
      deadline: Int.random(in: 0..<10, using: &world.random) == 0 ? .seconds(Int.random(in: 1...30, using: &world.random)) : nil,
      poison: Int.random(in: 0..<5, using: &world.random) == 0 ? Int.random(in: 0..<circuits, using: &world.random) : nil,
      cancels: Int.random(in: 0..<5, using: &world.random) == 0,
      confirmations: Int.random(in: 0..<5, using: &world.random) == 0 ? Int.random(in: 1...4, using: &world.random) : 0,
      retracts: Int.random(in: 0..<6, using: &world.random) == 0, isInSession: Int.random(in: 0..<4, using: &world.random) == 0,
      retries: Int.random(in: 0..<2, using: &world.random) == 0)
  }

  @Test(
    "what is promised holds under drops, repeats, reorderings, delays, deaths and restarts",
    arguments: Array(stride(from: UInt64(0), to: seedCount, by: Int(seedsPerCase))))
  func promises(first: UInt64) async throws {
    for seed in first..<min(first + Self.seedsPerCase, Self.seedCount) {
      // Tests that wait for one another should go on in between.
      await Task.yield()
      let world = try Self.run(seed: seed)
      #expect(world.checker.failures.isEmpty, "seed \(seed): \(world.checker.failures.prefix(3))")
      #expect(world.checker.jobCount > 0, "seed \(seed): nothing was accepted")
    }
  }

  @Test("the simulation reaches every end, refusals, deaths and restarts")
  func reach() throws {
    let worlds = try (1_000..<1_060).map { try Self.run(seed: $0) }
    for state in [JobState.succeeded, .dead, .cancelled, .expired] {
      #expect(worlds.contains { $0.checker.count(state) > 0 }, "no job ended as \(state)")
    }
    #expect(worlds.contains { $0.checker.rejections[.quota, default: 0] > 0 })
    #expect(worlds.contains { $0.workers.contains { $0.deathCount > 0 } })
    #expect(worlds.contains { $0.disk.epoch > 2 })
    #expect(worlds.contains { $0.checker.heldCount > 0 })
    #expect(worlds.contains { $0.checker.requeuedCount > 0 })
    #expect(worlds.contains { $0.checker.partialCount > 0 })
    #expect(worlds.contains { $0.checker.retractionsAfterEnd > 0 })
    #expect(worlds.contains { $0.checker.duplicatesOfForgotten > 0 })
    #expect(worlds.contains { $0.checker.rejections[.sessionClosed, default: 0] > 0 })
  }

  @Test("the same seed gives the same run")
  func isDeterministic() throws {
    let (first, second) = (try Self.run(seed: 7), try Self.run(seed: 7))
    #expect(first.stepCount == second.stepCount)
    #expect(first.disk == second.disk)
  }
}
