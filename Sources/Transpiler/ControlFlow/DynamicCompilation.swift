internal import Circuits

/// A circuit with control flow on its way to a device.
///
/// Where its qubits start is searched for as if it had each body once, one after the other. Then it is compiled in pieces, by ``DynamicWriter``.
struct DynamicCompilation {
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
    var reader = NetlistReader(wireCount: circuit.qubitCount)
    for (place, instruction) in circuit.instructions.enumerated() {
      do throws(TranspilerError) {
        for step in instruction.straightened { try reader.read(step) }
      } catch { throw error.at(instruction: place) }
    }
    given = reader.netlist
    netlist = Consolidation.run(given)
    problem = RoutingProblem(netlist)
    figures = ErrorFigures(target)
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
    for layout in layouts(seed: seed) {
      let candidate = try written(layout, seed: seed)
      if best.map({ candidate.report.isBetter(than: $0.report, maximumDepth: options.maximumDepth) }) ?? true { best = candidate }
    }
    guard let best else { preconditionFailure("a search without a result") }
    return best
  }

  private func layouts(seed: UInt64) -> [Layout] {
    let router = Router(problem: problem, map: target.coupling)
    let trialCount = options.trialCount ?? Limits.trialCount(pairCount: problem.low.count { $0 >= 0 })
    let search = LayoutSearch(router: router, available: available, trialCount: trialCount, roundCount: 2, resultCount: 4)
    var perfect = PerfectLayout(
      target.coupling, interactions: netlist.interactions, cost: figures.map { netlist.placementCost($0) })
    guard let places = perfect.found() else { return search.found(seed: seed).map(\.initial) }
    var free = available.filter { !places.contains($0) }.makeIterator()
    return [search.layout(places.map { $0 >= 0 ? $0 : free.next() ?? 0 })]
  }

  private func written(_ layout: Layout, seed: UInt64) throws(TranspilerError) -> CompiledCircuit {
    var writer = DynamicWriter(target, options, circuit, layout, seed: seed)
    let instructions = try writer.written()
    let report = CompilationReport(of: circuit, given, compiledTo: instructions, target, figures)
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
