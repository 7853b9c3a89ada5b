internal import Synchronization

/// Asks a running simulation to stop; it looks between gates.
public final class StopFlag: Sendable {
  private let isSet = Atomic(false)

  /// Makes a flag that is not set.
  public init() {}

  /// Asks to stop; safe from any thread.
  public func set() { isSet.store(true, ordering: .relaxed) }

  /// Throws if a stop was asked for.
  package func check() throws(SimulatorError) {
    if isSet.load(ordering: .relaxed) { throw SimulatorError(.cancelled, "the simulation was cancelled") }
  }
}
