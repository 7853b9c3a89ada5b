internal import Circuits

/// One circuit on its way to a device: the netlist before it is routed, and what was found so far.
///
/// The steps are those of an algorithm of three: qubits are mapped, gates optimized, and layers merged while the circuit is too deep and that
/// still helps.
struct Compilation {
  private let target: CompilationTarget
  private let options: Transpiler.Options
  private let circuit: Circuit
  private let available: [Int]
  private let given: Netlist
  private let netlist: Netlist
  private let problem: RoutingProblem
  private let figures: ErrorFigures?

  init(_ transpiler: Transpiler, _ circuit: Circuit, _ available: [Int]) throws(TranspilerError) {
    (target, options, self.circuit, self.available) = (transpiler.target, transpiler.options, circuit, available)
    given = try NetlistReader(circuit).netlist
    netlist = Self.simplified(given, dropsFinalPhases: options.dropsFinalPhases)
    problem = RoutingProblem(netlist)
    figures = ErrorFigures(target)
  }

  private static func simplified(_ netlist: Netlist, dropsFinalPhases: Bool) -> Netlist {
    var result = dropsFinalPhases ? FinalPhases.removed(from: netlist) : netlist
    result = Consolidation.run(result)
    result = Consolidation.run(SwapElision.run(result))
    return dropsFinalPhases ? FinalPhases.removed(from: result) : result
  }

  /// The best circuit that is found.
  func best() throws(TranspilerError) -> CompiledCircuit {
    var best = try candidate(seed: options.seed)
    guard let maximum = options.maximumDepth else { return best }
    for round in 0..<UInt64(Limits.depthRoundCount) where best.report.depth.after > maximum {
      let next = try candidate(seed: options.seed &+ round &+ 1)
      guard next.report.depth.after < best.report.depth.after else { break }
      best = next
    }
    return best
  }

  private func candidate(seed: UInt64) throws(TranspilerError) -> CompiledCircuit {
    var best: CompiledCircuit?
    for outcome in outcomes(seed: seed) {
      let candidate = try written(outcome)
      if best.map({ candidate.report.isBetter(than: $0.report, maximumDepth: options.maximumDepth) }) ?? true { best = candidate }
    }
    guard let best else { preconditionFailure("a search without a result") }
    return best
  }

  // MARK: Mapping qubits

  private func outcomes(seed: UInt64) -> [Router.Outcome] {
    let router = Router(problem: problem, map: target.coupling)
    let trialCount = options.trialCount ?? Limits.trialCount(pairCount: problem.low.count { $0 >= 0 })
    let search = LayoutSearch(router: router, available: available, trialCount: trialCount, roundCount: 2, resultCount: 4)
    var perfect = PerfectLayout(
      target.coupling, interactions: netlist.interactions, cost: figures.map { netlist.placementCost($0) })
    guard let places = perfect.found() else { return search.found(seed: seed) }
    var free = available.filter { !places.contains($0) }.makeIterator()
    let layout = search.layout(places.map { $0 >= 0 ? $0 : free.next() ?? 0 })
    return [router.run(from: layout, seed: seed, records: true)]
  }

  // MARK: Optimizing gates

  private func written(_ outcome: Router.Outcome) throws(TranspilerError) -> CompiledCircuit {
    let count = target.coupling.qubitCount
    var routed = Consolidation.run(netlist.routed(outcome, qubitCount: count))
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
