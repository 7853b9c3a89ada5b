internal import FoundationEssentials
internal import SwiftProtobuf

/// The payload of PUT_TEMPLATE and TEMPLATE: some templates, whole.
package enum TemplateBundle {
  /// Writes templates in the order given.
  package static func encode(_ templates: some Sequence<Template>) -> [UInt8] {
    Wire.bytes(
      Ketwork_V1_TemplateBundle.with {
        $0.templates = templates.map { template in
          .with {
            $0.format = UInt32(template.format.rawValue)
            $0.content = Data(template.bytes)
          }
        }
      })
  }

  /// Reads templates; their digests are computed here, never believed.
  ///
  /// - Throws: ``ProtocolError`` with code `malformed`, `too_large` or `invalid_value`.
  package static func decode(_ bytes: [UInt8]) throws(ProtocolError) -> [Template] {
    guard bytes.count <= Limits.payloadByteCount else {
      throw .tooLarge("template bytes", bytes.count, limit: Limits.payloadByteCount)
    }
    var scanner = WireScanner(bytes)
    var count = 0
    while try scanner.next() != nil { count += 1 }
    guard count <= Limits.templateCount else { throw .tooLarge("templates", count, limit: Limits.templateCount) }
    let bundle = try Wire.parse(Ketwork_V1_TemplateBundle.self, bytes, "templates")
    var templates: [Template] = []
    for record in bundle.templates {
      guard let format = UInt8(exactly: record.format).flatMap(Template.Format.init(rawValue:)) else {
        throw ProtocolError(
          .invalidValue, "template format: \(record.format), 1 (OpenQASM), 2 (circuit) or 3 (circuit and noise) accepted")
      }
      templates.append(try Template(format: format, bytes: Array(record.content)))
    }
    return templates
  }

  /// Splits templates into bundles that each fit one message where that is possible.
  package static func bundles(of templates: some Sequence<Template>) -> [[Template]] {
    var bundles: [[Template]] = []
    var byteCount = Limits.messageByteCount
    for template in templates {
      // Sixteen bytes cover the tags, lengths and the format of one record.
      let size = template.bytes.count + 16
      if byteCount + size > Limits.messageByteCount || bundles.last?.count == Limits.templateCount {
        bundles.append([])
        byteCount = 0
      }
      bundles[bundles.count - 1].append(template)
      byteCount += size
    }
    return bundles
  }
}
