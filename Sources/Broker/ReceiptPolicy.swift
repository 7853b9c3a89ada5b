public import Protocol

/// What a broker asks of the receipts that come with results.
public struct ReceiptPolicy: Hashable, Sendable {
  /// Whether results without a valid receipt are refused, and run again.
  public var areRequired: Bool
  /// Fingerprints of the keys whose receipts count; `nil` for any.
  public var trustedKeys: Set<Digest>?

  /// Makes a policy; by default receipts are kept where there are any.
  public init(areRequired: Bool = false, trustedKeys: Set<Digest>? = nil) {
    self.areRequired = areRequired
    self.trustedKeys = trustedKeys
  }
}
