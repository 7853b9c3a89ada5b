internal import Protocol

/// Who brought the results of a lease, as far as a later comparison needs it.
struct PartWorker: Hashable, Sendable {
  var peer: PeerID
  var name: String
  var signingKey: Digest?
  var devices: [DeviceSummary]

  init(peer: PeerID, _ record: PeerRecord) {
    self.peer = peer
    name = record.name
    signingKey = record.worker?.signingKey
    devices = record.worker?.devices ?? []
  }

  /// The class of a device that a result names: results of one class are the same bit for bit, apart from rounding that another plan
  /// brings. All processors are one class; OpenCL devices are one where they are called the same.
  func deviceClass(_ name: String) -> String {
    guard name.hasPrefix("opencl") else { return name }
    return "opencl " + (devices.first { $0.name == name }?.description ?? name)
  }
}
