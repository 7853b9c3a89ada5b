#if Receipts
  internal import Crypto
  internal import FoundationEssentials
#endif

/// ML-DSA-65 (FIPS 204), the one place that knows whether it is built in.
///
/// Without the package trait `Receipts` everything else about receipts is there, and whatever would sign or verify says that it cannot.
enum ReceiptSignature {
  static let seedByteCount = 32
  static let publicKeyByteCount = 1_952
  static let byteCount = 3_309

  /// Keeps signatures of receipts apart from all others that the key could make: FIPS 204's context string.
  private static let context = Array("ketwork receipt".utf8)

  static let notBuiltIn = ProtocolError(
    .notBuiltIn, "receipts are not built into this program: build it with the package trait Receipts, which is on by default")

  #if Receipts
    static let isBuiltIn = true
    typealias PrivateKey = MLDSA65.PrivateKey

    static func privateKey(seed: [UInt8]) throws(ProtocolError) -> PrivateKey {
      do { return try MLDSA65.PrivateKey(seedRepresentation: seed, publicKey: nil) } catch {
        // What the library says might show the key.
        throw ProtocolError(.invalidValue, "signing key: \(seed.count) bytes that are no seed, \(seedByteCount) accepted")
      }
    }

    static func publicKey(of key: PrivateKey) -> [UInt8] { Array(key.publicKey.rawRepresentation) }

    static func sign(_ bytes: [UInt8], with key: PrivateKey) throws(ProtocolError) -> [UInt8] {
      do { return Array(try key.signature(for: bytes, context: context)) } catch {
        throw ProtocolError(.invalidSignature, "a receipt of \(bytes.count) bytes could not be signed")
      }
    }

    static func isValid(_ signature: some Sequence<UInt8>, of bytes: [UInt8], publicKey: [UInt8]) throws(ProtocolError) -> Bool {
      do {
        let key = try MLDSA65.PublicKey(rawRepresentation: publicKey)
        return key.isValidSignature(Data(signature), for: bytes, context: context)
      } catch {
        // No key, so no signature of it.
        return false
      }
    }
  #else
    static let isBuiltIn = false
    /// There is none: nothing makes one.
    struct PrivateKey: Sendable {
      private init() {}
    }

    static func privateKey(seed: [UInt8]) throws(ProtocolError) -> PrivateKey { throw notBuiltIn }

    static func publicKey(of key: PrivateKey) -> [UInt8] { [] }

    static func sign(_ bytes: [UInt8], with key: PrivateKey) throws(ProtocolError) -> [UInt8] { throw notBuiltIn }

    static func isValid(_ signature: some Sequence<UInt8>, of bytes: [UInt8], publicKey: [UInt8]) throws(ProtocolError) -> Bool {
      throw notBuiltIn
    }
  #endif
}
