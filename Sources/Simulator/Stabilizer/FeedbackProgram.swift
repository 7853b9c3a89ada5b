internal import Circuits

/// A Clifford circuit whose steps depend on what was measured, with its numbers bound as far as they are known before it runs.
struct FeedbackProgram {
  let program: Program
  /// The classical bits of an outcome; the qubits of a circuit that measures nothing.
  let outputBits: [Int]
  /// How outcomes of qubits are misread: the draws that read 0, and 1, as 1 are those below a bound.
  let readout: [Int: (zero: UInt64, one: UInt64)]
  /// The noise of each such step, by its place in the program.
  private(set) var noise: [Int: PauliNoise] = [:]
  /// Steps of the gates whose angles do not read classical memory, by their place in the program.
  private var bound: [Int: [CliffordStep]] = [:]
  private var recognizer: CliffordRecognizer

  /// Binds a circuit to a row's values.
  ///
  /// - Throws: ``SimulatorError`` with code `unsupported` for a gate that is no Clifford gate, noise other than of Pauli strings and qubits that
  ///   are misread together.
  init(_ circuit: Circuit, _ memory: borrowing ClassicalMemory, _ recognizer: CliffordRecognizer) throws(SimulatorError) {
    self.recognizer = recognizer
    readout = try StabilizerProgram.readout(circuit)
    program = try Program(circuit, lowersGates: false)
    outputBits = program.measures ? circuit.outputBits : Array(0..<circuit.qubitCount)
    for (place, step) in program.steps.enumerated() {
      switch step {
      case .gate(let gate) where !gate.parameters.contains(where: \.readsMemory):
        bound[place] = try self.recognizer.required(gate, in: memory, at: nil)
      case .noise(let step): noise[place] = try step.channel.requiredPauliNoise(on: step.qubits, at: nil)
      default: continue
      }
    }
  }

  /// What a gate at a place does.
  ///
  /// - Throws: ``SimulatorError`` with code `unsupported` for a gate that is no Clifford gate with the angles that memory gives it.
  mutating func steps(
    of gate: GateOperation, at place: Int, _ memory: ClassicalMemory
  ) throws(SimulatorError) -> [CliffordStep] {
    if let steps = bound[place] { return steps }
    return try recognizer.required(gate, in: memory, at: nil)
  }
}
