#if OpenCL
  internal import COpenCL
#endif
#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The functions of libOpenCL that this module calls, found by name in a library opened at run time.
///
/// This is the one file that sees OpenCL's header. The field types are written out in plain Swift, and `init(symbols:)` assigns the
/// header's own function types to them, so that the compiler compares every signature with the header.
@safe struct FunctionTable: Sendable {
  typealias Handle = OpaquePointer
  typealias Handles = UnsafeMutablePointer<OpaquePointer?>
  typealias ConstantHandles = UnsafePointer<OpaquePointer?>
  typealias Sizes = UnsafePointer<Int>
  typealias StatusOut = UnsafeMutablePointer<Int32>
  typealias Release = @convention(c) (Handle?) -> Int32
  typealias Info = @convention(c) (Handle?, UInt32, Int, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?) -> Int32
  typealias InfoOfTwo =
    @convention(c) (Handle?, Handle?, UInt32, Int, UnsafeMutableRawPointer?, UnsafeMutablePointer<Int>?) -> Int32

  let getPlatformIDs: @convention(c) (UInt32, Handles?, UnsafeMutablePointer<UInt32>?) -> Int32
  let getPlatformInfo: Info
  let getDeviceIDs: @convention(c) (Handle?, UInt64, UInt32, Handles?, UnsafeMutablePointer<UInt32>?) -> Int32
  let getDeviceInfo: Info
  let createContext:
    @convention(c) (
      Sizes?, UInt32, ConstantHandles?,
      (@convention(c) (UnsafePointer<CChar>?, UnsafeRawPointer?, Int, UnsafeMutableRawPointer?) -> Void)?, UnsafeMutableRawPointer?,
      StatusOut?
    ) -> Handle?
  let releaseContext: Release
  let createCommandQueue: @convention(c) (Handle?, Handle?, UInt64, StatusOut?) -> Handle?
  let releaseCommandQueue: Release
  let createBuffer: @convention(c) (Handle?, UInt64, Int, UnsafeMutableRawPointer?, StatusOut?) -> Handle?
  let releaseMemObject: Release
  let createProgramWithSource:
    @convention(c) (Handle?, UInt32, UnsafeMutablePointer<UnsafePointer<CChar>?>?, Sizes?, StatusOut?) -> Handle?
  let createProgramWithBinary:
    @convention(c) (
      Handle?, UInt32, ConstantHandles?, Sizes?, UnsafeMutablePointer<UnsafePointer<UInt8>?>?, StatusOut?, StatusOut?
    ) -> Handle?
  let buildProgram:
    @convention(c) (
      Handle?, UInt32, ConstantHandles?, UnsafePointer<CChar>?, (@convention(c) (Handle?, UnsafeMutableRawPointer?) -> Void)?,
      UnsafeMutableRawPointer?
    ) -> Int32
  let getProgramInfo: Info
  let getProgramBuildInfo: InfoOfTwo
  let releaseProgram: Release
  let createKernel: @convention(c) (Handle?, UnsafePointer<CChar>?, StatusOut?) -> Handle?
  let releaseKernel: Release
  let setKernelArgument: @convention(c) (Handle?, UInt32, Int, UnsafeRawPointer?) -> Int32
  let getKernelWorkGroupInfo: InfoOfTwo
  let enqueueKernel: @convention(c) (Handle?, Handle?, UInt32, Sizes?, Sizes?, Sizes?, UInt32, ConstantHandles?, Handles?) -> Int32
  let enqueueRead:
    @convention(c) (Handle?, Handle?, UInt32, Int, Int, UnsafeMutableRawPointer?, UInt32, ConstantHandles?, Handles?) -> Int32
  let enqueueWrite:
    @convention(c) (Handle?, Handle?, UInt32, Int, Int, UnsafeRawPointer?, UInt32, ConstantHandles?, Handles?) -> Int32
  let enqueueCopy: @convention(c) (Handle?, Handle?, Handle?, Int, Int, Int, UInt32, ConstantHandles?, Handles?) -> Int32
  let enqueueFill: @convention(c) (Handle?, Handle?, UnsafeRawPointer?, Int, Int, Int, UInt32, ConstantHandles?, Handles?) -> Int32
  let enqueueMarker: @convention(c) (Handle?, UInt32, ConstantHandles?, Handles?) -> Int32
  let enqueueBarrier: @convention(c) (Handle?, UInt32, ConstantHandles?, Handles?) -> Int32
  let waitForEvents: @convention(c) (UInt32, ConstantHandles?) -> Int32
  let releaseEvent: Release
  let flush: Release
  let finish: Release
}

/// A dynamic library, open for the life of the process: drivers do not survive being unloaded.
@safe struct SymbolSource {
  private let handle: UnsafeMutableRawPointer
  private let path: String

  /// Opens the first of `paths` that loads.
  ///
  /// - Throws: ``OpenCLError`` with code `no_opencl_library` and what the loader said of each.
  init(paths: [String]) throws(OpenCLError) {
    var reasons: [String] = []
    for path in paths {
      if let handle = unsafe dlopen(path, RTLD_NOW | RTLD_LOCAL) {
        unsafe self.handle = handle
        self.path = path
        return
      }
      let reason = unsafe dlerror()
      reasons.append(unsafe reason.map { unsafe String(cString: $0) } ?? path)
    }
    throw OpenCLError(
      .noLibrary,
      "no OpenCL library could be opened (\(reasons.joined(separator: "; "))); install an OpenCL loader and driver, "
        + "or set \(Library.pathVariable) to the library's path")
  }

  /// The address of `name`.
  func symbol(_ name: String) throws(OpenCLError) -> UnsafeMutableRawPointer {
    guard let address = unsafe dlsym(handle, name) else {
      throw OpenCLError(.noLibrary, "\(path) has no function \(name); OpenCL 1.2 or later is needed")
    }
    return unsafe address
  }
}

#if OpenCL
  extension FunctionTable {
    init(symbols: SymbolSource) throws(OpenCLError) {
      func find<F>(_ name: String, _: F.Type) throws(OpenCLError) -> F {
        // The type is the header's, for the function of that name.
        unsafe unsafeBitCast(try symbols.symbol(name), to: F.self)
      }
      unsafe getPlatformIDs = try find("clGetPlatformIDs", clGetPlatformIDs_fn.self)
      unsafe getPlatformInfo = try find("clGetPlatformInfo", clGetPlatformInfo_fn.self)
      unsafe getDeviceIDs = try find("clGetDeviceIDs", clGetDeviceIDs_fn.self)
      unsafe getDeviceInfo = try find("clGetDeviceInfo", clGetDeviceInfo_fn.self)
      unsafe createContext = try find("clCreateContext", clCreateContext_fn.self)
      unsafe releaseContext = try find("clReleaseContext", clReleaseContext_fn.self)
      unsafe createCommandQueue = try find("clCreateCommandQueue", clCreateCommandQueue_fn.self)
      unsafe releaseCommandQueue = try find("clReleaseCommandQueue", clReleaseCommandQueue_fn.self)
      unsafe createBuffer = try find("clCreateBuffer", clCreateBuffer_fn.self)
      unsafe releaseMemObject = try find("clReleaseMemObject", clReleaseMemObject_fn.self)
      unsafe createProgramWithSource = try find("clCreateProgramWithSource", clCreateProgramWithSource_fn.self)
      unsafe createProgramWithBinary = try find("clCreateProgramWithBinary", clCreateProgramWithBinary_fn.self)
      unsafe buildProgram = try find("clBuildProgram", clBuildProgram_fn.self)
      unsafe getProgramInfo = try find("clGetProgramInfo", clGetProgramInfo_fn.self)
      unsafe getProgramBuildInfo = try find("clGetProgramBuildInfo", clGetProgramBuildInfo_fn.self)
      unsafe releaseProgram = try find("clReleaseProgram", clReleaseProgram_fn.self)
      unsafe createKernel = try find("clCreateKernel", clCreateKernel_fn.self)
      unsafe releaseKernel = try find("clReleaseKernel", clReleaseKernel_fn.self)
      unsafe setKernelArgument = try find("clSetKernelArg", clSetKernelArg_fn.self)
      unsafe getKernelWorkGroupInfo = try find("clGetKernelWorkGroupInfo", clGetKernelWorkGroupInfo_fn.self)
      unsafe enqueueKernel = try find("clEnqueueNDRangeKernel", clEnqueueNDRangeKernel_fn.self)
      unsafe enqueueRead = try find("clEnqueueReadBuffer", clEnqueueReadBuffer_fn.self)
      unsafe enqueueWrite = try find("clEnqueueWriteBuffer", clEnqueueWriteBuffer_fn.self)
      unsafe enqueueCopy = try find("clEnqueueCopyBuffer", clEnqueueCopyBuffer_fn.self)
      unsafe enqueueFill = try find("clEnqueueFillBuffer", clEnqueueFillBuffer_fn.self)
      unsafe enqueueMarker = try find("clEnqueueMarkerWithWaitList", clEnqueueMarkerWithWaitList_fn.self)
      unsafe enqueueBarrier = try find("clEnqueueBarrierWithWaitList", clEnqueueBarrierWithWaitList_fn.self)
      unsafe waitForEvents = try find("clWaitForEvents", clWaitForEvents_fn.self)
      unsafe releaseEvent = try find("clReleaseEvent", clReleaseEvent_fn.self)
      unsafe flush = try find("clFlush", clFlush_fn.self)
      unsafe finish = try find("clFinish", clFinish_fn.self)
      Self.checkConstants()
    }

    /// Compares the constants that this module writes out with the header's.
    private static func checkConstants() {
      precondition(Status.buildProgramFailure == CL_BUILD_PROGRAM_FAILURE && Status.invalidBufferSize == CL_INVALID_BUFFER_SIZE)
      precondition(
        Status.memoryObjectAllocationFailure == CL_MEM_OBJECT_ALLOCATION_FAILURE && Status.deviceNotFound == CL_DEVICE_NOT_FOUND)
      precondition(Status.outOfResources == CL_OUT_OF_RESOURCES && Status.outOfHostMemory == CL_OUT_OF_HOST_MEMORY)
      precondition(
        Status.compileProgramFailure == CL_COMPILE_PROGRAM_FAILURE && Status.linkProgramFailure == CL_LINK_PROGRAM_FAILURE)
      precondition(Status.success == CL_SUCCESS && Status.firstInvalidRequest == CL_INVALID_VALUE)
      let pairs: [(UInt32, Int32)] = [
        (PlatformInfo.version, CL_PLATFORM_VERSION), (PlatformInfo.name, CL_PLATFORM_NAME),
        (PlatformInfo.vendor, CL_PLATFORM_VENDOR),
        (DeviceInfo.type, CL_DEVICE_TYPE), (DeviceInfo.computeUnitCount, CL_DEVICE_MAX_COMPUTE_UNITS),
        (DeviceInfo.maximumWorkGroupSize, CL_DEVICE_MAX_WORK_GROUP_SIZE),
        (DeviceInfo.maximumAllocation, CL_DEVICE_MAX_MEM_ALLOC_SIZE),
        (DeviceInfo.constantMemory, CL_DEVICE_MAX_CONSTANT_BUFFER_SIZE),
        (DeviceInfo.globalMemory, CL_DEVICE_GLOBAL_MEM_SIZE), (DeviceInfo.localMemory, CL_DEVICE_LOCAL_MEM_SIZE),
        (DeviceInfo.name, CL_DEVICE_NAME), (DeviceInfo.vendor, CL_DEVICE_VENDOR), (DeviceInfo.driverVersion, CL_DRIVER_VERSION),
        (DeviceInfo.version, CL_DEVICE_VERSION), (DeviceInfo.doubleConfiguration, CL_DEVICE_DOUBLE_FP_CONFIG),
        (Request.programBinarySizes, CL_PROGRAM_BINARY_SIZES), (Request.programBinaries, CL_PROGRAM_BINARIES),
        (Request.buildLog, CL_PROGRAM_BUILD_LOG), (Request.kernelWorkGroupSize, CL_KERNEL_WORK_GROUP_SIZE),
      ]
      for (ours, header) in pairs { precondition(ours == UInt32(bitPattern: header), "a constant differs from OpenCL's header") }
    }
  }
#else
  extension FunctionTable {
    /// A build without the `OpenCL` trait has no functions to find.
    init(symbols: SymbolSource) throws(OpenCLError) {
      throw OpenCLError(.noLibrary, "this build was made without OpenCL; build with the OpenCL trait, or use the device cpu")
    }
  }
#endif
