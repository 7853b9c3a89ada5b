internal import ArgumentParser
internal import Simulator

extension Precision {
  /// Reads the option's value.
  static func parse(_ text: String) throws -> Precision {
    guard let precision = Precision(rawValue: text) else {
      throw ValidationError("no precision '\(text)'; single and double are accepted")
    }
    return precision
  }
}
