internal import ZeroMQ

/// A file with one key: `NAME.key` with both halves of a pair, which only its owner reads, or `NAME.pub` with the public one.
///
/// docs/schemas/key-1.schema.json says what each key means.
struct KeyFile: Codable {
  var version = 1
  var name: String
  var publicKey: String
  var secretKey: String?

  private enum CodingKeys: String, CodingKey {
    case version, name
    case publicKey = "public_key"
    case secretKey = "secret_key"
  }

  /// The public half.
  init(name: String, _ publicKey: CurvePublicKey) {
    self.name = name
    self.publicKey = publicKey.z85
  }

  /// Both halves.
  init(name: String, _ pair: CurveKeyPair) {
    self.init(name: name, pair.publicKey)
    secretKey = pair.secretKey.z85
  }

  /// Reads a pair.
  ///
  /// - Throws: ``Failure`` where the file is not there, is no pair, or can be read by others.
  static func pair(at path: String) throws -> CurveKeyPair {
    let file = try GuardedFile.decode(KeyFile.self, at: path, .secret)
    guard file.version == 1, let text = file.secretKey else {
      throw Failure(.invalidData, "\(path): holds no secret key of version 1; `ketwork keys` makes such files")
    }
    // What is wrong with it is not repeated: it may be a secret with a letter missing.
    guard let secret = try? CurveSecretKey(z85: text), let pair = try? CurveKeyPair(secretKey: secret),
      pair.publicKey.z85 == file.publicKey
    else { throw Failure(.invalidData, "\(path): its two keys are no pair") }
    return pair
  }

  /// Reads a public key, of a `.pub` file.
  ///
  /// - Throws: ``Failure`` where the file is not there or holds none.
  static func publicKey(at path: String) throws -> CurvePublicKey {
    let file = try GuardedFile.decode(KeyFile.self, at: path, .open)
    guard file.version == 1, let key = try? CurvePublicKey(z85: file.publicKey) else {
      throw Failure(.invalidData, "\(path): holds no public key of version 1; 40 characters are one")
    }
    return key
  }
}
