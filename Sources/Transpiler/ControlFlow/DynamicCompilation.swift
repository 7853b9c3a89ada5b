internal import Circuits

/// A circuit with control flow on its way to a device.
///
/// Where its qubits start is searched for as if it had each body once, one after the other. Then it is compiled in pieces, by ``DynamicWriter``.
struct DynamicCompilation {
  private let options: Transpiler.Options
  private let circuit: Circuit
  private let given: Netlist
  private let search: CompilationSearch

  init(_ transpiler: Transpiler, _ circuit: Circuit, _ available: [Int]) throws(TranspilerError) {
    (options, self.circuit) = (transpiler.options, circuit)
    var reader = NetlistReader(wireCount: circuit.qubitCount)
    for (place, instruction) in circuit.instructions.enumerated() {
      do throws(TranspilerError) {
        for step in instruction.straightened { try reader.read(step) }
      } catch { throw error.at(instruction: place) }
    }
    given = reader.netlist
    search = CompilationSearch(transpiler, available, Consolidation.run(given))
  }

  /// The best circuit that is found.
  func best() throws(TranspilerError) -> CompiledCircuit {
    try search.best { (outcome, seed) throws(TranspilerError) in try written(outcome.initial, seed: seed) }
  }

  private func written(_ layout: Layout, seed: UInt64) throws(TranspilerError) -> CompiledCircuit {
    let target = search.target
    var writer = DynamicWriter(target, options, circuit, layout, seed: seed)
    let instructions = try writer.written()
    let report = CompilationReport(of: circuit, given, compiledTo: instructions, target, search.figures)
    do throws(CircuitError) {
      return CompiledCircuit(
        circuit: try circuit.rewritten(instructions, phase: writer.phase, qubitCount: target.coupling.qubitCount),
        initialLayout: Array(layout.physical.prefix(circuit.qubitCount)),
        finalLayout: Array(writer.layout.physical.prefix(circuit.qubitCount)), report: report)
    } catch { throw TranspilerError(error) }
  }
}

extension Instruction {
  /// What acts on qubits, bodies of control flow once each, one after the other.
  fileprivate var straightened: [Instruction] {
    switch self {
    case .assign, .breakLoop, .continueLoop, .end: []
    default: bodies.isEmpty ? [self] : bodies.joined().flatMap(\.straightened)
    }
  }
}
