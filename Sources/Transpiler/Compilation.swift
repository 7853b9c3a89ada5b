internal import Circuits

/// One circuit on its way to a device: the netlist before it is routed, and what was found so far.
///
/// The steps are those of an algorithm of three: qubits are mapped, gates optimized, and layers merged while the circuit is too deep and that
/// still helps.
struct Compilation {
  private let options: Transpiler.Options
  private let circuit: Circuit
  private let given: Netlist
  private let search: CompilationSearch

  init(_ transpiler: Transpiler, _ circuit: Circuit, _ available: [Int]) throws(TranspilerError) {
    (options, self.circuit) = (transpiler.options, circuit)
    given = try NetlistReader(circuit).netlist
    search = CompilationSearch(
      transpiler, available, Self.simplified(given, dropsFinalPhases: transpiler.options.dropsFinalPhases))
  }

  private static func simplified(_ netlist: Netlist, dropsFinalPhases: Bool) -> Netlist {
    var result = dropsFinalPhases ? FinalPhases.removed(from: netlist) : netlist
    result = Consolidation.run(result)
    result = Consolidation.run(SwapElision.run(result))
    return dropsFinalPhases ? FinalPhases.removed(from: result) : result
  }

  /// The best circuit that is found.
  func best() throws(TranspilerError) -> CompiledCircuit {
    try search.best { (outcome, _) throws(TranspilerError) in try written(outcome) }
  }

  private func written(_ outcome: Router.Outcome) throws(TranspilerError) -> CompiledCircuit {
    let (target, figures, count) = (search.target, search.figures, search.target.coupling.qubitCount)
    var routed = Consolidation.run(search.netlist.routed(outcome, qubitCount: count))
    routed = Consolidation.run(LayerMerging.run(routed))
    var initial = Array(outcome.initial.physical.prefix(circuit.qubitCount))
    if let figures, let places = routed.betterPlaces(target.coupling, figures) {
      routed = routed.moved(to: places)
      initial = initial.map { places[$0] }
    }
    var writer = BasisWriter(target.basis, wireCount: count, dropsFinalPhases: options.dropsFinalPhases)
    try writer.write(routed)
    do throws(CircuitError) {
      return CompiledCircuit(
        circuit: try circuit.rewritten(writer.instructions, phase: writer.phase, qubitCount: count),
        initialLayout: initial, finalLayout: routed.outputs,
        report: CompilationReport(of: circuit, given, compiledTo: writer.instructions, target, figures))
    } catch { throw TranspilerError(error) }
  }
}
