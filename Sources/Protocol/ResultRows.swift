/// Results of consecutive rows of one item that differ in their expectation values and times alone, column by column.
///
/// Most of a training run's results are such, a million in a second: together they take eight bytes a value.
package struct ResultRows: Hashable, Sendable {
  /// The item's place in the job.
  var item: Int
  /// The rows, by the item's parameters.
  var rows: Range<Int>
  /// What all rows have in common: values without expectations and times.
  var shared: CircuitValues
  /// How many observables each row has a value of; at least one.
  var observableCount: Int
  /// Rows × observables.
  var values: [Double] = []
  /// The same; empty where there are none.
  var standardErrors: [Double] = []
  /// Rows × observables × parameters; empty if not asked for.
  var gradients: [Double] = []
  /// Nanoseconds, one number a row.
  var compileTimes: [UInt64] = []
  /// Nanoseconds, one number a row.
  var executeTimes: [UInt64] = []
  /// The names on the first row.
  var labels: CircuitResult.Labels?

  /// Makes rows that took equally long.
  ///
  /// - Parameter compileTime: The first row bears it.
  package init(
    item: Int, rows: Range<Int>, shared: CircuitValues, observableCount: Int, values: [Double], standardErrors: [Double],
    gradients: [Double], compileTime: Duration, executeTime: Duration
  ) {
    precondition(values.count == rows.count * observableCount && !values.isEmpty, "\(values.count) values of \(rows.count) rows")
    self.init(
      item: item, rows: rows, shared: shared, observableCount: observableCount, values: values, standardErrors: standardErrors,
      gradients: gradients, compileTimes: [UInt64](repeating: 0, count: rows.count),
      executeTimes: [UInt64](repeating: Wire.nanoseconds(executeTime), count: rows.count))
    compileTimes[0] = Wire.nanoseconds(compileTime)
  }

  init(
    item: Int, rows: Range<Int>, shared: CircuitValues, observableCount: Int, values: [Double] = [], standardErrors: [Double] = [],
    gradients: [Double] = [], compileTimes: [UInt64] = [], executeTimes: [UInt64] = [], labels: CircuitResult.Labels? = nil
  ) {
    (self.item, self.rows, self.shared, self.observableCount) = (item, rows, shared, observableCount)
    (self.values, self.standardErrors, self.gradients) = (values, standardErrors, gradients)
    (self.compileTimes, self.executeTimes, self.labels) = (compileTimes, executeTimes, labels)
  }

  /// Numbers of one row, in bytes.
  var rowByteCount: Int { 8 * (values.count + standardErrors.count + gradients.count) / rows.count }
}

// MARK: Of results one by one

extension ResultRows {
  /// Begins with one result; `nil` if it is none whose rows could be written together.
  init?(_ result: CircuitResult) {
    guard case .values(var values) = result.outcome, let first = values.expectations.first, values.counts == nil,
      values.probabilities == nil, values.statevector == nil, values.expectations.allSatisfy({ $0.isLike(first) })
    else { return nil }
    let (expectations, compileTime, executeTime) = (values.expectations, values.compileTime, values.executeTime)
    (values.expectations, values.compileTime, values.executeTime) = ([], .zero, .zero)
    self.init(item: result.item, rows: result.row..<result.row, shared: values, observableCount: expectations.count)
    labels = result.labels
    append(expectations, compileTime, executeTime)
  }

  /// Takes the next result, if it is that of the next row and can be written with those before it.
  ///
  /// - Returns: Whether it was taken.
  mutating func append(_ result: CircuitResult) -> Bool {
    guard result.item == item, result.row == rows.upperBound, result.labels == nil, case .values(let values) = result.outcome,
      values.counts == nil, values.probabilities == nil, values.statevector == nil, values.expectations.count == observableCount,
      values.isLike(shared), values.expectations.allSatisfy(isLikeThose),
      (rows.count + 1) * rowByteCount <= Limits.resultRowsByteCount
    else { return false }
    append(values.expectations, values.compileTime, values.executeTime)
    return true
  }

  private mutating func append(_ expectations: [CircuitValues.Expectation], _ compileTime: Duration, _ executeTime: Duration) {
    rows = rows.lowerBound..<rows.upperBound + 1
    for expectation in expectations {
      values.append(expectation.value)
      if let error = expectation.standardError { standardErrors.append(error) }
      gradients += expectation.gradient
    }
    compileTimes.append(Wire.nanoseconds(compileTime))
    executeTimes.append(Wire.nanoseconds(executeTime))
  }

  /// Whether an expectation has what those before it have.
  private func isLikeThose(_ expectation: CircuitValues.Expectation) -> Bool {
    (expectation.standardError == nil) == standardErrors.isEmpty && expectation.gradient.count * values.count == gradients.count
      && expectation.mitigated == nil
  }

  /// The results of its rows.
  var results: [CircuitResult] { rows.indices.map { result(at: $0 - rows.lowerBound) } }

  /// The result of one of its rows, counted from the first.
  func result(at offset: Int) -> CircuitResult {
    let parameterCount = gradients.count / values.count
    var values = shared
    (values.compileTime, values.executeTime) = (Wire.duration(compileTimes[offset]), Wire.duration(executeTimes[offset]))
    values.expectations = (offset * observableCount..<(offset + 1) * observableCount).map { place in
      CircuitValues.Expectation(
        value: self.values[place], standardError: standardErrors.isEmpty ? nil : standardErrors[place],
        gradient: gradients.isEmpty ? [] : Array(gradients[place * parameterCount..<(place + 1) * parameterCount]))
    }
    return CircuitResult(
      item: item, row: rows.lowerBound + offset, outcome: .values(values), labels: offset == 0 ? labels : nil)
  }
}

extension CircuitValues {
  /// Whether two values differ in nothing but expectations and times, where neither has counts, probabilities or amplitudes.
  fileprivate func isLike(_ other: CircuitValues) -> Bool {
    qubitCount == other.qubitCount && shots == other.shots && trajectories == other.trajectories && precision == other.precision
      && method == other.method && device == other.device && pruned == other.pruned && notes == other.notes
  }
}

extension CircuitValues.Expectation {
  fileprivate func isLike(_ other: Self) -> Bool {
    mitigated == nil && (standardError == nil) == (other.standardError == nil) && gradient.count == other.gradient.count
  }
}

// MARK: Some of the rows

extension ResultRows {
  /// Some of its rows; at least one.
  func extracting(_ wanted: Range<Int>) -> ResultRows {
    guard wanted != rows else { return self }
    let places = wanted.lowerBound - rows.lowerBound..<wanted.upperBound - rows.lowerBound
    func part(_ numbers: [Double]) -> [Double] {
      let width = numbers.count / rows.count
      return Array(numbers[places.lowerBound * width..<places.upperBound * width])
    }
    return ResultRows(
      item: item, rows: wanted, shared: shared, observableCount: observableCount, values: part(values),
      standardErrors: part(standardErrors), gradients: part(gradients), compileTimes: Array(compileTimes[places]),
      executeTimes: Array(executeTimes[places]), labels: wanted.lowerBound == rows.lowerBound ? labels : nil)
  }
}
