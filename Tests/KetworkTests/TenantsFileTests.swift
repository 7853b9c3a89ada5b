import Broker
import Foundation
import Testing

@testable import ketwork

@Suite("The file of tenants")
struct TenantsFileTests {
  /// Writes a file and reads what it grants.
  private func policies(_ text: String) throws -> TenantPolicies {
    let path = FileManager.default.temporaryDirectory.appending(path: "tenants-\(UUID().uuidString).json").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data(text.utf8).write(to: URL(filePath: path))
    return try TenantsFile(path: path).policies()
  }

  private let whole = """
    {"version": 1, "default": {"weight": 2, "queued_jobs": 7},
     "tenants": {"a": {"weight": 3, "queued_bytes": 1000, "running_seconds": 2.5}, "b": {}}}
    """

  @Test("what a tenant leaves out is as the default has it")
  func defaults() throws {
    let policies = try policies(whole)
    #expect(policies.standard.weight == 2 && policies.standard.jobCount == 7 && policies.standard.byteCount == nil)
    let a = try #require(policies.named["a"])
    #expect(a.weight == 3 && a.jobCount == 7 && a.byteCount == 1_000 && a.runningTime == .seconds(2.5))
    #expect(policies.named["b"] == policies.standard && policies.named.count == 2)
    #expect(try self.policies(#"{"version": 1}"#) == TenantPolicies())
  }

  @Test("the file has the keys of its schema")
  func schema() throws {
    try SchemaKeys.check(
      #"{"version": 1, "default": {"weight": 2, "queued_jobs": 7, "queued_bytes": 1, "running_seconds": 2}}"#,
      against: "tenants-1.schema.json")
  }

  @Test(
    "what is wrong is said with its place",
    arguments: [
      (#"{"version": 2}"#, "version 2; version 1 is accepted"),
      (#"{"tenants": {}}"#, "'version' is missing in the file of tenants"),
      (#"{"version": 1, "tenant": {}}"#, "'tenant' is not known; version, tenants, default are accepted"),
      (#"{"version": 1, "tenants": {"a": {"wait": 3}}}"#, "'wait' is not known in 'tenants.a'"),
      (#"{"version": 1, "tenants": {"a": {"weight": 0}}}"#, "tenants.a.weight is 0.0; 0.001 to 1000.0 is accepted"),
      (#"{"version": 1, "default": {"weight": "3"}}"#, "'default.weight' is not a value of type Double"),
      (#"{"version": 1, "default": {"queued_jobs": -1}}"#, "default.queued_jobs is -1.0"),
      (#"{"version": 1, "tenants": {"../a": {}}}"#, "'../a' is no name"),
      (#"{"version": 1"#, "not valid JSON"),
    ])
  func wrong(text: String, message: String) throws {
    let failure = #expect(throws: Failure.self) { try policies(text) }
    #expect(failure?.description.contains(message) == true, "\(failure?.description ?? "")")
  }
}
