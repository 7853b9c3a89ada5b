import Circuits
import Simulator
import TestSupport
import Testing

@Suite("every register holds several small states in slots, and answers about each as a register of its own would")
struct SlotContractTests {
  /// Sizes of a small state and numbers of slots; below ten qubits a slot is larger than the state.
  static let shapes = [(1, 2), (4, 1), (5, 4), (9, 2), (10, 1), (10, 8), (11, 2), (12, 4)]

  private static func slotQubitCount(_ qubitCount: Int) -> Int { max(qubitCount, 10) }

  /// A small register in a random state.
  private func small(_ factory: RegisterFactory, _ qubitCount: Int) throws -> TestRegister {
    var generator = SplitMix(seed: UInt64(qubitCount))
    let small = try factory.make(qubitCount)
    try small.load(generator.state(qubitCount: qubitCount))
    return small
  }

  /// A wide register whose slots hold a small register's state, each changed by a rotation of its own.
  private func wide(_ factory: RegisterFactory, _ small: TestRegister, _ qubitCount: Int, _ slotCount: Int) throws -> TestRegister {
    let size = Self.slotQubitCount(qubitCount)
    let wide = try factory.make(size + slotCount.trailingZeroBitCount)
    // What was there before has to be gone.
    try wide.load(Array(repeating: Complex(0.5, 0.25), count: slotCount << size))
    try wide.fillSlots(from: small)
    let mask = UInt64(slotCount - 1) << UInt64(size)
    for slot in 0..<slotCount {
      let controls = Controls(mask: mask, values: UInt64(slot) << UInt64(size))
      try wide.apply(.pauliRotation(x: 1, z: 0, angle: 0.3 * Double(slot), controls: controls))
    }
    return wide
  }

  @Test("slots are filled with copies of a state, and what lies beyond it is zero", arguments: RegisterFactory.all, shapes.indices)
  func filling(factory: RegisterFactory, shape: Int) throws {
    let (qubitCount, slotCount) = Self.shapes[shape]
    let size = Self.slotQubitCount(qubitCount)
    let small = try small(factory, qubitCount)
    let wide = try factory.make(size + slotCount.trailingZeroBitCount)
    try wide.load(Array(repeating: Complex(0.5, 0.25), count: slotCount << size))
    try wide.fillSlots(from: small)
    let state = try small.state(qubitCount)
    let slot = state + Array(repeating: .zero, count: 1 << size - state.count)
    #expect(try wide.state(size + slotCount.trailingZeroBitCount) == Array(repeating: slot, count: slotCount).flatMap { $0 })
    // The copies are their own.
    try small.reset(to: 0)
    #expect(try wide.amplitudes(from: 0, count: state.count) == state)
  }

  @Test("a slot is copied into a small register, and answers as that one does", arguments: RegisterFactory.all, shapes.indices)
  func answers(factory: RegisterFactory, shape: Int) throws {
    let (qubitCount, slotCount) = Self.shapes[shape]
    let small = try small(factory, qubitCount)
    let wide = try wide(factory, small, qubitCount, slotCount)
    var generator = SplitMix(seed: 5)
    let all = UInt64(1) << UInt64(qubitCount) - 1
    let paulis = (0..<13).map { PauliMask(x: $0 % 3 == 0 ? 0 : generator.next() & all, z: generator.next() & all) }
    let draws = (0..<slotCount).map { slot in (0..<(slot == 1 ? 0 : 37)).map { _ in generator.next() } + [0, .max].prefix(slot) }
    let (counts, values) = (try wide.count(slots: draws), try wide.expectations(paulis, slotCount: slotCount))
    #expect(counts.count == slotCount && values.count == slotCount)
    let size = Self.slotQubitCount(qubitCount)
    for slot in 0..<slotCount {
      try small.copy(slot: slot, of: slotCount, from: wide)
      #expect(try small.state(qubitCount) == wide.amplitudes(from: slot << size, count: 1 << qubitCount), "slot \(slot)")
      #expect(try counts[slot] == small.count(draws[slot]), "slot \(slot)")
      #expect(try values[slot] == small.expectations(paulis), "slot \(slot)")
    }
    #expect(Set(values).count == slotCount, "slots that cannot be told apart")
  }

  @Test("slots that are not there, or do not fit", arguments: RegisterFactory.all)
  func refusals(factory: RegisterFactory) throws {
    let (small, wide) = (try factory.make(10), try factory.make(12))
    let before = try wide.state(12)
    #expect(throws: SimulatorError.self) { try small.fillSlots(from: wide) }
    #expect(throws: SimulatorError.self) { try factory.make(9).fillSlots(from: try factory.make(3)) }
    for (slot, count) in [(4, 4), (-1, 4), (0, 2), (0, 3), (0, 8), (0, 0)] {
      #expect(throws: SimulatorError.self) { try small.copy(slot: slot, of: count, from: wide) }
    }
    #expect(throws: SimulatorError.self) { try wide.count(slots: [[1], [1], [1]]) }
    #expect(throws: SimulatorError.self) { try wide.count(slots: Array(repeating: [1], count: 8)) }
    #expect(throws: SimulatorError.self) { try wide.expectations([PauliMask(x: 1 << 10, z: 0)], slotCount: 4) }
    #expect(throws: SimulatorError.self) { try wide.expectations([], slotCount: 0) }
    #expect(try wide.state(12) == before)
  }
}
