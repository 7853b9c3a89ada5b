internal import Circuits
internal import Simulator

/// A circuit as operations of a register, lowered once and then timed.
struct PreparedCircuit {
  let qubitCount: Int
  let gateCount: Int
  let operations: [StateOperation]
  /// The bytes that one run moves: every operation's, and one write of each amplitude for the reset.
  let bytesMoved: Int
  /// The bytes of the state itself.
  let stateByteCount: Int

  /// Lowers a circuit of gates without parameters.
  init(_ circuit: Circuit, precision: Precision) throws(CircuitError) {
    var operations = [StateOperation]()
    for instruction in circuit.instructions {
      guard case .gate(let gate) = instruction else { preconditionFailure("a benchmark circuit holds only gates") }
      if let operation = StateOperation.lowered(try gate.resolved(in: ClassicalMemory())) { operations.append(operation) }
    }
    let reset = precision.amplitudeByteCount << circuit.qubitCount
    stateByteCount = reset
    qubitCount = circuit.qubitCount
    gateCount = circuit.instructions.count
    bytesMoved = operations.reduce(reset) { $0 + $1.bytesMoved(qubitCount: circuit.qubitCount, precision: precision) }
    self.operations = operations
  }

  /// Runs from |0…0⟩ to the end, the plan included, and waits for the device.
  func run<Register: StateRegister & ~Copyable>(on register: inout PlannedRegister<Register>) throws(SimulatorError) {
    try register.reset(to: 0)
    try apply(to: &register)
  }

  /// Plans the operations, applies them to the state as it is, and waits for the device.
  func apply<Register: StateRegister & ~Copyable>(to register: inout PlannedRegister<Register>) throws(SimulatorError) {
    try register.apply(operations)
    try register.synchronize()
  }
}
