internal import Broker
internal import FoundationEssentials

/// What tenants are granted, written as JSON. The schema is docs/schemas/tenants-1.schema.json.
struct TenantsFile: Decodable {
  struct Entry: Decodable {
    var weight: Double?
    var queuedJobs: Int?
    var queuedBytes: Int?
    var runningSeconds: Double?

    private enum CodingKeys: String, CodingKey, CaseIterable {
      case weight
      case queuedJobs = "queued_jobs"
      case queuedBytes = "queued_bytes"
      case runningSeconds = "running_seconds"
    }

    init(from decoder: any Decoder) throws {
      try decoder.refuseKeys(except: CodingKeys.allCases.map(\.rawValue))
      let container = try decoder.container(keyedBy: CodingKeys.self)
      weight = try container.decodeIfPresent(Double.self, forKey: .weight)
      queuedJobs = try container.decodeIfPresent(Int.self, forKey: .queuedJobs)
      queuedBytes = try container.decodeIfPresent(Int.self, forKey: .queuedBytes)
      runningSeconds = try container.decodeIfPresent(Double.self, forKey: .runningSeconds)
    }
  }

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case version, tenants
    case standard = "default"
  }

  var version: Int
  /// Of tenants that are not named.
  var standard: Entry?
  var tenants: [String: Entry]
  private var path = ""

  init(from decoder: any Decoder) throws {
    try decoder.refuseKeys(except: CodingKeys.allCases.map(\.rawValue))
    let container = try decoder.container(keyedBy: CodingKeys.self)
    version = try container.decode(Int.self, forKey: .version)
    standard = try container.decodeIfPresent(Entry.self, forKey: .standard)
    tenants = try container.decodeIfPresent([String: Entry].self, forKey: .tenants) ?? [:]
  }

  /// Reads a file.
  ///
  /// - Throws: ``Failure`` that says where in the file what is wrong.
  init(path: String) throws {
    self = try JSONFile.decode(TenantsFile.self, path: path, whole: "the file of tenants")
    guard version == 1 else { throw Failure(.invalidData, "\(path): version \(version); version 1 is accepted") }
    guard tenants.count <= Limits.namedTenantCount else {
      throw Failure(.invalidData, "\(path): \(tenants.count) tenants; at most \(Limits.namedTenantCount) are read")
    }
    self.path = path
  }

  /// What it says, for the broker.
  func policies() throws -> TenantPolicies {
    let standard = try policy(standard, "default", over: TenantPolicy())
    var named: [String: TenantPolicy] = [:]
    for (tenant, entry) in tenants {
      try KeyName.check(tenant, "\(path): tenants")
      named[tenant] = try policy(entry, "tenants.\(tenant)", over: standard)
    }
    return TenantPolicies(standard: standard, named: named)
  }

  private func policy(_ entry: Entry?, _ place: String, over standard: TenantPolicy) throws -> TenantPolicy {
    guard let entry else { return standard }
    var policy = standard
    if let weight = entry.weight {
      try check(weight, "\(place).weight", TenantPolicy.weights)
      policy.weight = weight
    }
    if let count = entry.queuedJobs {
      try check(Double(count), "\(place).queued_jobs", 0...1e8)
      policy.jobCount = count
    }
    if let count = entry.queuedBytes {
      try check(Double(count), "\(place).queued_bytes", 0...1e15)
      policy.byteCount = count
    }
    if let seconds = entry.runningSeconds {
      try check(seconds, "\(place).running_seconds", 0...1e9)
      policy.runningTime = .seconds(seconds)
    }
    return policy
  }

  private func check(_ value: Double, _ place: String, _ accepted: ClosedRange<Double>) throws {
    guard accepted.contains(value) else {
      throw Failure(.invalidData, "\(path): \(place) is \(value); \(accepted.lowerBound) to \(accepted.upperBound) is accepted")
    }
  }
}
