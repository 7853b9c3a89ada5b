package import Protocol

/// What the broker knows of a worker, as long as its connection lasts.
package struct WorkerRecord: Sendable {
  package var devices: [DeviceSummary]
  package var methods: [String]
  /// The fingerprint of the key with which it says that it signs; `nil` if it signs nothing.
  package var signingKey: Digest?
  /// Leases it is willing to hold.
  package var slots = 0
  /// Leases it holds.
  package var leases: Set<Fence> = []
  package var isDraining = false
  package var completedCircuits = 0
  /// A moving average while busy.
  package var circuitsPerSecond = 0.0
  /// Templates sent over this connection.
  var sentTemplates: Set<Digest> = []

  package init(devices: [DeviceSummary], methods: [String]) {
    self.devices = devices
    self.methods = methods
  }
}
