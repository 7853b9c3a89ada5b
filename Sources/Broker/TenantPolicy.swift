/// What an operator grants a tenant; what is `nil` is as the broker's configuration has it for all.
public struct TenantPolicy: Hashable, Sendable {
  /// The accepted weights.
  package static let weights = 0.001...1_000.0

  /// Its share of the workers' time, in proportion to the weights of others that have something waiting.
  public var weight = 1.0
  /// Jobs that are not terminal.
  public var jobCount: Int?
  /// Payload bytes of jobs that are not terminal.
  public var byteCount: Int?
  /// Expected seconds of work that it may have with workers at a time; one lease it always may.
  public var runningTime: Duration?

  /// Makes a policy; by default that of a tenant that none is written for.
  public init(weight: Double = 1) { self.weight = weight }
}

/// What each tenant is granted.
public struct TenantPolicies: Hashable, Sendable {
  /// For tenants that are not named.
  public var standard: TenantPolicy
  /// By name.
  public var named: [String: TenantPolicy]

  /// Makes policies; by default all tenants are equal.
  public init(standard: TenantPolicy = TenantPolicy(), named: [String: TenantPolicy] = [:]) {
    (self.standard, self.named) = (standard, named)
  }

  subscript(tenant: String) -> TenantPolicy { named[tenant] ?? standard }
}
