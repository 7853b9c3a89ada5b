/// A circuit with free parameters, in the form in which it travels: sent once, then named by its digest.
public struct Template: Hashable, Sendable {
  /// What the bytes are.
  public enum Format: UInt8, Hashable, Sendable, CaseIterable {
    /// OpenQASM source in UTF-8, version 2 or 3 by its own first statement.
    case openQASM = 1
    /// The canonical encoding of a circuit value.
    case circuit = 2
    /// The canonical encoding of a circuit value, and noise that is added to it, or to the variants of it that mitigation makes.
    case noisyCircuit = 3
  }

  /// What the bytes are.
  public let format: Format
  /// The source text, or the encoded circuit, with its noise where it has some.
  public let bytes: [UInt8]
  /// SHA-256 of the format's byte and the bytes: the template's name on every wire and in every store.
  public let digest: Digest

  /// Makes a template of bytes in a format.
  ///
  /// - Throws: ``ProtocolError`` with code `too_large` above 8 MiB, `invalid_value` when there is nothing.
  public init(format: Format, bytes: [UInt8]) throws(ProtocolError) {
    guard !bytes.isEmpty else { throw ProtocolError(.invalidValue, "template: no bytes, at least one accepted") }
    guard bytes.count <= Limits.templateByteCount else {
      throw .tooLarge("template bytes", bytes.count, limit: Limits.templateByteCount)
    }
    self.format = format
    self.bytes = bytes
    var builder = DigestBuilder()
    builder.append([format.rawValue])
    builder.append(bytes)
    digest = builder.finish()
  }

  /// Makes a template of OpenQASM 2 or 3 source.
  ///
  /// - Throws: ``ProtocolError`` as ``init(format:bytes:)``; the source is not parsed here.
  public init(openQASM source: String) throws(ProtocolError) {
    try self.init(format: .openQASM, bytes: Array(source.utf8))
  }

  /// Whether the digests are equal.
  public static func == (a: Template, b: Template) -> Bool { a.digest == b.digest }
  /// Feeds the digest.
  public func hash(into hasher: inout Hasher) { hasher.combine(digest) }
}
