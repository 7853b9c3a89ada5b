/// Values of observables for rows that ran together, and differ in nothing else.
package struct SimulationColumns: Sendable {
  /// The first row's result without values, and with the time that each row took.
  package var shared: SimulationResult
  package var rowCount: Int
  package var observableCount: Int
  /// Rows × observables.
  package var values: [Double]
  /// Rows × observables × parameters; empty if not asked for.
  package var gradients: [Double]
  /// Time spent on the template.
  package var compileSeconds: Double

  /// The result of each row; the first bears the time spent on the template.
  var results: [SimulationResult] {
    let parameterCount = gradients.count / max(values.count, 1)
    return (0..<rowCount).map { row in
      var result = shared
      result.row += UInt32(row)
      result.compileSeconds = row == 0 ? compileSeconds : 0
      result.expectations = (row * observableCount..<(row + 1) * observableCount).map { place in
        .init(
          value: values[place], standardError: 0,
          gradient: Array(gradients[place * parameterCount..<(place + 1) * parameterCount]))
      }
      return result
    }
  }
}
