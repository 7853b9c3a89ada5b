internal import Circuits

/// What a gate call names.
enum Callee: Sendable {
  case table(Gate)
  case defined(GateDefinition)

  var name: String {
    switch self {
    case .table(let gate): gate.name
    case .defined(let definition): definition.name
    }
  }
  var qubitCount: Int {
    switch self {
    case .table(let gate): gate.qubitCount
    case .defined(let definition): definition.qubitCount
    }
  }
  var parameterCount: Int {
    switch self {
    case .table(let gate): gate.parameterNames.count
    case .defined(let definition): definition.parameters.count
    }
  }
  /// Gate calls it takes to expand; saturates.
  var cost: Int { if case .defined(let definition) = self { definition.cost } else { 1 } }
  var depth: Int { if case .defined(let definition) = self { definition.depth } else { 0 } }
}

/// What stands before `@`.
enum Modifier: Sendable {
  case inverse
  case power(ClassicalExpression)
  case control(count: Int, isPositive: Bool)

  var controlCount: Int { if case .control(let count, _) = self { count } else { 0 } }
}

/// A gate that a program defines: calls of gates defined before, on its own qubits.
final class GateDefinition: Sendable {
  enum Step: Sendable {
    case call(Callee, [Modifier], [ClassicalExpression], [Int], SourceRange)
    case barrier([Int])
  }

  let name: String
  let parameters: [Parameter]
  let qubitCount: Int
  let steps: [Step]
  let cost: Int
  let depth: Int

  init(name: String, parameters: [Parameter], qubitCount: Int, steps: [Step]) {
    self.name = name
    self.parameters = parameters
    self.qubitCount = qubitCount
    self.steps = steps
    var (cost, depth) = (1, 0)
    for step in steps {
      guard case .call(let callee, let modifiers, _, _, _) = step else { continue }
      cost = saturatingSum(cost, saturatingProduct(callee.cost, modifiers.repetitions))
      depth = max(depth, callee.depth)
    }
    self.cost = cost
    self.depth = depth + 1
  }
}

extension [Modifier] {
  /// How often a gate of several steps is repeated under these; saturates.
  var repetitions: Int {
    reduce(1) { product, modifier in
      guard case .power(let exponent) = modifier, let factor = exponent.literal?.double.magnitude, factor >= 1 else {
        return product
      }
      return saturatingProduct(product, factor < 1e15 ? Int(factor) : .max)
    }
  }
}

func saturatingProduct(_ a: Int, _ b: Int) -> Int {
  let (product, overflow) = a.multipliedReportingOverflow(by: b)
  return overflow ? .max : product
}

func saturatingSum(_ a: Int, _ b: Int) -> Int {
  let (sum, overflow) = a.addingReportingOverflow(b)
  return overflow ? .max : sum
}
