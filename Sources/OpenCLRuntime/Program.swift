/// Kernels compiled for one device with one set of options.
@safe package final class Program: @unchecked Sendable {
  // Sendable: the handle is never written after init, and making kernels from a built program is thread safe (OpenCL 1.2, A.2).
  package let context: Context
  /// Whether the compiled binary came from the cache.
  package let isFromCache: Bool
  let handle: OpaquePointer

  /// Builds `source`, or loads what an earlier process built of it.
  ///
  /// - Parameters:
  ///   - source: OpenCL C.
  ///   - options: For the compiler: `-D NAME=VALUE`, `-cl-…`.
  ///   - cache: Where binaries are kept, or nil to compile always. A binary that does not load is rebuilt and replaced.
  /// - Throws: ``OpenCLError`` with code `build_failure` and the build log when the source does not compile.
  package init(context: Context, source: String, options: [String], cache: ProgramCache?) throws(OpenCLError) {
    let options = options.joined(separator: " ")
    let key = ProgramCache.Key(device: context.device, source: source, options: options)
    self.context = context
    if let cache, let binary = cache.binary(for: key), let handle = unsafe Self.load(binary, options: options, in: context) {
      unsafe self.handle = handle
      isFromCache = true
    } else {
      unsafe handle = try Self.build(source, options: options, in: context)
      isFromCache = false
      // A cache that cannot be written costs the next start some seconds, and nothing else.
      if let cache, let binary = try? unsafe Self.binary(of: handle, in: context) { cache.store(binary, for: key) }
    }
  }

  deinit {
    _ = unsafe context.table.releaseProgram(handle)
  }

  private static func build(_ source: String, options: String, in context: Context) throws(OpenCLError) -> OpaquePointer {
    var status: Int32 = 0
    let handle: OpaquePointer? = unsafe source.withCString { text in
      var text: UnsafePointer<CChar>? = unsafe text
      return unsafe context.table.createProgramWithSource(context.handle, 1, &text, nil, &status)
    }
    try check(status, "clCreateProgramWithSource")
    guard let handle = unsafe handle else { throw OpenCLError(.deviceFailure, "clCreateProgramWithSource returned nothing") }
    let built = unsafe compile(handle, options: options, in: context)
    guard built == Status.success else {
      let log = unsafe buildLog(of: handle, in: context)
      _ = unsafe context.table.releaseProgram(handle)
      throw OpenCLError(
        .buildFailure, "the kernels do not compile on \(context.device.label) with '\(options)':\n\(log)", status: built)
    }
    return unsafe handle
  }

  /// Makes a program of a cached binary; nil when this driver does not take it.
  private static func load(_ binary: [UInt8], options: String, in context: Context) -> OpaquePointer? {
    var status: Int32 = 0
    var binaryStatus: Int32 = 0
    var device: OpaquePointer? = unsafe context.device.handle.pointer
    var byteCount = binary.count
    let handle: OpaquePointer? = unsafe binary.withUnsafeBufferPointer { bytes in
      var bytes: UnsafePointer<UInt8>? = bytes.baseAddress
      return unsafe context.table.createProgramWithBinary(
        context.handle, 1, &device, &byteCount, &bytes, &binaryStatus, &status)
    }
    guard let handle = unsafe handle else { return nil }
    if status == Status.success, binaryStatus == Status.success,
      unsafe compile(handle, options: options, in: context) == Status.success
    {
      return unsafe handle
    }
    _ = unsafe context.table.releaseProgram(handle)
    return nil
  }

  private static func compile(_ handle: OpaquePointer, options: String, in context: Context) -> Int32 {
    var device: OpaquePointer? = unsafe context.device.handle.pointer
    return unsafe context.table.buildProgram(handle, 1, &device, options, nil, nil)
  }

  private static func buildLog(of handle: OpaquePointer, in context: Context) -> String {
    let device = unsafe context.device.handle.pointer
    let read = { (size: Int, value: UnsafeMutableRawPointer?, needed: UnsafeMutablePointer<Int>?) in
      unsafe context.table.getProgramBuildInfo(handle, device, Request.buildLog, size, value, needed)
    }
    // The log only explains an error that is thrown anyway.
    guard let log = try? unsafe readText("clGetProgramBuildInfo", read), !log.isEmpty else {
      return "(the driver gives no build log)"
    }
    return String(log.prefix(Limits.buildLogByteCount))
  }

  private static func binary(of handle: OpaquePointer, in context: Context) throws(OpenCLError) -> [UInt8] {
    var byteCount = 0
    let table = context.table
    try check(
      unsafe table.getProgramInfo(handle, Request.programBinarySizes, MemoryLayout<Int>.size, &byteCount, nil), "clGetProgramInfo")
    guard (1...Limits.cachedBinaryByteCount).contains(byteCount) else {
      throw OpenCLError(.deviceFailure, "a program binary of \(byteCount) bytes")
    }
    var bytes = [UInt8](repeating: 0, count: byteCount)
    let status: Int32 = unsafe bytes.withUnsafeMutableBufferPointer { buffer in
      var address: UnsafeMutablePointer<UInt8>? = buffer.baseAddress
      let size = unsafe MemoryLayout<UnsafeMutablePointer<UInt8>?>.size
      return unsafe table.getProgramInfo(handle, Request.programBinaries, size, &address, nil)
    }
    try check(status, "clGetProgramInfo")
    return bytes
  }
}
