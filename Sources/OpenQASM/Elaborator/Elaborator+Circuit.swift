internal import Circuits

extension Elaborator {
  /// The circuit of everything that was added.
  func circuit() throws(CircuitError) -> Circuit {
    if hasExplicitOutput { storage.keepAsOutput(outputRegisters) }
    var circuit = try storage.circuit()
    let live = liveVariables(sink)
    for instruction in live.count == storage.variables.count ? sink : pruned(sink, live) { try circuit.append(instruction) }
    return circuit
  }

  /// The variables that something other than themselves depends on.
  ///
  /// Values known before the run were put in where they are used; what only held them would make a static circuit look dynamic.
  private func liveVariables(_ instructions: [Instruction]) -> Set<Int> {
    var uses = VariableUses()
    uses.collect(instructions)
    var live = uses.roots
    var open = Array(live)
    while let variable = open.popLast() {
      for source in uses.sources[variable] ?? [] where live.insert(source).inserted { open.append(source) }
    }
    return live
  }

  private func pruned(_ instructions: [Instruction], _ live: Set<Int>) -> [Instruction] {
    instructions.compactMap { instruction in
      switch instruction {
      case .assign(let target, _):
        return target.variable.map(live.contains) ?? true ? instruction : nil
      case .ifElse(let condition, let then, let otherwise):
        return .ifElse(condition, then: pruned(then, live), otherwise: pruned(otherwise, live))
      case .whileLoop(let condition, let body): return .whileLoop(condition, body: pruned(body, live))
      case .forLoop(let variable, let values, let body):
        return .forLoop(variable: variable, values: values, body: pruned(body, live))
      case .iterations(let bodies): return .iterations(bodies.map { pruned($0, live) })
      case .switchCase(let value, let cases, let otherwise):
        let kept = cases.map { Instruction.SwitchCase(values: $0.values, body: pruned($0.body, live)) }
        return .switchCase(value, cases: kept, otherwise: pruned(otherwise, live))
      default: return instruction
      }
    }
  }
}

/// Which variables are read, and for what.
private struct VariableUses {
  /// Read by gates, conditions and classical bits.
  var roots: Set<Int> = []
  /// Read to compute another variable.
  var sources: [Int: Set<Int>] = [:]

  mutating func collect(_ instructions: [Instruction]) {
    for instruction in instructions {
      if case .assign(let target, let value) = instruction, let variable = target.variable {
        sources[variable, default: []].formUnion(target.indices.reduce(into: value.variables) { $0.formUnion($1.variables) })
      } else {
        if case .assign(let target, _) = instruction { for index in target.indices { roots.formUnion(index.variables) } }
        for expression in instruction.expressions { roots.formUnion(expression.variables) }
      }
      for body in instruction.bodies { collect(body) }
    }
  }
}

extension ClassicalTarget {
  /// The variable that is written, if it is one.
  fileprivate var variable: Int? {
    switch self {
    case .variable(let variable), .element(let variable, _), .variableBit(let variable, _, _): variable
    case .bit, .bits, .bitAt: nil
    }
  }

  fileprivate var indices: [ClassicalExpression] {
    switch self {
    case .bit, .bits, .variable: []
    case .bitAt(_, let index), .element(_, let index): [index]
    case .variableBit(_, let element, let bit): [element, bit]
    }
  }
}

extension ClassicalExpression {
  fileprivate var variables: Set<Int> {
    switch self {
    case .literal, .parameter, .bit, .bits: return []
    case .variable(let variable): return [variable]
    case .element(let variable, let index): return index.variables.union([variable])
    default: return operands.reduce(into: []) { $0.formUnion($1.variables) }
    }
  }
}
