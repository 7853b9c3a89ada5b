import Circuits

@testable import Simulator

/// A density matrix in any memory, so that one set of tests runs over all of them.
class TestDensity {
  func reset(to basisState: UInt64) throws {}
  func copy(from other: TestDensity) throws {}
  func apply(_ operation: StateOperation) throws {}
  func apply(_ channel: Channel, on qubits: [Int]) throws {}
  func reset(_ qubit: Int) throws {}
  func dephase(_ qubit: Int) throws {}
  func collapse(_ qubit: Int, weights: (zero: Double, one: Double)) throws {}
  func trace() throws -> Double { .nan }
  func expectations(_ paulis: [PauliMask]) throws -> [Double] { [] }
  func probabilities(of qubits: [Int]) throws -> [Double] { [] }
}

/// The box around one kind of memory.
final class BoxedDensity<Storage: DensityStorage & ~Copyable>: TestDensity {
  private var register: DensityRegister<Storage>

  init(_ state: consuming Storage) { register = DensityRegister(state) }

  override func reset(to basisState: UInt64) throws { try register.reset(to: basisState) }
  override func copy(from other: TestDensity) throws {
    guard let other = other as? BoxedDensity<Storage> else {
      throw SimulatorError(.invalidArgument, "a copy between memories of two kinds")
    }
    try register.copy(from: other.register)
  }
  override func apply(_ operation: StateOperation) throws { try register.apply(operation) }
  override func apply(_ channel: Channel, on qubits: [Int]) throws { try register.apply(channel, on: qubits) }
  override func reset(_ qubit: Int) throws { try register.reset(qubit) }
  override func dephase(_ qubit: Int) throws { try register.dephase(qubit) }
  override func collapse(_ qubit: Int, weights: (zero: Double, one: Double)) throws {
    try register.collapse(qubit, weights: weights)
  }
  override func trace() throws -> Double { try register.trace() }
  override func expectations(_ paulis: [PauliMask]) throws -> [Double] { try register.expectations(paulis) }
  override func probabilities(of qubits: [Int]) throws -> [Double] { try register.probabilities(of: qubits) }
}
