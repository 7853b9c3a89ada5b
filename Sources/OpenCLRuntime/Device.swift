internal import Synchronization

/// One OpenCL device and what it can do, read once.
package struct Device: Sendable {
  /// The index of its platform in the loader's list.
  package let platformIndex: Int
  /// Its index among its platform's devices.
  package let index: Int
  package let platformName: String
  package let platformVersion: String
  package let name: String
  package let vendor: String
  package let driverVersion: String
  /// Whether it is the host's own processor under another name.
  package let isCPU: Bool
  /// All memory of the device, in bytes.
  package let globalMemoryByteCount: Int
  /// The largest single buffer that it promises to give; some drivers give more.
  package let maximumAllocationByteCount: Int
  /// The largest buffer that kernels may read as constant memory, in bytes.
  package let constantMemoryByteCount: Int
  /// Memory that a work-group shares, in bytes.
  package let localMemoryByteCount: Int
  package let computeUnitCount: Int
  package let maximumWorkGroupSize: Int
  /// Whether it computes in 64-bit floating point.
  package let supportsDouble: Bool
  let library: Library
  let handle: SharedHandle

  /// What results and options call it: `opencl:0.0`.
  package var label: String { "opencl:\(platformIndex).\(index)" }

  /// Every device of every platform; a platform that fails to answer hides only its own devices.
  ///
  /// - Throws: ``OpenCLError`` with code `no_opencl_library`, or what the loader reported.
  package static func all() throws(OpenCLError) -> [Device] {
    try enumeration.withLock { _ throws(OpenCLError) in try enumerate() }
  }

  /// Drivers set themselves up when their devices are first asked for, and PoCL 3.1 crashes when two threads do so at once.
  private static let enumeration = Mutex<Void>(())

  private static func enumerate() throws(OpenCLError) -> [Device] {
    var devices: [Device] = []
    for platform in try Platform.all(in: try Library.shared.get()) {
      // A broken driver must not hide the others; its own platform is then as good as not installed.
      devices += (try? platform.devices()) ?? []
    }
    return devices
  }

  init(platform: Platform, index: Int, handle: SharedHandle) throws(OpenCLError) {
    let library = platform.library
    func text(_ parameter: UInt32) throws(OpenCLError) -> String {
      try unsafe readText("clGetDeviceInfo") { size, value, needed in
        unsafe library.table.getDeviceInfo(handle.pointer, parameter, size, value, needed)
      }
    }
    func number<T: FixedWidthInteger & BitwiseCopyable>(_ parameter: UInt32, as _: T.Type) throws(OpenCLError) -> T {
      var value: T = 0
      try check(unsafe library.table.getDeviceInfo(handle.pointer, parameter, MemoryLayout<T>.size, &value, nil), "clGetDeviceInfo")
      return value
    }
    platformIndex = platform.index
    (platformName, platformVersion) = (platform.name, platform.version)
    self.index = index
    self.library = library
    self.handle = handle
    name = try text(DeviceInfo.name)
    vendor = try text(DeviceInfo.vendor)
    driverVersion = try text(DeviceInfo.driverVersion) + " / " + text(DeviceInfo.version)
    isCPU = try number(DeviceInfo.type, as: UInt64.self) & DeviceType.cpu != 0
    globalMemoryByteCount = Int(clamping: try number(DeviceInfo.globalMemory, as: UInt64.self))
    maximumAllocationByteCount = Int(clamping: try number(DeviceInfo.maximumAllocation, as: UInt64.self))
    constantMemoryByteCount = Int(clamping: try number(DeviceInfo.constantMemory, as: UInt64.self))
    localMemoryByteCount = Int(clamping: try number(DeviceInfo.localMemory, as: UInt64.self))
    computeUnitCount = Int(try number(DeviceInfo.computeUnitCount, as: UInt32.self))
    maximumWorkGroupSize = try number(DeviceInfo.maximumWorkGroupSize, as: Int.self)
    // OpenCL 1.1 devices without cl_khr_fp64 may not know the question; then the answer is no.
    supportsDouble = ((try? number(DeviceInfo.doubleConfiguration, as: UInt64.self)) ?? 0) != 0
  }
}
