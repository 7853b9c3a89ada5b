public import Protocol
public import ZeroMQ

/// Where a worker finds its broker, and what it is called.
public struct WorkerConfiguration: Sendable {
  /// The broker's endpoints for workers; one is used at a time, the next when it does not answer.
  public var endpoints: [String]
  /// A name for people.
  public var name: String
  /// How the worker proves itself to the broker.
  public var security: SocketSecurity
  /// The seed of the jitter between attempts to connect.
  public var seed: UInt64
  /// Bytes of templates kept for later leases.
  public var templateByteLimit = Limits.templateByteCount

  /// The key that signs receipts of results; `nil` for no receipts.
  public var signingKey: SigningKey?

  /// Makes a configuration.
  public init(endpoints: [String], name: String, security: SocketSecurity = .none, seed: UInt64 = .random(in: 0...UInt64.max)) {
    self.endpoints = endpoints
    self.name = name
    self.security = security
    self.seed = seed
  }
}
