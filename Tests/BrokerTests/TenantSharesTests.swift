import Testing

@testable import Broker

@Suite("Tenants' shares")
struct TenantSharesTests {
  /// Gives the next so many leases, each of so many seconds, and counts the seconds.
  private func serve(_ count: Int, _ shares: inout TenantShares, seconds: [String: Double]) -> [String: Double] {
    var served: [String: Double] = [:]
    for _ in 0..<count {
      guard let tenant = shares.turns.first?.tenant else { break }
      let seconds = seconds[tenant] ?? 1
      shares.give(seconds, to: tenant)
      shares.end(expected: seconds, actual: seconds, of: tenant)
      served[tenant, default: 0] += seconds
    }
    return served
  }

  @Test("tenants get the same seconds, whatever each lease takes")
  func equal() {
    var shares = TenantShares()
    for tenant in ["a", "b", "c"] { shares.wait(tenant) }
    let served = serve(1_000, &shares, seconds: ["a": 0.1, "b": 1, "c": 0.37])
    let values = served.values.sorted()
    #expect(values.count == 3 && values[2] - values[0] <= 1, "\(served)")
  }

  @Test("tenants get seconds by their weights, new ones from when they are set")
  func weights() {
    var shares = TenantShares()
    shares.policies.named["a"] = TenantPolicy(weight: 3)
    for tenant in ["a", "b"] { shares.wait(tenant) }
    let served = serve(1_000, &shares, seconds: ["a": 0.1, "b": 0.7])
    #expect(abs(served["a"]! / served["b"]! - 3) < 0.1, "\(served)")
    shares.policies.named["b"] = TenantPolicy(weight: 6)
    let later = serve(1_000, &shares, seconds: ["a": 0.1, "b": 0.7])
    #expect(abs(later["b"]! / later["a"]! - 2) < 0.1, "\(later)")
  }

  @Test("who comes is next but one at most, owes nothing, and has saved nothing up")
  func coming() {
    var shares = TenantShares()
    shares.wait("a")
    _ = serve(1_000, &shares, seconds: [:])
    shares.wait("b")
    var order: [String] = []
    for _ in 0..<6 {
      let tenant = shares.turns[0].tenant
      order.append(tenant)
      shares.give(1, to: tenant)
    }
    #expect(order.prefix(2).contains("b") && order.count { $0 == "b" } == 3, "\(order)")
    // A tenant that waits for nothing for long is as good as new.
    shares.leave("b")
    shares.end(expected: 3, actual: 3, of: "b")
    _ = serve(1_000, &shares, seconds: [:])
    shares.wait("b")
    let served = serve(100, &shares, seconds: [:])
    #expect(abs((served["a"] ?? 0) - (served["b"] ?? 0)) <= 2, "\(served)")
  }

  @Test("what a lease really took counts")
  func correction() {
    var shares = TenantShares()
    for tenant in ["a", "b"] { shares.wait(tenant) }
    var served: [String: Double] = [:]
    for _ in 0..<1_000 {
      let tenant = shares.turns[0].tenant
      let actual = tenant == "a" ? 5.0 : 0.5
      shares.give(1, to: tenant)
      #expect(shares.running(of: tenant) == 1)
      shares.end(expected: 1, actual: actual, of: tenant)
      #expect(shares.running(of: tenant) == 0)
      served[tenant, default: 0] += actual
    }
    #expect(abs(served["a"]! - served["b"]!) <= 5, "\(served)")
  }
}
