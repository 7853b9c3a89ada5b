extension DifferentiableExpression {
  /// The value for one row of parameters.
  ///
  /// - Throws: ``CircuitError``: `unbound_parameter` if the row is too short; `invalid_arithmetic` and `not_finite` where
  ///   ``ClassicalExpression/finiteDouble(in:)`` throws them.
  /// - Complexity: O(operations); allocates only if more than 8 results wait on the stack at once.
  public func value(_ row: Span<Double>) throws(CircuitError) -> Double {
    try check(row)
    guard stackDepth <= ValueSlots.count else {
      var slots = [Double](repeating: 0, count: stackDepth)
      return try value(row, slots.mutableSpan)
    }
    var slots = ValueSlots(repeating: 0)
    return try value(row, slots.mutableSpan)
  }

  /// The value for one row of parameters, and its derivative in each of ``parameters``.
  ///
  /// - Parameters:
  ///   - row: The values of all parameters.
  ///   - gradient: As many entries as ``parameters``; unspecified after a failure.
  /// - Throws: What ``value(_:)`` throws, and `not_finite` where the value has no finite derivative, as √x at 0.
  /// - Complexity: O(operations · parameters that occur); allocates only if the results that wait on the stack at once, each with its
  ///   derivatives, are more than 24 numbers.
  public func valueAndGradient(_ row: Span<Double>, into gradient: inout MutableSpan<Double>) throws(CircuitError) -> Double {
    precondition(gradient.count == parameters.count, "a gradient of \(gradient.count) for \(parameters.count) parameters")
    try check(row)
    let slotCount = stackDepth * (1 + parameters.count)
    guard slotCount <= DualSlots.count else {
      var slots = [Double](repeating: 0, count: slotCount)
      return try valueAndGradient(row, slots.mutableSpan, &gradient)
    }
    var slots = DualSlots(repeating: 0)
    return try valueAndGradient(row, slots.mutableSpan, &gradient)
  }

  // Room on the call stack, enough for most angles. More would cost most angles more: each row sets it to zero.
  private typealias ValueSlots = InlineArray<8, Double>
  private typealias DualSlots = InlineArray<24, Double>

  private func check(_ row: Span<Double>) throws(CircuitError) {
    if let last = parameters.last, last >= row.count { throw CircuitError.shortRow(row.count, parameter: last) }
  }

  private func value(_ row: Span<Double>, _ slots: consuming MutableSpan<Double>) throws(CircuitError) -> Double {
    var stack = DualStack(slots, derivativeCount: 0)
    try run(row, &stack)
    let value = stack.value
    guard value.isFinite else { throw CircuitError.notFinite(value) }
    return value
  }

  private func valueAndGradient(
    _ row: Span<Double>, _ slots: consuming MutableSpan<Double>, _ gradient: inout MutableSpan<Double>
  ) throws(CircuitError) -> Double {
    var stack = DualStack(slots, derivativeCount: parameters.count)
    try run(row, &stack)
    let value = stack.value
    guard value.isFinite else { throw CircuitError.notFinite(value) }
    if let failure = stack.failure { throw failure.error }
    for entry in parameters.indices {
      gradient[entry] = stack.derivative(entry)
      guard gradient[entry].isFinite else {
        throw CircuitError(
          .notFinite, "the derivative in parameter number \(parameters[entry]) is \(gradient[entry]); a finite number is needed")
      }
    }
    return value
  }

  private func run(_ row: Span<Double>, _ stack: inout DualStack) throws(CircuitError) {
    for operation in operations {
      switch operation {
      case .constant(let value): stack.push(value)
      case .parameter(let entry): stack.push(row[parameters[entry]], entry: entry)
      case .binary(let name): try stack.apply(name)
      case .unary(let unary): try stack.apply(unary)
      }
    }
  }
}
