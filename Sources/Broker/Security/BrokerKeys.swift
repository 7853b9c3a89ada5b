package import ZeroMQ

/// What a broker needs to know its peers, and to be known by them.
package struct BrokerKeys: Sendable {
  /// The secret half of the pair by whose public half peers know the broker.
  package var secretKey: CurveSecretKey
  /// Who may connect.
  package var authorized: AuthorizedKeys

  package init(secretKey: CurveSecretKey, authorized: AuthorizedKeys) {
    self.secretKey = secretKey
    self.authorized = authorized
  }
}
