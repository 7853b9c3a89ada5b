// The bytes that are signed. Integers are little-endian; there is one encoding of each receipt and key:
//
//     0    4     "KWRC"
//     4    2     version, 1
//     6    2     signature algorithm, 1: ML-DSA-65
//     8    16    job
//     24   32    request hash
//     56   8     first circuit
//     64   8     the circuit after the last
//     72   32    digest of the results
//     104  32    digest of the worker's executable
//     136  8     time, nanoseconds since 1970
//     144  4     number of seeds, n: 1 to 1,024
//     148  8·n   seeds, ascending
//          1952  public key
extension Receipt {
  static let magic = Array("KWRC".utf8)
  static let version: UInt16 = 1
  static let algorithm: UInt16 = 1
  /// Bytes before the seeds.
  static let fixedByteCount = 148

  /// The bytes to sign.
  func encoded(publicKey: [UInt8]) -> [UInt8] {
    var bytes = Receipt.magic
    bytes.reserveCapacity(Receipt.fixedByteCount + 8 * seeds.count + publicKey.count)
    bytes += LittleEndian.bytes(Receipt.version)
    bytes += LittleEndian.bytes(Receipt.algorithm)
    bytes += job.bytes + requestHash.bytes
    bytes += LittleEndian.bytes(UInt64(circuits.lowerBound))
    bytes += LittleEndian.bytes(UInt64(circuits.upperBound))
    bytes += resultDigest.bytes + binaryHash.bytes
    bytes += LittleEndian.bytes(unixNanoseconds)
    bytes += LittleEndian.bytes(UInt32(seeds.count))
    for seed in seeds { bytes += LittleEndian.bytes(seed) }
    return bytes + publicKey
  }

  /// Reads what ``encoded(publicKey:)`` wrote, from bytes that may be anything, and nothing else.
  ///
  /// - Returns: The receipt, and where the public key begins.
  /// - Throws: ``ProtocolError`` with code `malformed`, `version`, `invalid_value` or `too_large`.
  static func decode(_ bytes: [UInt8]) throws(ProtocolError) -> (receipt: Receipt, keyStart: Int) {
    guard bytes.count >= fixedByteCount, bytes.starts(with: magic) else {
      throw ProtocolError(.malformed, "receipt: \(bytes.count) bytes without \"KWRC\" and what follows it")
    }
    let written: UInt16 = LittleEndian.integer(bytes, at: 4)
    guard written == version else { throw ProtocolError(.version, "receipt: version \(written), \(version) accepted") }
    let signing: UInt16 = LittleEndian.integer(bytes, at: 6)
    guard signing == algorithm else {
      throw ProtocolError(.version, "receipt: signature algorithm \(signing), \(algorithm) (ML-DSA-65) accepted")
    }
    let seedCount = try Wire.count(UInt64(LittleEndian.integer(bytes, at: 144) as UInt32), "seeds", limit: Limits.settingsCount)
    let keyStart = fixedByteCount + 8 * seedCount
    guard seedCount > 0, bytes.count >= keyStart else {
      throw ProtocolError(.malformed, "receipt: \(seedCount) seeds in \(bytes.count) bytes")
    }
    let seeds: [UInt64] = (0..<seedCount).map { LittleEndian.integer(bytes, at: fixedByteCount + 8 * $0) }
    guard zip(seeds, seeds.dropFirst()).allSatisfy({ $0 < $1 }) else {
      throw ProtocolError(.malformed, "receipt: seeds that do not ascend")
    }
    let receipt = Receipt(
      job: try Wire.job(bytes[8..<24]), requestHash: try Wire.digest(bytes[24..<56], "request hash"),
      circuits: try Wire.circuits(LittleEndian.integer(bytes, at: 56), LittleEndian.integer(bytes, at: 64)), seeds: seeds,
      resultDigest: try Wire.digest(bytes[72..<104], "result digest"),
      binaryHash: try Wire.digest(bytes[104..<136], "binary hash"), unixNanoseconds: LittleEndian.integer(bytes, at: 136))
    return (receipt, keyStart)
  }
}
