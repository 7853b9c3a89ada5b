internal import Circuits

extension Elaborator {
  func include(_ name: String, at range: SourceRange) throws(Failure) {
    guard isGlobal else { throw Failure(.misplaced, "'include' stands outside of blocks only", at: range) }
    guard GateLibrary.includes.contains(name) else {
      throw Failure(
        .unsupported, "include of '\(name)': only the built-in \"qelib1.inc\" and \"stdgates.inc\" are read, no other files",
        at: range)
    }
    includesLibrary = true
  }

  /// The gate of a name: the program's own before those of an include.
  func callee(named name: String) -> Callee? {
    if let callee = gates[name] { return callee }
    return GateLibrary.builtIn(name, version) ?? (includesLibrary ? GateLibrary.included(name, version) : nil)
  }

  private func resolve(_ name: Identifier) throws(Failure) -> Callee {
    if let callee = callee(named: name.text) { return callee }
    if opaqueGates.contains(name.text) {
      throw Failure(.unsupported, "gate '\(name.text)' is opaque: it has no definition to simulate", at: name.range)
    }
    if invalidGates.contains(name.text) { throw .silent(at: name.range) }
    throw unknownGate(name)
  }

  private func unknownGate(_ name: Identifier) -> Failure {
    let library = version == .v2 ? "qelib1.inc" : "stdgates.inc"
    if !includesLibrary, GateLibrary.included(name.text, version) != nil {
      return Failure(
        .unknownGate, "gate '\(name.text)' is not defined; put 'include \"\(library)\";' before it", at: name.range)
    }
    if subroutines[name.text] != nil {
      return Failure(.wrongType, "'\(name.text)' is a subroutine; call it with its qubits in parentheses", at: name.range)
    }
    let candidates = Array(gates.keys) + (includesLibrary ? GateLibrary.names : version == .v2 ? ["U", "CX"] : ["U", "gphase"])
    let hint = nearest(name.text, in: candidates).map { "; did you mean '\($0)'?" } ?? ""
    return Failure(.unknownGate, "no gate is called '\(name.text)'\(hint)", at: name.range)
  }

  // MARK: Calls

  func gateCall(_ call: GateCallSyntax, at range: SourceRange) throws(Failure) {
    let callee = try resolve(call.name)
    guard call.arguments.count == callee.parameterCount else {
      throw Failure(
        .wrongArity, "gate '\(call.name.text)' takes \(count(callee.parameterCount, "parameter")), not \(call.arguments.count)",
        at: call.name.range)
    }
    var parameters = [ClassicalExpression]()
    for argument in call.arguments { parameters.append(try angle(argument)) }
    var modifiers = [Modifier]()
    for modifier in call.modifiers { modifiers.append(try self.modifier(modifier)) }
    let controlCount = modifiers.reduce(0) { $0 + $1.controlCount }
    guard call.operands.count == controlCount + callee.qubitCount else {
      throw wrongQubitCount(call, callee.qubitCount, controlCount)
    }
    try broadcast(call) { (qubits) throws(Failure) in try apply(callee, modifiers, parameters, qubits, at: range) }
  }

  private func wrongQubitCount(_ call: GateCallSyntax, _ own: Int, _ controls: Int) -> Failure {
    let with = controls > 0 ? " and \(count(controls, "control"))" : ""
    return Failure(
      .wrongArity, "gate '\(call.name.text)' takes \(count(own, "qubit"))\(with), not \(call.operands.count)", at: call.name.range)
  }

  private func count(_ number: Int, _ noun: String) -> String {
    "\(number == 0 ? "no" : String(number)) \(noun)\(number == 1 ? "" : "s")"
  }

  private func modifier(_ syntax: GateCallSyntax.Modifier) throws(Failure) -> Modifier {
    switch syntax.kind {
    case .inverse: return .inverse
    case .power(let exponent):
      let scalar = try scalar(exponent)
      guard !scalar.expression.readsMemory else {
        throw Failure(.notConstant, "the exponent of 'pow' must be known before the run", at: exponent.range)
      }
      if let value = scalar.literal?.double, !value.isFinite {
        throw Failure(.invalidArithmetic, "an exponent of \(value); a finite number is needed", at: exponent.range)
      }
      return .power(scalar.expression)
    case .control(let count, let isPositive):
      let limit = Circuits.Limits.declaredQubitCount
      return .control(count: try size(count, "the number of controls", limit: limit), isPositive: isPositive)
    }
  }

  /// Calls the body once, or once for each qubit of registers of one size.
  private func broadcast(_ call: GateCallSyntax, _ body: ([Int]) throws(Failure) -> Void) throws(Failure) {
    var operands = [(qubits: [Int], isRegister: Bool)]()
    var size: Int?
    for expression in call.operands {
      let operand = try operand(expression)
      guard case .qubits(let qubits, let isRegister) = operand else {
        throw Failure(.wrongType, "\(operand.description) where gate '\(call.name.text)' needs a qubit", at: expression.range)
      }
      operands.append((qubits, isRegister))
      guard isRegister else { continue }
      if let size, size != qubits.count {
        throw Failure(
          .sizeMismatch, "registers of \(size) and \(qubits.count) qubits in one call; equal sizes are needed", at: expression.range
        )
      }
      size = qubits.count
    }
    for round in 0..<(size ?? 1) {
      let qubits = operands.map { $0.isRegister ? $0.qubits[round] : $0.qubits[0] }
      try checkDistinct(qubits, call)
      try body(qubits)
    }
  }

  private func checkDistinct(_ qubits: [Int], _ call: GateCallSyntax) throws(Failure) {
    guard qubits.count > 1 else { return }
    if qubits.count == 2 ? qubits[0] != qubits[1] : Set(qubits).count == qubits.count { return }
    var seen = Set<Int>()
    for (qubit, expression) in zip(qubits, call.operands) where !seen.insert(qubit).inserted {
      throw Failure(.duplicateQubit, "gate '\(call.name.text)' gets one qubit twice", at: expression.range)
    }
  }

  private func apply(
    _ callee: Callee, _ modifiers: [Modifier], _ parameters: [ClassicalExpression], _ qubits: [Int], at range: SourceRange
  ) throws(Failure) {
    guard gateSteps == nil else {
      gateSteps?.append(.call(callee, modifiers, parameters, qubits, range))
      try spendStep(range)
      return
    }
    let cost = saturatingProduct(callee.cost, callee.isTable ? 1 : modifiers.repetitions)
    guard cost <= remainingInstructions else {
      throw .fatal(
        "gate '\(callee.name)' expands the circuit to more than \(budget.instructionCount) instructions", at: range)
    }
    var steps = [Instruction]()
    try expand(callee, modifiers, parameters, qubits, at: range, into: &steps)
    for step in steps { sink.append(step) }
  }
}

extension Callee {
  var isTable: Bool { if case .table = self { true } else { false } }
}
