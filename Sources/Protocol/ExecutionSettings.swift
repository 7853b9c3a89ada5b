/// How an item is executed and what is wanted of it.
public struct ExecutionSettings: Hashable, Sendable {
  /// The arithmetic asked for.
  public enum Precision: UInt8, Hashable, Sendable, CustomStringConvertible {
    /// 32-bit amplitudes.
    case single = 0
    /// 64-bit amplitudes.
    case double = 1

    /// `single` or `double`.
    public var description: String { self == .single ? "single" : "double" }
    /// The bytes of one complex amplitude.
    public var amplitudeByteCount: Int { self == .single ? 8 : 16 }
  }

  /// Shots to draw, or `nil` for none.
  public var shots: Int?
  /// Observables whose expectation values are wanted, in the order of the result's.
  public var observables: [ObservableRequest]
  /// Whether the probability of every basis state is wanted.
  public var wantsProbabilities: Bool
  /// Whether the amplitudes are wanted.
  public var wantsStatevector: Bool
  /// With the item's circuit index and the row, the key of all randomness.
  public var seed: UInt64
  /// The arithmetic asked for.
  public var precision: Precision
  /// `auto`, `statevector`, `density-matrix`, `trajectories` or `stabilizer`.
  public var method: String
  /// `auto`, `cpu`, `opencl` or one device, `opencl:P.D`.
  public var device: String
  /// Whether results must be the same bit for bit on every class of device.
  public var isReproducible: Bool
  /// Over how many trajectories values are averaged, in place of exact ones; at most so many where there is a target error. Not with shots.
  public var trajectories: Int?
  /// The standard error of each observable's value at which no more trajectories are drawn.
  public var targetError: Double?
  /// What is done about noise in the observables' values; `nil` for nothing. Mitigated values stand beside those as they are.
  public var mitigation: MitigationSettings?

  /// Makes settings; the defaults ask for nothing, in single precision, by any method, anywhere.
  public init(
    shots: Int? = nil, observables: [ObservableRequest] = [], wantsProbabilities: Bool = false, wantsStatevector: Bool = false,
    seed: UInt64 = 0, precision: Precision = .single, method: String = "auto", device: String = "auto",
    isReproducible: Bool = false,
    trajectories: Int? = nil, targetError: Double? = nil, mitigation: MitigationSettings? = nil
  ) {
    self.shots = shots
    self.observables = observables
    self.wantsProbabilities = wantsProbabilities
    self.wantsStatevector = wantsStatevector
    self.seed = seed
    self.precision = precision
    self.method = method
    self.device = device
    self.isReproducible = isReproducible
    self.trajectories = trajectories
    self.targetError = targetError
    self.mitigation = mitigation
  }

  /// Checks every value against what can be meant.
  ///
  /// - Throws: ``ProtocolError`` with code `invalid_value` or `too_large`.
  public func validate() throws(ProtocolError) {
    if let shots {
      guard shots > 0 else { throw ProtocolError(.invalidValue, "shots: \(shots), 1 or more accepted") }
      guard shots <= Limits.shotCount else { throw .tooLarge("shots", shots, limit: Limits.shotCount) }
    }
    if let trajectories {
      guard trajectories > 0 else { throw ProtocolError(.invalidValue, "trajectories: \(trajectories), 1 or more accepted") }
      guard trajectories <= Limits.shotCount else { throw .tooLarge("trajectories", trajectories, limit: Limits.shotCount) }
    }
    if let targetError, !(targetError > 0 && targetError.isFinite) {
      throw ProtocolError(.invalidValue, "target error: \(targetError), a positive number accepted")
    }
    guard shots == nil || trajectories == nil && targetError == nil else {
      throw ProtocolError(.invalidValue, "shots and trajectories in one item, one of them accepted")
    }
    guard observables.count <= Limits.observableCount else {
      throw .tooLarge("observables of one item", observables.count, limit: Limits.observableCount)
    }
    for observable in observables { try observable.validate() }
    try validateMitigation()
    try Text.check(method, "method", limit: Limits.nameByteCount)
    try Text.check(device, "device", limit: Limits.nameByteCount)
  }

  private func validateMitigation() throws(ProtocolError) {
    guard let mitigation else { return }
    try mitigation.validate()
    guard !observables.isEmpty else {
      throw ProtocolError(.invalidValue, "mitigation by \(mitigation.method.rawValue): no observables, at least one accepted")
    }
    guard mitigation.method != .readout || shots != nil else {
      throw ProtocolError(.invalidValue, "mitigation by readout: no shots, whose errors it undoes; 1 or more accepted")
    }
  }
}

/// Checks of texts that come from others.
enum Text {
  static func check(_ text: String, _ what: String, limit: Int) throws(ProtocolError) {
    guard text.utf8.count <= limit else { throw .tooLarge("\(what), bytes", text.utf8.count, limit: limit) }
  }

  /// The longest prefix of whole characters that fits.
  static func truncated(_ text: String, to limit: Int) -> String {
    guard text.utf8.count > limit else { return text }
    var result = ""
    for character in text {
      guard result.utf8.count + character.utf8.count <= limit else { break }
      result.append(character)
    }
    return result
  }
}
