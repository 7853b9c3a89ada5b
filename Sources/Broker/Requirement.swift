package import Protocol

/// What an item needs of a worker; items with equal needs can share a lease.
package struct Requirement: Hashable, Sendable {
  /// A state of this many qubits is 1 MiB: it fits everywhere, so smaller ones are not told apart.
  static let anywhereQubitCount = 16

  package var device: String
  package var method: String
  package var needsDouble: Bool
  /// Qubits where their state's memory matters, else 0.
  package var qubitCount: Int

  package init(_ item: Item) {
    device = item.settings.device
    method = item.settings.method
    needsDouble = item.settings.precision == .double
    let stored = item.settings.method == "density-matrix" ? 2 * item.qubitCount : item.qubitCount
    qubitCount = item.settings.method == "stabilizer" || stored <= Requirement.anywhereQubitCount ? 0 : stored
  }

  package init(device: String, method: String, needsDouble: Bool, qubitCount: Int) {
    self.device = device
    self.method = method
    self.needsDouble = needsDouble
    self.qubitCount = qubitCount
  }

  /// Whether a worker has such a device and method.
  ///
  /// - Parameter ignoringMemory: Whether any memory will do.
  package func isMet(by worker: WorkerRecord, ignoringMemory: Bool) -> Bool {
    guard method.isEmpty || method == "auto" || worker.methods.isEmpty || worker.methods.contains(method) else { return false }
    let precision: ExecutionSettings.Precision = needsDouble ? .double : .single
    return worker.devices.contains { candidate in
      guard candidate.matches(device) else { return false }
      return ignoringMemory || candidate.holds(qubitCount: qubitCount, precision: precision)
    }
  }
}
