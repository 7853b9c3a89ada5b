internal import FoundationEssentials

/// JSON that people write, with errors that say where in it they are.
enum JSONFile {
  /// Reads a file; what a value's own decoding throws as a ``Failure`` keeps its words, with the file's name before them.
  ///
  /// - Parameter whole: What the file is, for errors of its outermost value: `the job`.
  static func decode<Value: Decodable>(_ type: Value.Type, path: String, whole: String) throws -> Value {
    let bytes = try Files.read(path)
    do { return try JSONDecoder().decode(type, from: Data(bytes)) } catch let error as DecodingError {
      throw Failure(.invalidData, "\(path): \(explain(error, whole))")
    } catch let failure as Failure {
      throw Failure(failure.status, "\(path): \(failure.description)")
    }
  }

  /// Where a value stands, as `circuits[2].shots`.
  static func place(_ path: [any CodingKey]) -> Substring {
    path.map { $0.intValue.map { "[\($0)]" } ?? ".\($0.stringValue)" }.joined().drop { $0 == "." }
  }

  private static func explain(_ error: DecodingError, _ whole: String) -> String {
    func place(_ context: DecodingError.Context) -> String {
      let place = Self.place(context.codingPath)
      return place.isEmpty ? whole : "'\(place)'"
    }
    return switch error {
    case .keyNotFound(let key, let context): "'\(key.stringValue)' is missing in \(place(context))"
    case .typeMismatch(let type, let context): "\(place(context)) is not a value of type \(type)"
    case .valueNotFound(let type, let context): "\(place(context)) is null; a value of type \(type) is needed"
    case .dataCorrupted(let context): "not valid JSON: \(context.debugDescription)"
    @unknown default: "not \(whole): \(error)"
    }
  }
}

extension Decoder {
  /// Refuses keys that are not known, which would silently leave an option at its default.
  func refuseKeys(except known: [String]) throws {
    for key in try container(keyedBy: AnyKey.self).allKeys where !known.contains(key.stringValue) {
      let place = JSONFile.place(codingPath)
      throw Failure(
        .invalidData,
        "'\(key.stringValue)' is not known\(place.isEmpty ? "" : " in '\(place)'"); \(known.joined(separator: ", ")) are accepted")
    }
  }
}

/// Any key of an object.
private struct AnyKey: CodingKey {
  var stringValue: String
  var intValue: Int? { nil }
  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
