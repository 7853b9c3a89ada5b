internal import FoundationEssentials
internal import OpenCLRuntime

/// A device as it is shown to people, and told to a broker.
public struct DeviceDescription: Hashable, Sendable {
  /// What options and results call it: `cpu`, `opencl:0.0`.
  public var name: String
  /// What its maker calls it.
  public var product: String
  /// Who made it; may be empty.
  public var vendor: String
  /// The OpenCL platform that offers it; empty for the CPU.
  public var platform: String
  /// The driver's version, or the instruction set in use.
  public var driver: String
  /// Whether it is this machine's own processor, by whatever road.
  public var isProcessor: Bool
  /// Memory that states may use, in bytes.
  public var memoryByteCount: UInt64
  /// The largest single buffer that it promises to give, in bytes; larger states are split.
  public var maximumAllocationByteCount: UInt64
  /// Cores, or an accelerator's compute units.
  public var computeUnitCount: Int
  /// Whether it computes in 64-bit floating point, without which it is listed and not used.
  public var supportsDouble: Bool
  /// The largest n whose state fits, in single precision; 0 where it cannot be used.
  public var largestSingleQubitCount: Int
  /// The largest n whose state fits, in double precision; 0 where it cannot be used.
  public var largestDoubleQubitCount: Int
}

extension DeviceDescription {
  /// This machine's cores and memory.
  static func cpu() -> DeviceDescription {
    let available = HostMemory.availableByteCount
    return DeviceDescription(
      name: "cpu", product: "this machine's cores", vendor: "", platform: "",
      driver: ((try? CPUKernels.preferred.get()) ?? CPUKernels.available[0]).name + " kernels", isProcessor: true,
      memoryByteCount: available, maximumAllocationByteCount: available,
      computeUnitCount: ProcessInfo.processInfo.activeProcessorCount,
      supportsDouble: true, largestSingleQubitCount: HostMemory.largestQubitCount(precision: .single),
      largestDoubleQubitCount: HostMemory.largestQubitCount(precision: .double))
  }

  init(_ device: Device) {
    func largest(_ precision: Precision) -> Int {
      guard device.supportsDouble else { return 0 }
      return OpenCLSplit.largestQubitCount(
        memoryByteCount: device.globalMemoryByteCount, largestBufferByteCount: device.maximumAllocationByteCount,
        precision: precision)
    }
    self.init(
      name: device.label, product: device.name, vendor: device.vendor, platform: device.platformName, driver: device.driverVersion,
      isProcessor: device.isCPU, memoryByteCount: UInt64(device.globalMemoryByteCount),
      maximumAllocationByteCount: UInt64(device.maximumAllocationByteCount), computeUnitCount: device.computeUnitCount,
      supportsDouble: device.supportsDouble, largestSingleQubitCount: largest(.single), largestDoubleQubitCount: largest(.double))
  }
}
