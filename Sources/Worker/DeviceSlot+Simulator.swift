import Protocol
import Simulator

extension DeviceSlot {
  /// The slots of the devices that a preference names.
  ///
  /// - Parameters:
  ///   - preference: `auto` or `cpu`.
  ///   - count: Slots of each device: how many leases it executes at a time.
  /// - Throws: ``WorkerError`` with code `no_device` when nothing here is meant.
  package static func simulator(_ preference: String = "auto", count: Int = 1) throws(WorkerError) -> [DeviceSlot] {
    let devices = [DeviceSlot.cpu].filter { $0.device.matches(preference) }
    guard !devices.isEmpty else { throw WorkerError(.noDevice, "no device \(preference) here; auto and cpu are accepted") }
    return devices.flatMap { Array(repeating: $0, count: max(1, count)) }
  }

  private static var cpu: DeviceSlot {
    let device = DeviceSummary(name: "cpu", description: "this machine's cores", memoryByteCount: HostMemory.availableByteCount)
    return DeviceSlot(device: device) { try SimulatorItemExecutor(device: "cpu") }
  }
}
