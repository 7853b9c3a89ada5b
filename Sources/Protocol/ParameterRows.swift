/// Values for a circuit's free parameters: one row a run of the circuit, one column a parameter.
public struct ParameterRows: Hashable, Sendable {
  /// The parameter of each column.
  public let names: [String]
  /// The values, row after row; `count × names.count` of them.
  public let values: [Double]
  /// How many rows; at least one, also when there are no parameters.
  public let count: Int

  /// One row of no parameters: a circuit that is run as it stands.
  public static let single = ParameterRows(uncheckedNames: [], values: [], count: 1)

  /// Makes rows of packed values.
  ///
  /// - Parameters:
  ///   - names: The parameter of each column, each once.
  ///   - values: Row after row, finite.
  ///   - count: How many rows.
  /// - Throws: ``ProtocolError`` with code `invalid_value` when the shape is wrong, a name repeats or a value is not finite,
  ///   `too_large` beyond 16,384 parameters or 1,048,576 rows.
  public init(names: [String], values: [Double], count: Int) throws(ProtocolError) {
    guard names.count <= Limits.parameterCount else { throw .tooLarge("parameters", names.count, limit: Limits.parameterCount) }
    guard count >= 1 else { throw ProtocolError(.invalidValue, "parameter rows: \(count), 1 or more accepted") }
    guard count <= Limits.circuitCount else { throw .tooLarge("parameter rows", count, limit: Limits.circuitCount) }
    guard values.count == names.count * count else {
      throw ProtocolError(
        .invalidValue, "parameter values: \(values.count), \(count) rows of \(names.count) parameters need \(names.count * count)")
    }
    guard Set(names).count == names.count else { throw ProtocolError(.invalidValue, "parameter names: one is there twice") }
    guard let wrong = values.firstIndex(where: { !$0.isFinite }) else {
      self.init(uncheckedNames: names, values: values, count: count)
      return
    }
    let (row, column) = wrong.quotientAndRemainder(dividingBy: names.count)
    throw ProtocolError(.invalidValue, "parameter \(names[column]) of row \(row): \(values[wrong]), a finite number accepted")
  }

  init(uncheckedNames names: [String], values: [Double], count: Int) {
    self.names = names
    self.values = values
    self.count = count
  }

  /// The values of one row, in the order of ``names``.
  public subscript(row: Int) -> ArraySlice<Double> { values[row * names.count..<(row + 1) * names.count] }

  /// Some of the rows.
  package func slice(_ rows: Range<Int>) -> ParameterRows {
    guard rows != 0..<count else { return self }
    return ParameterRows(
      uncheckedNames: names, values: Array(values[rows.lowerBound * names.count..<rows.upperBound * names.count]), count: rows.count
    )
  }
}
