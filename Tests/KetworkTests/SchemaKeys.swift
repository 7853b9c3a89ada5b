import Foundation
import Testing

/// Compares printed JSON with a schema of docs/schemas: every required key is there, and no key that the schema does not know.
enum SchemaKeys {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/schemas")

  /// - Parameter definition: The part of the schema that the text is; all of it unless told otherwise.
  static func check(_ text: String, against file: String, definition: String? = nil) throws {
    let schema = try object(Data(contentsOf: folder.appending(path: file)))
    let part = definition.map { ["$ref": "#/$defs/\($0)"] } ?? schema
    compare(try JSONSerialization.jsonObject(with: Data(text.utf8)), with: part, root: schema, path: "$")
  }

  private static func object(_ data: Data) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
  }

  private static func compare(_ value: Any, with schema: [String: Any], root: [String: Any], path: String) {
    if let name = (schema["$ref"] as? String)?.split(separator: "/").last {
      let definition = (root["$defs"] as? [String: Any])?[String(name)] as? [String: Any]
      guard let definition else {
        Issue.record("\(path): the schema has no definition \(name)")
        return
      }
      return compare(value, with: definition, root: root, path: path)
    }
    if let list = value as? [Any] {
      let items = schema["items"] as? [String: Any]
      #expect(items != nil, "\(path): a list that the schema does not describe")
      for (index, item) in list.enumerated() { compare(item, with: items ?? [:], root: root, path: "\(path)[\(index)]") }
    } else if let fields = value as? [String: Any] {
      let known = schema["properties"] as? [String: Any] ?? [:]
      for key in schema["required"] as? [String] ?? [] { #expect(fields[key] != nil, "\(path): no key \(key)") }
      for (key, field) in fields {
        let inner = known[key] as? [String: Any]
        #expect(inner != nil, "\(path): the schema does not know the key \(key)")
        if let inner { compare(field, with: inner, root: root, path: "\(path).\(key)") }
      }
    }
  }
}
