internal import Circuits

/// A Clifford circuit whose steps are the same whatever is measured, with its numbers bound.
struct StabilizerProgram {
  enum Step {
    case gate(CliffordStep)
    /// `place` is the outcome's bit that the measurement sets, if any. Nothing touches the qubit after a final one, and observables are
    /// those of the state before it.
    case measure(qubit: Int, place: Int?, isFinal: Bool)
    case reset(qubit: Int)
    case noise(PauliNoise)
  }

  let qubitCount: Int
  /// Bits of an outcome.
  let bitCount: Int
  private(set) var steps: [Step] = []
  /// How outcomes of qubits are misread: the draws that read 0, and 1, as 1 are those below a bound.
  let readout: [Int: (zero: UInt64, one: UInt64)]

  /// Binds a circuit to a row's values; one that measures nothing ends by measuring all qubits.
  ///
  /// - Throws: ``SimulatorError``: `unsupported` for a gate that is no Clifford gate, with its place and what would be accepted, for noise other
  ///   than of Pauli strings and for qubits that are misread together; `limit_exceeded` for more than ``Limits/stabilizerStepCount`` steps.
  init(
    _ circuit: Circuit, _ memory: borrowing ClassicalMemory, _ recognizer: inout CliffordRecognizer
  ) throws(SimulatorError) {
    qubitCount = circuit.qubitCount
    let outputBits = circuit.measures ? circuit.outputBits : Array(0..<circuit.qubitCount)
    bitCount = outputBits.count
    readout = try Self.readout(circuit)
    var places = [Int: Int]()
    for (place, bit) in outputBits.enumerated() { places[bit] = place }
    let finalStart = circuit.finalMeasurementStart
    for (index, instruction) in circuit.instructions.enumerated() {
      switch instruction {
      case .gate(let gate):
        steps += try recognizer.required(gate, in: memory, at: index).map { .gate($0) }
        guard steps.count <= Limits.stabilizerStepCount else { throw Self.tooLong(index) }
      case .measure(let qubit, let bit):
        steps.append(.measure(qubit: qubit, place: bit.flatMap { places[$0] }, isFinal: index >= finalStart))
      case .reset(let qubit): steps.append(.reset(qubit: qubit))
      case .channel(let channel, let qubits): steps.append(.noise(try channel.requiredPauliNoise(on: qubits, at: index)))
      case .barrier, .delay: continue
      default: preconditionFailure("an instruction that depends on outcomes among those that do not")
      }
    }
    if !circuit.measures {
      for qubit in 0..<qubitCount { steps.append(.measure(qubit: qubit, place: qubit, isFinal: true)) }
    }
  }

  /// The draws below which 0 and 1 are read as 1, by qubit.
  ///
  /// - Throws: ``SimulatorError`` with code `unsupported` for qubits that are misread together.
  static func readout(_ circuit: Circuit) throws(SimulatorError) -> [Int: (zero: UInt64, one: UInt64)] {
    var result: [Int: (zero: UInt64, one: UInt64)] = [:]
    for entry in circuit.readout {
      guard entry.qubits.count == 1 else {
        throw SimulatorError(
          .unsupported,
          "qubits \(entry.qubits) are misread together; method stabilizer takes errors of one qubit, method statevector takes all")
      }
      let bounds = entry.error.probabilities.map { RandomStream.bound($0[1]) }
      result[entry.qubits[0]] = (bounds[0], bounds[1])
    }
    return result
  }

  private static func tooLong(_ index: Int) -> SimulatorError {
    SimulatorError(
      .limitExceeded,
      "instruction \(index): more than \(Limits.stabilizerStepCount) elementary Clifford gates; a circuit of fewer is accepted")
  }
}

extension Channel {
  /// The channel as noise of Pauli strings.
  ///
  /// - Parameter index: Its instruction in the circuit, for the error; nil where it is not known.
  /// - Throws: ``SimulatorError`` with code `unsupported` for one that is none.
  func requiredPauliNoise(on qubits: [Int], at index: Int?) throws(SimulatorError) -> PauliNoise {
    if let noise = PauliNoise(self, qubits: qubits) { return noise }
    let place = index.map { "instruction \($0): " } ?? ""
    throw SimulatorError(
      .unsupported,
      "\(place)noise (\(name)) that is no mixture of Pauli strings, and method stabilizer takes no other; method statevector takes all"
    )
  }
}

extension CliffordRecognizer {
  /// What a gate does.
  ///
  /// - Parameter index: Its instruction in the circuit, for the error; nil where it is not known.
  /// - Throws: ``SimulatorError`` with code `unsupported` for a gate that is no Clifford gate.
  mutating func required(
    _ gate: GateOperation, in memory: borrowing ClassicalMemory, at index: Int?
  ) throws(SimulatorError) -> [CliffordStep] {
    let found: [CliffordStep]?
    do throws(CircuitError) { found = try steps(of: gate, in: memory) } catch {
      throw SimulatorError(error.code == .limitExceeded ? .limitExceeded : .invalidArgument, error.message)
    }
    if let found { return found }
    let place = index.map { "instruction \($0): " } ?? ""
    throw SimulatorError(
      .unsupported,
      """
      \(place)gate \(gate.name)\(gate.boundAngles(in: memory)) is not a Clifford gate, and method stabilizer takes no other; accepted are gates \
      that map Pauli strings to Pauli strings, such as h, s, sx, cx, cz, swap, iswap, ecr and rotations by multiples of π/2, and with \
      method statevector all gates
      """)
  }
}

extension GateOperation {
  /// The angles in parentheses, and the power.
  fileprivate func boundAngles(in memory: borrowing ClassicalMemory) -> String {
    var texts = [String]()
    // Angles without a value have been reported before.
    for parameter in parameters { if let value = try? parameter.finiteDouble(in: memory) { texts.append("\(value)") } }
    return (texts.isEmpty ? "" : "(" + texts.joined(separator: ", ") + ")") + (exponent == 1 ? "" : " to the power of \(exponent)")
      + (controls.isEmpty ? "" : " under \(controls.count) control\(controls.count == 1 ? "" : "s")")
  }
}
