public import ZeroMQ

/// Where a client finds its broker, and how long it waits.
public struct ClientConfiguration: Sendable {
  /// The broker's endpoints for clients; one is used at a time, the next when it does not answer.
  public var endpoints: [String]
  /// A name for people.
  public var name: String
  /// How the client proves itself to the broker.
  public var security: SocketSecurity
  /// How long ``KetworkClient/connect(_:)`` waits for a broker.
  public var connectTimeout: Duration = .seconds(5)
  /// How long a call waits for a broker that has gone away; it is asked again when the broker is back.
  public var unreachableTimeout: Duration = .seconds(60)
  /// How long a question may wait for its answer, refusals that ask for patience included.
  public var requestTimeout: Duration = .seconds(120)
  /// The seed of the jitter between attempts to connect.
  public var seed: UInt64

  /// Makes a configuration.
  public init(
    endpoints: [String], name: String = "client", security: SocketSecurity = .none, seed: UInt64 = .random(in: 0...UInt64.max)
  ) {
    self.endpoints = endpoints
    self.name = name
    self.security = security
    self.seed = seed
  }
}
