/// One OpenCL implementation: a vendor's driver, or PoCL.
package struct Platform: Sendable {
  /// Its place in the loader's list.
  package let index: Int
  package let name: String
  package let vendor: String
  /// What it says it implements: `OpenCL 3.0 …`.
  package let version: String
  let library: Library
  let handle: SharedHandle

  /// Every platform of this machine; empty where a loader is installed and no driver.
  ///
  /// - Throws: ``OpenCLError`` with code `no_opencl_library`, or what the loader reported.
  package static func all(in library: Library) throws(OpenCLError) -> [Platform] {
    var handles = unsafe [OpaquePointer?](repeating: nil, count: Limits.deviceCount)
    var count: UInt32 = 0
    let status = unsafe library.table.getPlatformIDs(UInt32(Limits.deviceCount), &handles, &count)
    if status == Status.platformNotFound { return [] }
    try check(status, "clGetPlatformIDs")
    var platforms: [Platform] = []
    for index in 0..<min(Int(count), Limits.deviceCount) {
      guard let handle = unsafe handles[index] else { continue }
      platforms.append(try unsafe Platform(index: index, library: library, handle: SharedHandle(handle)))
    }
    return platforms
  }

  private init(index: Int, library: Library, handle: SharedHandle) throws(OpenCLError) {
    func text(_ parameter: UInt32) throws(OpenCLError) -> String {
      try unsafe readText("clGetPlatformInfo") { size, value, needed in
        unsafe library.table.getPlatformInfo(handle.pointer, parameter, size, value, needed)
      }
    }
    self.index = index
    self.library = library
    self.handle = handle
    name = try text(PlatformInfo.name)
    vendor = try text(PlatformInfo.vendor)
    version = try text(PlatformInfo.version)
  }

  /// Its devices, in the driver's order.
  package func devices() throws(OpenCLError) -> [Device] {
    var handles = unsafe [OpaquePointer?](repeating: nil, count: Limits.deviceCount)
    var count: UInt32 = 0
    let status = unsafe library.table.getDeviceIDs(handle.pointer, DeviceType.all, UInt32(Limits.deviceCount), &handles, &count)
    if status == Status.deviceNotFound { return [] }
    try check(status, "clGetDeviceIDs")
    var devices: [Device] = []
    for index in 0..<min(Int(count), Limits.deviceCount) {
      guard let handle = unsafe handles[index] else { continue }
      devices.append(try unsafe Device(platform: self, index: index, handle: SharedHandle(handle)))
    }
    return devices
  }
}

/// A handle that lives as long as the process: platforms and root devices are not counted references.
@safe struct SharedHandle: @unchecked Sendable {
  // Sendable: the pointer is never written after init, and OpenCL takes these handles from any thread (OpenCL 1.2, A.2).
  let pointer: OpaquePointer
  init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }
}

/// Reads a string that the driver hands out in the usual two calls: how long, then what.
func readText(
  _ operation: StaticString, _ read: (Int, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?) -> Int32
) throws(OpenCLError) -> String {
  var byteCount = 0
  try check(unsafe read(0, nil, &byteCount), operation)
  guard byteCount > 0 else { return "" }
  guard byteCount <= Limits.infoByteCount else {
    throw OpenCLError(.deviceFailure, "\(operation) offers \(byteCount) bytes of text")
  }
  var bytes = [UInt8](repeating: 0, count: byteCount)
  let status = unsafe bytes.withUnsafeMutableBytes { unsafe read(byteCount, $0.baseAddress, nil) }
  try check(status, operation)
  return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
}
