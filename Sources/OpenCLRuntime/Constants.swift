// The few constants of OpenCL 1.2 that this module uses, by the specification's values, so that a build without the OpenCL
// headers compiles too. Where the headers are there, `FunctionTable` asserts that each of these is what the header says.

/// Return values of OpenCL functions.
enum Status {
  static let success: Int32 = 0
  static let deviceNotFound: Int32 = -1
  static let memoryObjectAllocationFailure: Int32 = -4
  static let outOfResources: Int32 = -5
  static let outOfHostMemory: Int32 = -6
  static let buildProgramFailure: Int32 = -11
  static let compileProgramFailure: Int32 = -15
  static let linkProgramFailure: Int32 = -17
  /// The first of the statuses that say that an argument was not valid.
  static let firstInvalidRequest: Int32 = -30
  static let invalidBufferSize: Int32 = -61
  /// What an installable-client-driver loader says when no platform is installed (cl_khr_icd).
  static let platformNotFound: Int32 = -1001
}

/// Parameter names for `clGetPlatformInfo`.
enum PlatformInfo {
  static let version: UInt32 = 0x0901
  static let name: UInt32 = 0x0902
  static let vendor: UInt32 = 0x0903
}

/// Parameter names for `clGetDeviceInfo`.
enum DeviceInfo {
  static let type: UInt32 = 0x1000
  static let computeUnitCount: UInt32 = 0x1002
  static let maximumWorkGroupSize: UInt32 = 0x1004
  static let maximumAllocation: UInt32 = 0x1010
  static let constantMemory: UInt32 = 0x1020
  static let globalMemory: UInt32 = 0x101F
  static let localMemory: UInt32 = 0x1023
  static let name: UInt32 = 0x102B
  static let vendor: UInt32 = 0x102C
  static let driverVersion: UInt32 = 0x102D
  static let version: UInt32 = 0x102F
  static let doubleConfiguration: UInt32 = 0x1032
}

/// Bits of a device's type.
enum DeviceType {
  static let cpu: UInt64 = 1 << 1
  static let all: UInt64 = 0xFFFF_FFFF
}

/// Parameter names for programs and kernels, and flags of buffers.
enum Request {
  static let programBinarySizes: UInt32 = 0x1165
  static let programBinaries: UInt32 = 0x1166
  static let buildLog: UInt32 = 0x1183
  static let kernelWorkGroupSize: UInt32 = 0x11B0
  static let readWrite: UInt64 = 1 << 0
}
