/// Whose turn it is: tenants with something waiting get shares of the workers' time by their weights, however much each asks for.
///
/// Start-time fair queueing (Goyal, Vin and Cheng, "Start-time Fair Queueing", IEEE/ACM Transactions on Networking 5, 1997): a tenant's virtual
/// time grows by the seconds of work given to it over its weight, and the one whose time is least is next. Who comes to wait begins at the time
/// of the last turn at least, so nobody saves up turns. What a lease was expected to take counts until it is known what it took.
///
/// Deficit round robin (Shreedhar and Varghese, IEEE/ACM Transactions on Networking 4, 1996) shares alike in the long run, but who comes waits for a
/// round of all others' quanta, and a quantum must be as large as the largest lease: here it waits for one lease.
///
/// A turn costs O(log n) comparisons among n waiting tenants, and moves O(n) entries of an array.
struct TenantShares: Sendable {
  /// What a tenant was given.
  private struct Account: Sendable {
    /// Virtual time, in seconds of work of a tenant of weight 1.
    var time: Double
    /// Expected seconds of its leases that are out.
    var running = 0.0
    var isWaiting = false
  }

  /// A tenant's place in the order of turns.
  struct Turn: Comparable, Sendable {
    fileprivate var time: Double
    /// Among equals the one that waits longer.
    fileprivate var arrival: UInt64
    private(set) var tenant: String

    fileprivate init(time: Double, arrival: UInt64, tenant: String) {
      self.time = time
      self.arrival = arrival
      self.tenant = tenant
    }

    static func < (left: Turn, right: Turn) -> Bool { (left.time, left.arrival) < (right.time, right.arrival) }
  }

  /// Set when an operator changes them: for leases from then on.
  var policies = TenantPolicies()
  private var accounts: [String: Account] = [:]
  /// Ascending.
  private(set) var turns: [Turn] = []
  /// The virtual time of the last turn.
  private var time = 0.0
  private var nextArrival: UInt64 = 0

  /// A tenant has something waiting.
  mutating func wait(_ tenant: String) {
    var account = accounts[tenant] ?? Account(time: time)
    guard !account.isWaiting else { return }
    account.isWaiting = true
    account.time = max(account.time, time)
    accounts[tenant] = account
    nextArrival += 1
    insert(Turn(time: account.time, arrival: nextArrival, tenant: tenant))
  }

  /// A tenant has nothing waiting any more.
  mutating func leave(_ tenant: String) {
    guard accounts[tenant]?.isWaiting ?? false else { return }
    accounts[tenant]?.isWaiting = false
    turns.removeAll { $0.tenant == tenant }
    forgetIfEven(tenant)
  }

  /// A lease that is expected to take so many seconds goes to a tenant.
  mutating func give(_ seconds: Double, to tenant: String) {
    guard let account = accounts[tenant] else { return }
    time = max(time, account.time)
    accounts[tenant]?.running += seconds
    add(seconds, to: tenant)
  }

  /// A lease has ended that was expected to take so many seconds, and took others.
  mutating func end(expected: Double, actual: Double, of tenant: String) {
    guard let account = accounts[tenant] else { return }
    // Sums of seconds that were added in another order leave a rest.
    let running = account.running - expected
    accounts[tenant]?.running = running < 1e-9 ? 0 : running
    add(actual - expected, to: tenant)
    forgetIfEven(tenant)
  }

  /// The expected seconds of a tenant's leases that are out.
  func running(of tenant: String) -> Double { accounts[tenant]?.running ?? 0 }

  private mutating func add(_ seconds: Double, to tenant: String) {
    guard let account = accounts[tenant] else { return }
    let time = max(0, account.time + seconds / policies[tenant].weight)
    accounts[tenant]?.time = time
    guard account.isWaiting, let index = turns.firstIndex(where: { $0.tenant == tenant }) else { return }
    var turn = turns.remove(at: index)
    turn.time = time
    insert(turn)
  }

  private mutating func insert(_ turn: Turn) {
    var (low, high) = (0, turns.count)
    while low < high {
      let middle = (low + high) / 2
      if turns[middle] < turn { low = middle + 1 } else { high = middle }
    }
    turns.insert(turn, at: low)
  }

  /// Who waits for nothing, runs nothing and had no more than others is as good as new.
  private mutating func forgetIfEven(_ tenant: String) {
    guard let account = accounts[tenant], !account.isWaiting, account.running == 0, account.time <= time else { return }
    accounts[tenant] = nil
  }
}
