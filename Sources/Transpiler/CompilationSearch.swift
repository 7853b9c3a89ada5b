/// Searches for the best of the circuits that come of different places for the qubits, with control flow or without.
struct CompilationSearch {
  let target: CompilationTarget
  let options: Transpiler.Options
  /// The physical qubits that may be used.
  let available: [Int]
  /// What is mapped.
  let netlist: Netlist
  let figures: ErrorFigures?
  private let router: Router

  init(_ transpiler: Transpiler, _ available: [Int], _ netlist: Netlist) {
    (target, options, self.available, self.netlist) = (transpiler.target, transpiler.options, available, netlist)
    figures = ErrorFigures(transpiler.target)
    router = Router(problem: RoutingProblem(netlist), map: transpiler.target.coupling)
  }

  /// The best circuit that is found; while it is too deep and that helps, qubits are mapped anew.
  ///
  /// - Parameter written: Makes the circuit of one mapping.
  func best(
    _ written: (_ outcome: Router.Outcome, _ seed: UInt64) throws(TranspilerError) -> CompiledCircuit
  ) throws(TranspilerError) -> CompiledCircuit {
    var best = try candidate(seed: options.seed, written)
    guard let maximum = options.maximumDepth else { return best }
    for round in 0..<UInt64(Limits.depthRoundCount) where best.report.depth.after > maximum {
      let next = try candidate(seed: options.seed &+ round &+ 1, written)
      guard next.report.depth.after < best.report.depth.after else { break }
      best = next
    }
    return best
  }

  private func candidate(
    seed: UInt64, _ written: (Router.Outcome, UInt64) throws(TranspilerError) -> CompiledCircuit
  ) throws(TranspilerError) -> CompiledCircuit {
    var best: CompiledCircuit?
    for outcome in outcomes(seed: seed) {
      let candidate = try written(outcome, seed)
      if best.map({ candidate.report.isBetter(than: $0.report, maximumDepth: options.maximumDepth) }) ?? true { best = candidate }
    }
    guard let best else { preconditionFailure("a search without a result") }
    return best
  }

  /// The best mappings: one that needs no SWAP if there is such a place, else some of many.
  private func outcomes(seed: UInt64) -> [Router.Outcome] {
    let trialCount = options.trialCount ?? Limits.trialCount(pairCount: router.problem.low.count { $0 >= 0 })
    let search = LayoutSearch(router: router, available: available, trialCount: trialCount, roundCount: 2, resultCount: 4)
    var perfect = PerfectLayout(
      target.coupling, interactions: netlist.interactions, cost: figures.map { netlist.placementCost($0) })
    guard let places = perfect.found() else { return search.found(seed: seed) }
    var free = available.filter { !places.contains($0) }.makeIterator()
    let layout = search.layout(places.map { $0 >= 0 ? $0 : free.next() ?? 0 })
    return [router.run(from: layout, seed: seed, records: true)]
  }
}
