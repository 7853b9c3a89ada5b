/// A worker as the broker sees it.
public struct WorkerSummary: Hashable, Sendable {
  /// The name it gave itself.
  public var name: String
  /// Its devices.
  public var devices: [DeviceSummary]
  /// Leases it is willing to hold.
  public var slots: Int
  /// Leases it holds.
  public var leases: Int
  /// Circuits in those leases.
  public var leasedCircuits: Int
  /// Circuits it has completed since it said hello.
  public var completedCircuits: Int
  /// Circuits a second while it is busy, a moving average; 0 before the first.
  public var circuitsPerSecond: Double
  /// How long nothing was heard of it.
  public var idle: Duration
  /// Whether it takes no more leases.
  public var isDraining: Bool

  /// Makes a summary.
  public init(
    name: String, devices: [DeviceSummary], slots: Int, leases: Int, leasedCircuits: Int, completedCircuits: Int,
    circuitsPerSecond: Double, idle: Duration, isDraining: Bool
  ) {
    self.name = name
    self.devices = devices
    self.slots = slots
    self.leases = leases
    self.leasedCircuits = leasedCircuits
    self.completedCircuits = completedCircuits
    self.circuitsPerSecond = circuitsPerSecond
    self.idle = idle
    self.isDraining = isDraining
  }
}
