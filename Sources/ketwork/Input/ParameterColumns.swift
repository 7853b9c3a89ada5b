internal import Circuits

/// Where each of a circuit's parameters comes from: a column of a file, or one value for all rows.
struct ParameterColumns {
  private enum Origin {
    case column(Int)
    case value(Double)
  }

  private let origins: [Origin]
  /// Whether rows of the file are rows of parameters as they stand.
  let isIdentity: Bool

  /// Whether any parameter varies with the rows.
  var readsFile: Bool { origins.contains { if case .column = $0 { true } else { false } } }

  /// Matches parameters with columns.
  ///
  /// - Parameters:
  ///   - fixed: Values for all rows, by name; they go before columns.
  ///   - table: Where the columns are from: names, or nil for the circuit's order; nil where there is no file.
  /// - Throws: ``Failure`` that names the parameters without a value, or the columns that are too few or too many.
  init(
    for source: CircuitBatch.Source, _ fixed: [String: Double], _ table: (names: [String]?, columnCount: Int, path: String)?
  ) throws {
    let parameters = source.circuit.parameters.map(\.name)
    if let table, table.names == nil, table.columnCount != parameters.count {
      throw Failure(
        .invalidData,
        "\(table.path): \(table.columnCount) columns; \(source.name) has \(parameters.count) parameters: \(parameters.joined(separator: ", "))"
      )
    }
    let columns = table.map { $0.names ?? parameters } ?? []
    let places = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1, $0) })
    let missing = parameters.filter { fixed[$0] == nil && places[$0] == nil }
    guard missing.isEmpty else {
      throw Failure(
        .invalidData,
        "\(source.name): no value for \(missing.joined(separator: ", ")); give --parameter NAME=VALUE or --parameters FILE")
    }
    origins = parameters.map { name in fixed[name].map { .value($0) } ?? .column(places[name] ?? 0) }
    isIdentity = columns == parameters && parameters.allSatisfy { fixed[$0] == nil }
  }

  /// Appends a row of parameters, in the circuit's order.
  ///
  /// - Parameter row: A row of the file; may be empty where nothing is read from it.
  func append(_ row: ArraySlice<Double>, to values: inout [Double]) {
    for origin in origins {
      switch origin {
      case .column(let index): values.append(row[row.startIndex + index])
      case .value(let value): values.append(value)
      }
    }
  }
}
