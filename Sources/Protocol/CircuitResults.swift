/// Results in a row: as an array of ``CircuitResult`` to read, and eight bytes a value to keep where they are rows of one template.
///
///     for result in outcome.results { … }
///     let gradient = outcome.results.expectationValues(of: 0)
///
/// A result that stands among columns is made when it is asked for.
///
/// - Complexity: A result by its index takes O(log parts); parts are as many as the job's leases and items, not its rows.
public struct CircuitResults: RandomAccessCollection, Sendable {
  enum Part: Sendable {
    case each([CircuitResult])
    case rows(ResultRows)

    var count: Int {
      switch self {
      case .each(let results): results.count
      case .rows(let rows): rows.rows.count
      }
    }
  }

  private(set) var parts: [Part] = []
  /// Where each part ends.
  private var ends: [Int] = []

  /// Makes results of an array.
  public init(_ results: some Sequence<CircuitResult> = EmptyCollection()) { append(.each(Array(results))) }

  /// Makes the results of rows.
  package init(_ rows: ResultRows) { append(.rows(rows)) }

  /// The first index, 0.
  public var startIndex: Int { 0 }
  /// How many results there are.
  public var endIndex: Int { ends.last ?? 0 }

  /// The result at a place.
  public subscript(index: Int) -> CircuitResult {
    precondition(indices.contains(index), "result \(index) of \(count)")
    let part = part(of: index)
    let offset = part == 0 ? index : index - ends[part - 1]
    return switch parts[part] {
    case .each(let results): results[offset]
    case .rows(let rows): rows.result(at: offset)
    }
  }

  /// The part that holds a result.
  private func part(of index: Int) -> Int {
    var (lower, upper) = (0, parts.count - 1)
    while lower < upper {
      let middle = (lower + upper) / 2
      if ends[middle] > index { upper = middle } else { lower = middle + 1 }
    }
    return lower
  }

  /// One observable's value in each result, in their order; `nil` for a result that has none, be it a failure or asked for less.
  ///
  /// - Parameter observable: Its place among those that were asked for.
  public func expectationValues(of observable: Int) -> [Double?] {
    var values: [Double?] = []
    values.reserveCapacity(count)
    for part in parts {
      switch part {
      case .each(let results): values += results.map { $0.expectationValue(of: observable) }
      case .rows(let rows):
        let width = rows.observableCount
        guard (0..<width).contains(observable) else {
          values += [Double?](repeating: nil, count: part.count)
          continue
        }
        for place in stride(from: observable, to: rows.values.count, by: width) { values.append(rows.values[place]) }
      }
    }
    return values
  }

  // MARK: Changes

  /// Adds results.
  package mutating func append(contentsOf results: CircuitResults) { for part in results.parts { append(part) } }

  /// Puts names on the first result.
  package mutating func label(_ labels: CircuitResult.Labels) {
    switch parts.first {
    case .each(var results):
      parts[0] = .each([])
      results[0].labels = labels
      parts[0] = .each(results)
    case .rows(var rows):
      rows.labels = labels
      parts[0] = .rows(rows)
    case nil: preconditionFailure("names for no results")
    }
  }

  private mutating func append(_ part: Part) {
    guard part.count > 0 else { return }
    parts.append(part)
    ends.append(count + part.count)
  }
}

extension CircuitResults: Hashable {
  /// Whether the results are the same, however they are kept.
  public static func == (a: CircuitResults, b: CircuitResults) -> Bool { a.elementsEqual(b) }

  /// Hashes each result.
  public func hash(into hasher: inout Hasher) {
    for result in self { hasher.combine(result) }
  }
}

extension CircuitResult {
  /// One observable's value; `nil` where there is none.
  fileprivate func expectationValue(of observable: Int) -> Double? {
    guard case .values(let values) = outcome, values.expectations.indices.contains(observable) else { return nil }
    return values.expectations[observable].value
  }
}
