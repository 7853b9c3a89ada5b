internal import Protocol

/// What an entry of a job file says about noise in its values.
struct MitigationEntry: Decodable {
  var method: String
  var samples: Int?
  var scales: [Double]?
  var fit: String?
  var folding: String?
  var symmetries: [String]?
  var pecTwirled: Bool?
  var cdrAngles: String?
  var cdrKept: Int?
  var ddSequence: String?
  var readoutMethod: String?

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case method, samples, scales, fit, folding, symmetries
    case pecTwirled = "pec_twirled"
    case cdrAngles = "cdr_angles"
    case cdrKept = "cdr_kept"
    case ddSequence = "dd_sequence"
    case readoutMethod = "readout_method"
  }

  /// The settings; what the entry leaves out has its default.
  ///
  /// - Parameter place: Where it stands, for messages.
  /// - Throws: ``Failure`` with the place, the value and what is accepted.
  func settings(at place: String) throws -> MitigationSettings {
    var settings = MitigationSettings(try Self.word(method, "\(place).method"), samples: samples)
    if let scales { settings.scales = scales }
    if let fit {
      guard let fit = MitigationSettings.Fit(fit) else {
        throw Failure(
          .invalidData, "\(place).fit '\(fit)': linear, richardson, polynomial:D, exponential and exponential:A are accepted")
      }
      settings.fit = fit
    }
    if let folding { settings.folding = try Self.word(folding, "\(place).folding") }
    settings.symmetries = symmetries ?? []
    settings.pecTwirled = pecTwirled ?? false
    if let cdrAngles { settings.cdrAngles = try Self.word(cdrAngles, "\(place).cdr_angles") }
    settings.cdrKept = cdrKept
    if let ddSequence { settings.ddSequence = try Self.word(ddSequence, "\(place).dd_sequence") }
    if let readoutMethod { settings.readoutMethod = try Self.word(readoutMethod, "\(place).readout_method") }
    return settings
  }

  private static func word<Word: RawRepresentable<String> & CaseIterable>(_ text: String, _ place: String) throws -> Word {
    guard let word = Word(rawValue: text) else {
      let accepted = Word.allCases.map(\.rawValue).joined(separator: ", ")
      throw Failure(.invalidData, "\(place) '\(text)': one of \(accepted) is accepted")
    }
    return word
  }
}

extension MitigationEntry {

  /// Reads an entry; a key that is not known, which would silently leave an option at its default, is an error.
  init(from decoder: any Decoder) throws {
    try decoder.refuseKeys(except: CodingKeys.allCases.map(\.rawValue))
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    method = try fields.decode(String.self, forKey: .method)
    samples = try fields.decodeIfPresent(Int.self, forKey: .samples)
    scales = try fields.decodeIfPresent([Double].self, forKey: .scales)
    fit = try fields.decodeIfPresent(String.self, forKey: .fit)
    folding = try fields.decodeIfPresent(String.self, forKey: .folding)
    symmetries = try fields.decodeIfPresent([String].self, forKey: .symmetries)
    pecTwirled = try fields.decodeIfPresent(Bool.self, forKey: .pecTwirled)
    cdrAngles = try fields.decodeIfPresent(String.self, forKey: .cdrAngles)
    cdrKept = try fields.decodeIfPresent(Int.self, forKey: .cdrKept)
    ddSequence = try fields.decodeIfPresent(String.self, forKey: .ddSequence)
    readoutMethod = try fields.decodeIfPresent(String.self, forKey: .readoutMethod)
  }
}
