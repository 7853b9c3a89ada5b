internal import Circuits

extension CompilationReport {
  /// What a circuit takes, and what it takes compiled.
  ///
  /// - Parameter netlist: Of the circuit that was given.
  init(
    of circuit: Circuit, _ netlist: Netlist, compiledTo instructions: [Instruction], _ target: CompilationTarget,
    _ figures: ErrorFigures?
  ) {
    let before = CircuitMeasure(circuit.instructions, qubitCount: circuit.qubitCount)
    let after = CircuitMeasure(instructions, qubitCount: target.coupling.qubitCount)
    depth = .init(before: before.depth, after: after.depth)
    twoQubitDepth = .init(before: before.twoQubitDepth, after: after.twoQubitDepth)
    twoQubitGates = .init(before: before.twoQubitGates, after: after.twoQubitGates)
    gates = .init(before: before.gates, after: after.gates)
    expectedFidelity = figures.map { .init(before: $0.medianFidelity(netlist), after: $0.fidelity(instructions)) }
  }

  /// Not too deep comes first, then errors where they are known, then the number of gates on two qubits.
  func isBetter(than other: CompilationReport, maximumDepth: Int?) -> Bool {
    if let maximumDepth, max(depth.after, other.depth.after) > maximumDepth { return depth.after < other.depth.after }
    if let (one, second) = expectedFidelity.flatMap({ one in other.expectedFidelity.map { (one.after, $0.after) } }), one != second
    {
      return one > second
    }
    return (twoQubitGates.after, depth.after) < (other.twoQubitGates.after, other.depth.after)
  }
}
