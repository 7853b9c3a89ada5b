import Protocol
package import Simulator

extension DeviceSlot {
  /// The slots of the devices that a preference names.
  ///
  /// - Parameters:
  ///   - preference: `auto` (every device here that is fit), `cpu`, `opencl` or `opencl:P.D`.
  ///   - count: Slots of each device: how many leases it executes at a time.
  /// - Throws: ``SimulatorError`` with code `unknown_device` that lists what is accepted.
  package static func simulator(_ preference: String = "auto", count: Int = 1) throws(SimulatorError) -> [DeviceSlot] {
    let catalogue = DeviceCatalogue()
    let devices = preference == "auto" ? catalogue.devices.filter(\.supportsDouble) : try catalogue.resolve(preference)
    return devices.flatMap { Array(repeating: DeviceSlot($0, catalogue), count: max(1, count)) }
  }

  private init(_ device: DeviceDescription, _ catalogue: DeviceCatalogue) {
    let summary = DeviceSummary(
      name: device.name, description: device.product, memoryByteCount: device.memoryByteCount, supportsDouble: device.supportsDouble
    )
    self.init(device: summary) { try SimulatorItemExecutor(device: device.name, catalogue: catalogue) }
  }
}
