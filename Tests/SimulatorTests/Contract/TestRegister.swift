import Circuits
import Simulator

/// A register of any kind, so that one set of tests runs over all of them.
class TestRegister {
  func reset(to basisState: UInt64) throws {}
  func load(_ amplitudes: [Complex]) throws {}
  func amplitudes(from start: Int, count: Int) throws -> [Complex] { [] }
  func copy(from other: TestRegister) throws {}
  func fillSlots(from other: TestRegister) throws {}
  func copy(slot: Int, of slotCount: Int, from other: TestRegister) throws {}
  func apply(_ operation: StateOperation) throws {}
  func apply(_ pass: TilePass) throws {}
  func normSquared() throws -> Double { .nan }
  func probability(mask: UInt64, values: UInt64) throws -> Double { .nan }
  func probabilities(of qubits: [Int]) throws -> [Double] { [] }
  func collapse(mask: UInt64, values: UInt64, scale: Double) throws {}
  func sample(_ draws: [UInt64]) throws -> [UInt64] { [] }
  func count(_ draws: [UInt64]) throws -> StateCounts { StateCounts() }
  func expectations(_ paulis: [PauliMask]) throws -> [Double] { [] }
  func count(slots draws: [[UInt64]]) throws -> [StateCounts] { [] }
  func expectations(_ paulis: [PauliMask], slotCount: Int) throws -> [[Double]] { [] }
}

/// The box around one kind of register.
final class BoxedRegister<Register: StateRegister & ~Copyable>: TestRegister {
  private var register: Register

  init(_ register: consuming Register) { self.register = register }

  override func reset(to basisState: UInt64) throws { try register.reset(to: basisState) }
  override func load(_ amplitudes: [Complex]) throws { try register.load(amplitudes) }
  override func amplitudes(from start: Int, count: Int) throws -> [Complex] { try register.amplitudes(from: start, count: count) }
  override func copy(from other: TestRegister) throws {
    try register.copy(from: try sameKind(other).register)
  }
  override func fillSlots(from other: TestRegister) throws { try register.fillSlots(from: try sameKind(other).register) }
  override func copy(slot: Int, of slotCount: Int, from other: TestRegister) throws {
    try register.copy(slot: slot, of: slotCount, from: try sameKind(other).register)
  }
  override func apply(_ operation: StateOperation) throws { try register.apply(operation) }
  override func apply(_ pass: TilePass) throws { try register.apply(pass) }
  override func normSquared() throws -> Double { try register.normSquared() }
  override func probability(mask: UInt64, values: UInt64) throws -> Double { try register.probability(mask: mask, values: values) }
  override func probabilities(of qubits: [Int]) throws -> [Double] { try register.probabilities(of: qubits) }
  override func collapse(mask: UInt64, values: UInt64, scale: Double) throws {
    try register.collapse(mask: mask, values: values, scale: scale)
  }
  override func sample(_ draws: [UInt64]) throws -> [UInt64] { try register.sample(draws) }
  override func count(_ draws: [UInt64]) throws -> StateCounts { try register.count(draws) }
  override func expectations(_ paulis: [PauliMask]) throws -> [Double] { try register.expectations(paulis) }
  override func count(slots draws: [[UInt64]]) throws -> [StateCounts] { try register.count(slots: draws) }
  override func expectations(_ paulis: [PauliMask], slotCount: Int) throws -> [[Double]] {
    try register.expectations(paulis, slotCount: slotCount)
  }

  private func sameKind(_ other: TestRegister) throws -> BoxedRegister {
    guard let other = other as? BoxedRegister<Register> else {
      throw SimulatorError(.invalidArgument, "a copy between registers of two kinds")
    }
    return other
  }
}
