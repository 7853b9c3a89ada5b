internal import Circuits

/// What a loop runs over.
enum LoopRange {
  case known([ClassicalValue])
  case runtime(Instruction.LoopValues)
}

extension Elaborator {
  func loopValues(_ expression: Expression) throws(Failure) -> LoopRange {
    switch expression.kind {
    case .range(let start?, let step, let end?):
      let first = try scalar(start)
      let last = try scalar(end)
      let by = try step.map { (step: Expression) throws(Failure) in try scalar(step) } ?? Scalar(.int(1, width: 64))
      return try range(first, by, last, at: expression.range)
    case .range: throw Failure(.syntax, "a loop's range needs a start and an end", at: expression.range)
    case .list(let items):
      var scalars = [Scalar]()
      for item in items { scalars.append(try scalar(item)) }
      return values(scalars)
    default: return try values(of: try operand(expression), at: expression.range)
    }
  }

  private func range(_ start: Scalar, _ step: Scalar, _ end: Scalar, at range: SourceRange) throws(Failure) -> LoopRange {
    guard let first = start.literal, let by = step.literal, let last = end.literal else {
      return .runtime(.range(start: start.expression, step: step.expression, end: end.expression))
    }
    guard let from = first.integer, let stride = by.integer, let through = last.integer else {
      throw Failure(.wrongType, "a loop's range needs whole numbers", at: range)
    }
    guard stride != 0 else { throw Failure(.invalidArithmetic, "a range with step 0", at: range) }
    // In doubles first, so that no difference overflows.
    let count = ((Double(through) - Double(from)) / Double(stride)).rounded(.down) + 1
    guard count <= Double(Limits.unrolledIterationCount) else {
      throw Failure(
        .limitExceeded, "a loop of \(count) rounds; at most \(Limits.unrolledIterationCount) are expanded", at: range)
    }
    guard count >= 1 else { return .known([]) }
    return .known((0..<Int64(count)).map { .int(from &+ $0 &* stride, width: 64) })
  }

  private func values(_ scalars: [Scalar]) -> LoopRange {
    let known = scalars.compactMap(\.literal)
    return known.count == scalars.count ? .known(known) : .runtime(.list(scalars.map(\.expression)))
  }

  private func values(of operand: Operand, at range: SourceRange) throws(Failure) -> LoopRange {
    switch operand {
    case .array(let view) where view.dimensions.count == 1:
      return .runtime(.list(view.elements.map { .element(variable: view.variable, index: $0) }))
    case .values(let scalars, let dimensions) where dimensions.count == 1: return values(scalars)
    case .bits(let bits, true): return .runtime(.list(bits.map { .bit($0) }))
    default:
      throw Failure(
        .wrongType, "\(operand.description) after 'in'; a range, a set, a register of bits or an array is needed", at: range)
    }
  }
}
