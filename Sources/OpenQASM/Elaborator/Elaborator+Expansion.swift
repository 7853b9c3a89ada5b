internal import Circuits

extension Elaborator {
  /// Adds the instructions of a gate under modifiers: the table's gates and barriers.
  ///
  /// `qubits` holds the controls of the first modifier, then of the next, then the gate's own.
  func expand(
    _ callee: Callee, _ modifiers: [Modifier], _ parameters: [ClassicalExpression], _ qubits: [Int], at range: SourceRange,
    into result: inout [Instruction]
  ) throws(Failure) {
    let own = modifiers.isEmpty ? qubits : Array(qubits.suffix(callee.qubitCount))
    guard !modifiers.isEmpty else { return try expand(callee, parameters, own, at: range, into: &result) }
    var steps = [Instruction]()
    try expand(callee, parameters, own, at: range, into: &steps)
    var end = qubits.count - own.count
    for modifier in modifiers.reversed() {
      let controls = qubits[end - modifier.controlCount..<end]
      end -= modifier.controlCount
      steps = try modified(steps, modifier, Array(controls), at: range)
    }
    result += steps
  }

  private func expand(
    _ callee: Callee, _ parameters: [ClassicalExpression], _ qubits: [Int], at range: SourceRange, into result: inout [Instruction]
  ) throws(Failure) {
    switch callee {
    case .table(let gate):
      try charge(parameters, at: range)
      result.append(.gate(GateOperation(.standard(gate), parameters: parameters, qubits: qubits)))
    case .defined(let definition):
      try spendStep(range)
      let arguments = Dictionary(uniqueKeysWithValues: zip(definition.parameters, parameters))
      for step in definition.steps {
        switch step {
        case .barrier(let inner): result.append(.barrier(inner.map { qubits[$0] }))
        case .call(let callee, let modifiers, let inner, let places, _):
          let bound = try substitute(inner, arguments, at: range)
          let boundModifiers = try substitute(modifiers, arguments, at: range)
          try expand(callee, boundModifiers, bound, places.map { qubits[$0] }, at: range, into: &result)
        }
      }
    }
  }

  /// Counts an instruction and the size of its angles against what may be spent.
  private func charge(_ parameters: [ClassicalExpression], at range: SourceRange) throws(Failure) {
    var cost = 1
    for parameter in parameters where parameter.literal == nil {
      guard parameter.isWithinLimits else { throw tooLarge(at: range) }
      cost += parameter.nodeCount(limit: Limits.expressionNodeCount) / 4
    }
    remainingInstructions -= cost
    guard remainingInstructions >= 0 else {
      throw .fatal("the circuit has more than \(budget.instructionCount) instructions once it is expanded", at: range)
    }
  }

  private func tooLarge(at range: SourceRange) -> Failure {
    .fatal(
      "an angle of more than \(Limits.expressionNodeCount) operations or \(Circuits.Limits.expressionDepth) levels", at: range)
  }

  private func substitute(
    _ expressions: [ClassicalExpression], _ arguments: [Parameter: ClassicalExpression], at range: SourceRange
  ) throws(Failure) -> [ClassicalExpression] {
    var result = [ClassicalExpression]()
    for expression in expressions {
      if expression.literal == nil {
        // Both factors are within the limit, so the product bounds the work before it is done.
        let largest = arguments.values.reduce(1) { max($0, $1.nodeCount(limit: Limits.expressionNodeCount)) }
        let size = expression.nodeCount(limit: Limits.expressionNodeCount)
        guard largest == 1 || saturatingProduct(largest, size) <= Limits.expressionNodeCount else { throw tooLarge(at: range) }
      }
      let bound = expression.substituting(arguments)
      if let value = bound.literal?.double, !value.isFinite {
        throw Failure(.invalidArithmetic, "a parameter comes to \(value); a finite number is needed", at: range)
      }
      if bound.literal == nil, bound.parameters.isEmpty, !bound.readsMemory {
        throw Failure(.invalidArithmetic, "a parameter has no value: division by zero or a function outside its domain", at: range)
      }
      result.append(bound)
    }
    return result
  }

  private func substitute(_ modifiers: [Modifier], _ arguments: [Parameter: ClassicalExpression], at range: SourceRange)
    throws(Failure) -> [Modifier]
  {
    var result = [Modifier]()
    for modifier in modifiers {
      guard case .power(let exponent) = modifier, exponent.literal == nil else {
        result.append(modifier)
        continue
      }
      result.append(.power(try substitute([exponent], arguments, at: range)[0]))
    }
    return result
  }

  // MARK: Modifiers

  private func modified(_ steps: [Instruction], _ modifier: Modifier, _ controls: [Int], at range: SourceRange) throws(Failure)
    -> [Instruction]
  {
    switch modifier {
    case .inverse: return inverse(steps)
    case .control(_, let isPositive):
      let added = controls.map { Control($0, isPositive: isPositive) }
      return steps.map { step in
        guard case .gate(var operation) = step else { return step }
        operation.controls = added + operation.controls
        return .gate(operation)
      }
    case .power(let exponent):
      guard let factor = exponent.literal?.double else {
        throw Failure(.notConstant, "the exponent of 'pow' must be known before the run", at: range)
      }
      return try power(steps, factor, at: range)
    }
  }

  private func inverse(_ steps: [Instruction]) -> [Instruction] {
    steps.reversed().map { step in if case .gate(let operation) = step { .gate(operation.inverse()) } else { step } }
  }

  private func power(_ steps: [Instruction], _ factor: Double, at range: SourceRange) throws(Failure) -> [Instruction] {
    if factor == 1 || steps.isEmpty { return steps }
    // The inverse of the power, not the power of the inverse: they differ where an eigenvalue is −1.
    if factor < 0 { return inverse(try power(steps, -factor, at: range)) }
    let isWhole = factor == factor.rounded() && factor < 1e15
    if steps.count == 1, case .gate(var operation) = steps[0], isWhole || abs(operation.exponent) <= 1 {
      operation.exponent *= factor
      return [.gate(operation)]
    }
    guard isWhole else { return [.gate(try dense(steps, exponent: factor, at: range))] }
    let total = saturatingProduct(steps.count, Int(factor))
    guard total <= remainingInstructions else {
      throw .fatal("a power expands the circuit to more than \(budget.instructionCount) instructions", at: range)
    }
    remainingInstructions -= max(0, total - steps.count)
    return (0..<Int(factor)).flatMap { _ in steps }
  }

  /// The steps as one unitary, to be raised to a power that is no whole number.
  private func dense(_ steps: [Instruction], exponent: Double, at range: SourceRange) throws(Failure) -> GateOperation {
    var operations = [GateOperation]()
    for step in steps { if case .gate(let operation) = step { operations.append(operation) } }
    let qubits = Array(Set(operations.flatMap(\.allQubits))).sorted()
    guard qubits.count <= Circuits.Limits.unitaryQubitCount else {
      throw Failure(
        .unsupported,
        "a power that is no whole number of a gate of several steps on \(qubits.count) qubits; at most \(Circuits.Limits.unitaryQubitCount) are accepted",
        at: range)
    }
    guard operations.allSatisfy({ $0.parameters.allSatisfy { $0.literal != nil } }) else {
      throw Failure(
        .notConstant, "a power that is no whole number of a gate of several steps needs parameters known before the run", at: range)
    }
    do throws(CircuitError) {
      let matrix = try Matrix(product: operations, on: qubits)
      guard !qubits.isEmpty else {
        let phase = ClassicalExpression(matrix[0, 0].phase)
        return GateOperation(.standard(.globalPhase), parameters: [phase], qubits: [], exponent: exponent)
      }
      return GateOperation(.unitary(matrix), qubits: qubits, exponent: exponent)
    } catch {
      throw Failure(.invalidArithmetic, error.message, at: range)
    }
  }
}

extension Matrix {
  /// The product of gates, the first applied first, on qubits of which the first is the least significant bit.
  init(
    product operations: [GateOperation], on qubits: [Int], in memory: ClassicalMemory = ClassicalMemory()
  ) throws(CircuitError) {
    self = .identity(1 << qubits.count)
    for operation in operations {
      guard case .matrix(let gate, _, let targets, let controls) = try operation.resolved(in: memory) else {
        throw CircuitError(.invalidMatrix, "a Pauli rotation has no dense matrix here")
      }
      let places = targets.compactMap { qubits.firstIndex(of: $0) }
      let conditions = controls.compactMap { control in qubits.firstIndex(of: control.qubit).map { (1 << $0, control.isPositive) } }
      apply(gate, places.map { 1 << $0 }, conditions)
    }
  }

  private mutating func apply(_ gate: Matrix, _ targets: [Int], _ controls: [(mask: Int, isPositive: Bool)]) {
    let targetMask = targets.reduce(0, |)
    let offsets = (0..<gate.dimension).map { state in
      targets.enumerated().reduce(0) { $0 | (state >> $1.offset & 1 == 1 ? $1.element : 0) }
    }
    for base in 0..<dimension where base & targetMask == 0 {
      guard controls.allSatisfy({ (base & $0.mask != 0) == $0.isPositive }) else { continue }
      for column in 0..<dimension {
        let old = offsets.map { self[base | $0, column] }
        for row in 0..<gate.dimension {
          self[base | offsets[row], column] = (0..<gate.dimension).reduce(.zero) { $0 + gate[row, $1] * old[$1] }
        }
      }
    }
  }
}
