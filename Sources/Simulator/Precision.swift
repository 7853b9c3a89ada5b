/// The floating-point format of the amplitudes; norms and expectation values are summed in double either way.
public enum Precision: String, Hashable, Sendable, CaseIterable {
  /// 32 bits a real: 8 bytes an amplitude.
  case single
  /// 64 bits a real: 16 bytes an amplitude.
  case double

  /// Bytes of one complex amplitude.
  public var amplitudeByteCount: Int { self == .single ? 8 : 16 }
  /// Bytes of one real.
  var realByteCount: Int { self == .single ? 4 : 8 }
}
