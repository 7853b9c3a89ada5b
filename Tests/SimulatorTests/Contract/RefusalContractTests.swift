import Circuits
import Simulator
import TestSupport
import Testing

@Suite("every register refuses what does not fit it, and is left as it was")
struct RefusalContractTests {
  private static let identity: [Complex] = [.one, .zero, .zero, .one]

  /// What is refused on four qubits, and with which code.
  static let operations: [(StateOperation, SimulatorError.Code)] = [
    (.matrix(identity, targets: [4], controls: .none), .qubitOutOfRange),
    (.matrix(identity, targets: [-1], controls: .none), .qubitOutOfRange),
    (.matrix(identity, targets: [0], controls: Controls(mask: 1 << 4)), .qubitOutOfRange),
    (.matrix(identity, targets: [0], controls: Controls(mask: 1)), .invalidArgument),
    (.matrix(identity + identity, targets: [0], controls: .none), .invalidArgument),
    (.matrix([], targets: [], controls: .none), .invalidArgument),
    (.matrix([Complex](repeating: .one, count: 16), targets: [2, 2], controls: .none), .invalidArgument),
    (.matrix([Complex(.nan), .zero, .zero, .one], targets: [0], controls: .none), .invalidArgument),
    (.diagonal([.one], targets: [0], controls: .none), .invalidArgument),
    (.diagonal([.one, Complex(.infinity)], targets: [0], controls: .none), .invalidArgument),
    (.permutation([0, 0], targets: [0], controls: .none), .invalidArgument),
    (.permutation([0, 2], targets: [0], controls: .none), .invalidArgument),
    (.pauliRotation(x: 1 << 40, z: 0, angle: 1, controls: .none), .qubitOutOfRange),
    (.pauliRotation(x: 1, z: 0, angle: .nan, controls: .none), .invalidArgument),
    (.pauliRotation(x: 1, z: 2, angle: 1, controls: Controls(mask: 2)), .invalidArgument),
  ]

  @Test("operations", arguments: RegisterFactory.all, operations.indices)
  func operation(factory: RegisterFactory, index: Int) throws {
    let (operation, code) = Self.operations[index]
    var generator = SplitMix(seed: 1)
    let register = try factory.make(4)
    try register.load(generator.state(qubitCount: 4))
    let before = try register.state(4)
    let error = #expect(throws: SimulatorError.self) { try register.apply(operation) }
    #expect(error?.code == code)
    #expect(try register.state(4) == before)
  }

  @Test("questions", arguments: RegisterFactory.all)
  func questions(factory: RegisterFactory) throws {
    let register = try factory.make(4)
    let before = try register.state(4)
    #expect(throws: SimulatorError.self) { try register.reset(to: 16) }
    #expect(throws: SimulatorError.self) { try register.load([.one]) }
    #expect(throws: SimulatorError.self) { try register.amplitudes(from: 10, count: 7) }
    #expect(throws: SimulatorError.self) { try register.amplitudes(from: -1, count: 1) }
    #expect(throws: SimulatorError.self) { try register.copy(from: try factory.make(5)) }
    #expect(throws: SimulatorError.self) { try register.probability(mask: 16, values: 0) }
    #expect(throws: SimulatorError.self) { try register.probability(mask: 1, values: 2) }
    #expect(throws: SimulatorError.self) { try register.probabilities(of: [0, 4]) }
    #expect(throws: SimulatorError.self) { try register.probabilities(of: [0, 0]) }
    #expect(throws: SimulatorError.self) { try register.collapse(mask: 16, values: 16, scale: 1) }
    #expect(throws: SimulatorError.self) { try register.collapse(mask: 1, values: 1, scale: .infinity) }
    #expect(throws: SimulatorError.self) { try register.expectations([PauliMask(x: 0, z: 16)]) }
    #expect(try register.state(4) == before)
  }
}
