internal import FoundationEssentials
internal import Protocol

/// Compares a file of results as JSON with the results that were signed for.
enum ResultComparison {
  /// Any JSON value.
  private indirect enum Value: Decodable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([Value])
    case fields([String: Value])

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let value = try? container.decode(Bool.self) {
        self = .bool(value)
      } else if let value = try? container.decode(Double.self) {
        self = .number(value)
      } else if let value = try? container.decode(String.self) {
        self = .text(value)
      } else if let value = try? container.decode([Value].self) {
        self = .list(value)
      } else {
        self = .fields(try container.decode([String: Value].self))
      }
    }
  }

  /// Where the file says something else than what the signed bytes print as.
  ///
  /// - Throws: ``Failure`` for what is no list of results.
  static func findings(path: String, _ result: ReceiptedResult) throws -> [ReceiptVerifier.Finding] {
    let results: [CircuitResult]
    // Bytes that are no results have been found already.
    do { results = try result.results() } catch { return [] }
    let shown: [Value]
    do { shown = try JSONDecoder().decode([Value].self, from: Data(try Files.read(path))) } catch is DecodingError {
      throw Failure(.invalidData, "\(path): no list of results, as ketwork result --json prints it")
    }
    let signed = try CircuitReport.reports(results).map { try JSONDecoder().decode(Value.self, from: try JSONEncoder().encode($0)) }
    guard shown.count == signed.count else {
      return [finding(0..<max(result.circuitCount, 1), "\(path) has \(shown.count) results, but \(signed.count) are signed for")]
    }
    let circuits = result.parts.flatMap { Array($0.circuits) }
    return zip(shown, signed).enumerated().filter { $0.element.0 != $0.element.1 }.map { index, _ in
      let circuit = circuits.indices.contains(index) ? circuits[index] : index
      return finding(circuit..<circuit + 1, "\(path) does not show what was signed")
    }
  }

  private static func finding(_ circuits: Range<Int>, _ message: String) -> ReceiptVerifier.Finding {
    ReceiptVerifier.Finding(code: .otherResult, circuits: circuits, message: message)
  }
}
