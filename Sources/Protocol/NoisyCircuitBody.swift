public import Circuits

/// The bytes of a template of format ``Template/Format/noisyCircuit``: one circuit, and the noise that is added to it or to its variants.
///
/// Layout, version 1: a version byte; what the noise is, a byte: 1 for a noise model, 2 for a device's calibration; the number of bytes of the
/// circuit, which stands as ``CircuitBody`` writes it; then the noise as JSON, to the end. The digest is of all of it, so it names both.
package enum NoisyCircuitBody {
  static let version: UInt8 = 1

  /// Writes a circuit and its noise, as the noise was read.
  package static func encode(_ circuit: Circuit, _ noise: CircuitNoise) -> [UInt8] {
    let body = CircuitBody.encode(circuit)
    var writer = ByteWriter()
    writer.byte(version)
    writer.byte(noise.source.rawValue)
    writer.count(body.count)
    writer.append(body)
    writer.append(noise.json)
    return writer.bytes
  }

  /// Reads a circuit and its noise.
  ///
  /// - Throws: ``ProtocolError`` as ``CircuitBody/decode(_:)``, and with code `invalid_value` and the error of the noise where that is none.
  package static func decode(_ bytes: [UInt8]) throws(ProtocolError) -> (circuit: Circuit, noise: CircuitNoise) {
    var reader = ByteReader(bytes)
    let version = try reader.byte()
    guard version == Self.version else {
      throw ProtocolError(.version, "circuit and noise: version \(version), \(Self.version) accepted")
    }
    let kind = try reader.byte()
    guard let source = CircuitNoise.Source(rawValue: kind) else {
      throw reader.malformed("noise of kind \(kind), 1 (a model) or 2 (a device's calibration) accepted")
    }
    let circuit = try CircuitBody.decode(try reader.bytes(try reader.count(limit: Limits.templateByteCount)))
    do throws(CircuitError) {
      return (circuit, try CircuitNoise(source, json: reader.rest()))
    } catch {
      throw ProtocolError(.invalidValue, "circuit and noise: \(error.message)")
    }
  }
}

extension Template {
  /// Makes a template of a circuit without noise and the noise that is added to it, or to its variants where values are mitigated.
  ///
  /// - Throws: ``ProtocolError`` with code `too_large` above 8 MiB.
  public init(_ circuit: Circuit, noise: CircuitNoise) throws(ProtocolError) {
    try self.init(format: .noisyCircuit, bytes: NoisyCircuitBody.encode(circuit, noise))
  }
}
