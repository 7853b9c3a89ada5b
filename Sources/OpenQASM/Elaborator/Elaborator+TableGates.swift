internal import Circuits

extension Elaborator {
  /// What calls of a definition become: the table's gate of its name if the definition is that gate, else the definition itself.
  ///
  /// Files that write out what their includes lack mean the gate by its name: noise models and the exporter then find it. A definition that
  /// differs from the gate by a phase becomes the phase and the gate, so that it is the same under controls too. One with barriers, or whose
  /// angles are no sums of multiples of its parameters, stays as it is written.
  func callee(of definition: GateDefinition) -> Callee {
    guard let gate = Gate(named: definition.name), gate.qubitCount == definition.qubitCount,
      gate.parameterNames.count == definition.parameters.count, (1...Limits.comparedQubitCount).contains(gate.qubitCount),
      definition.cost <= Limits.comparedGateCount, let operations = operations(of: definition),
      let phase = GateComparison(gate, definition.parameters, operations).phase
    else { return .defined(definition) }
    return phase == ClassicalExpression(0) ? .table(gate) : .defined(definition.replaced(by: gate, phase: phase))
  }

  /// The gates of a definition's body in terms of its own parameters; nil if it holds anything else.
  private func operations(of definition: GateDefinition) -> [GateOperation]? {
    var steps = [Instruction]()
    do throws(Failure) {
      try uncounted { () throws(Failure) in
        try expand(
          .defined(definition), [], definition.parameters.map(ClassicalExpression.parameter), Array(0..<definition.qubitCount),
          at: currentRange, into: &steps)
      }
    } catch {
      // Such a body has no meaning before its parameters have values; calls report what is wrong then.
      return nil
    }
    var operations = [GateOperation]()
    for step in steps {
      guard case .gate(let operation) = step else { return nil }
      operations.append(operation)
    }
    return operations
  }
}

extension GateDefinition {
  /// A gate of the table with a phase, under this definition's name and parameters.
  fileprivate func replaced(by gate: Gate, phase: ClassicalExpression) -> GateDefinition {
    let place = SourceRange(0, 0)
    return GateDefinition(
      name: name, parameters: parameters, qubitCount: qubitCount,
      steps: [
        .call(.table(.globalPhase), [], [phase], [], place),
        .call(.table(gate), [], parameters.map(ClassicalExpression.parameter), Array(0..<qubitCount), place),
      ])
  }
}
