internal import Circuits

extension Elaborator {
  /// Reads a gate's body into steps, so that it is checked once and calls need only put values in.
  func define(_ syntax: GateSyntax) throws(Failure) {
    guard isGlobal else { throw Failure(.misplaced, "a gate is defined outside of blocks only", at: syntax.name.range) }
    let name = syntax.name.text
    if gatePlaces[name] != nil {
      throw Failure(.duplicateName, "gate '\(name)' is already defined", at: syntax.name.range)
    }
    if GateLibrary.builtIn(name, version) != nil {
      throw Failure(.duplicateName, "gate '\(name)' is built in and cannot be defined again", at: syntax.name.range)
    }
    gatePlaces[name] = syntax.name.range
    do throws(Failure) {
      gates[name] = callee(of: try definition(syntax))
    } catch {
      invalidGates.insert(name)
      throw error
    }
  }

  private func definition(_ syntax: GateSyntax) throws(Failure) -> GateDefinition {
    openScope(.gate)
    gateSteps = []
    let errorCount = diagnostics.count
    defer {
      gateSteps = nil
      closeScope()
    }
    for parameter in syntax.parameters {
      let symbol = Scalar(.parameter(Parameter(parameter.text)), .float(width: 64))
      try declare(parameter, .value(symbol, isConstant: false))
    }
    for (index, qubit) in syntax.qubits.enumerated() { try declare(qubit, .qubits([index], isRegister: false)) }
    _ = try run(syntax.body)
    // Its uses would repeat what is wrong with its body.
    guard diagnostics.count == errorCount else { throw .silent(at: syntax.name.range) }
    let definition = GateDefinition(
      name: syntax.name.text, parameters: syntax.parameters.map { Parameter($0.text) }, qubitCount: syntax.qubits.count,
      steps: gateSteps ?? [])
    guard definition.depth <= Limits.callDepth else {
      throw .fatal("gates that call gates more than \(Limits.callDepth) levels deep", at: syntax.name.range)
    }
    return definition
  }

  /// Refuses what cannot stand in a gate's body.
  func checkGateStatement(_ statement: Statement) throws(Failure) {
    switch statement.kind {
    case .gateCall, .barrier, .forLoop, .alias, .box, .ifElse, .switchCase, .breakLoop, .continueLoop, .invalid: return
    case .classical(let declaration) where declaration.role == .constant: return
    default:
      throw Failure(
        .misplaced, "the body of a gate holds gates, barriers and loops over constants; this is none of them", at: statement.range)
    }
  }

  func barrier(_ operands: [Expression]) throws(Failure) {
    var qubits = [Int]()
    for operand in operands { qubits += try self.qubits(operand) }
    if operands.isEmpty { qubits = Array(0..<(gateSteps == nil ? storage.qubitCount : 0)) }
    var seen = Set<Int>()
    qubits = qubits.filter { seen.insert($0).inserted }
    if gateSteps != nil {
      gateSteps?.append(.barrier(qubits))
    } else {
      try emit(.barrier(qubits), cost: 1 + qubits.count / 32)
    }
  }
}
