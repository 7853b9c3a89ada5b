package import Protocol

/// A place where one lease at a time is executed: a device, and how to begin using it.
package struct DeviceSlot: Sendable {
  /// The device, as the broker is told.
  package var device: DeviceSummary
  /// Builds kernels, runs a self-test and makes the executor; called once, on the slot's thread, before the worker says that it is
  /// ready.
  package var makeExecutor: @Sendable () throws -> any ItemExecutor

  package init(device: DeviceSummary, makeExecutor: @escaping @Sendable () throws -> any ItemExecutor) {
    self.device = device
    self.makeExecutor = makeExecutor
  }
}
