internal import FoundationEssentials

/// The JSON of reports that are read by programs and by people: keys in snake case, sorted, on lines of their own.
enum ReportJSON {
  static func text(_ report: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return String(decoding: try encoder.encode(report), as: UTF8.self) + "\n"
  }
}
