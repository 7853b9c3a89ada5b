import Circuits
import TestSupport
import Transpiler

/// Whether a compiled circuit does what the one that was given does.
enum Equivalence {
  /// The largest difference of amplitudes, global phase included, of a random state of the circuit's qubits: the device's others start at |0⟩ and
  /// must end there.
  static func distance(_ circuit: Circuit, _ compiled: CompiledCircuit, parameters: [Double] = [], seed: UInt64) throws -> Double {
    try distance(
      circuit, compiled.circuit, from: compiled.initialLayout, to: compiled.finalLayout, parameters: parameters, seed: seed)
  }

  /// The same of a circuit on a device's qubits, from one layout to another.
  static func distance(
    _ circuit: Circuit, _ other: Circuit, from first: [Int], to last: [Int], parameters: [Double] = [], seed: UInt64
  ) throws -> Double {
    var random = SplitMix(seed: seed)
    let state = random.state(qubitCount: circuit.qubitCount)
    let wanted = placed(try applied(circuit, parameters, to: state), last, other.qubitCount)
    let found = try applied(other, parameters, to: placed(state, first, other.qubitCount))
    return zip(wanted, found).reduce(0) { max($0, ($1.0 - $1.1).length) }
  }

  private static func applied(_ circuit: Circuit, _ parameters: [Double], to state: [Complex]) throws -> [Complex] {
    let memory = try circuit.initialMemory(parameters)
    var result = state
    for instruction in circuit.instructions {
      guard case .gate(let operation) = instruction else { continue }
      result = ReferenceInterpreter.applying(try operation.resolved(in: memory), to: result)
    }
    return result
  }

  /// A state on the device's qubits.
  private static func placed(_ state: [Complex], _ layout: [Int], _ qubitCount: Int) -> [Complex] {
    var result = [Complex](repeating: .zero, count: 1 << qubitCount)
    for (index, amplitude) in state.enumerated() { result[placed(index, layout)] = amplitude }
    return result
  }

  private static func placed(_ state: Int, _ layout: [Int]) -> Int {
    layout.enumerated().reduce(0) { $0 | (state >> $1.offset & 1) << $1.element }
  }

  /// Gates of the compiled circuit that the target does not have.
  static func foreign(_ compiled: CompiledCircuit, _ target: CompilationTarget) -> [Instruction] {
    let names = allowed(target.basis)
    return compiled.circuit.instructions.filter { instruction in
      guard case .gate(let operation) = instruction else { return false }
      let isCoupled = operation.qubits.count < 2 || target.coupling.areCoupled(operation.qubits[0], operation.qubits[1])
      return !names.contains(operation.name) || !isCoupled || operation.allQubits.count > 2
    }
  }

  private static func allowed(_ basis: GateBasis) -> Set<String> {
    let single: Set<String> =
      switch basis.oneQubit {
      case .u: ["u"]
      case .rzSX: ["rz", "sx"]
      case .rzSXX: ["rz", "sx", "x"]
      case .rotations: ["rz", "rx"]
      }
    return single.union(["gphase", basis.entangler.rawValue])
  }
}
