package import Broker
internal import Protocol

extension World {
  /// A world with a few clients and workers as its seed says, run to its end.
  package static func run(
    seed: UInt64, faults: Faults = Faults(), configure: (inout BrokerConfiguration) -> Void = { _ in }
  ) throws -> World {
    let world = World(seed: seed, faults: faults)
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
}
