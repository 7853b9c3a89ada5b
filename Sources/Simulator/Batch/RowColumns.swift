internal import CKernels
internal import Circuits

/// What is compiled for rows of parameters, in which angles are linear, and in the values of expressions of them.
protocol RowColumns {
  var parameterCount: Int { get }
  var expressions: [DifferentiableExpression] { get }
}

extension RowColumns {
  /// Parameters and expressions: what angles are linear in.
  var columnCount: Int { parameterCount + expressions.count }

  /// Copies rows of parameters, each followed by the values of the expressions.
  ///
  /// - Parameter firstRow: What errors call the first row of all.
  /// - Throws: ``SimulatorError`` with code `invalid_argument` for an expression without a value, naming the row.
  func evaluate(
    _ parameters: UnsafeBufferPointer<Double>, _ rows: Range<Int>, firstRow: Int, into destination: UnsafeMutablePointer<Double>
  ) throws(SimulatorError) {
    for row in rows {
      let source = unsafe UnsafeBufferPointer(rebasing: parameters[row * parameterCount..<(row + 1) * parameterCount])
      let target = unsafe destination + (row - rows.lowerBound) * columnCount
      for column in 0..<parameterCount { unsafe target[column] = source[column] }
      for (index, expression) in expressions.enumerated() {
        do throws(CircuitError) { unsafe target[parameterCount + index] = try expression.value(source.span) } catch {
          throw SimulatorError(.invalidArgument, "row \(firstRow + row): \(error.message)")
        }
      }
    }
  }

  /// Adds derivatives by the columns of a row, parameters and expressions, to those by its parameters: on every device, so that they are the
  /// same bits.
  ///
  /// - Throws: ``SimulatorError`` with code `invalid_argument` for an expression without a derivative, naming the row.
  func add(
    _ found: UnsafePointer<Double>, _ parameters: UnsafeBufferPointer<Double>, _ row: Int, firstRow: Int,
    to target: UnsafeMutableBufferPointer<Double>
  ) throws(SimulatorError) {
    for parameter in 0..<parameterCount { unsafe target[parameter] += found[parameter] }
    if !expressions.isEmpty {
      try unsafe addExpressions(parameters, row, firstRow: firstRow, found + parameterCount, to: target)
    }
  }

  /// The chain rule through angles that are not linear in the parameters.
  private func addExpressions(
    _ parameters: UnsafeBufferPointer<Double>, _ row: Int, firstRow: Int, _ slopes: UnsafePointer<Double>,
    to target: UnsafeMutableBufferPointer<Double>
  ) throws(SimulatorError) {
    let values = unsafe UnsafeBufferPointer(rebasing: parameters[row * parameterCount..<(row + 1) * parameterCount])
    for (index, expression) in expressions.enumerated() {
      let slope = unsafe slopes[index]
      guard slope != 0 else { continue }
      var derivatives = [Double](repeating: 0, count: expression.parameters.count)
      var places = derivatives.mutableSpan
      do throws(CircuitError) { _ = try unsafe expression.valueAndGradient(values.span, into: &places) } catch {
        throw SimulatorError(.invalidArgument, "row \(firstRow + row): \(error.message)")
      }
      for (entry, parameter) in expression.parameters.enumerated() { unsafe target[parameter] += slope * derivatives[entry] }
    }
  }

  /// Names the first angle among rows that cannot be bound.
  func angleError(_ parameters: UnsafeBufferPointer<Double>, _ rows: Range<Int>, firstRow: Int) -> SimulatorError {
    for index in rows.lowerBound * parameterCount..<rows.upperBound * parameterCount {
      let value = unsafe parameters[index]
      if value.magnitude < CK_LANE_ANGLE { continue }
      return SimulatorError(
        .invalidArgument,
        "row \(firstRow + index / parameterCount), parameter \(index % parameterCount) is \(value); a finite number below 2⁵⁰ is needed"
      )
    }
    return SimulatorError(
      .invalidArgument, "rows \(firstRow + rows.lowerBound)…\(firstRow + rows.upperBound - 1): an angle is not below 2⁵⁰ radians")
  }
}
