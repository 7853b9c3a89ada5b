import OpenCLRuntime
import TestSupport
import Testing

/// The first OpenCL device of this machine, and why there is none otherwise.
let firstDevice: Device? = {
  // A machine without OpenCL runs the tests that need none; the others say that they were skipped.
  try? Device.all().first
}()

let noDevice: Comment = "no OpenCL device on this machine"

let doubling = "kernel void twice(global int *values) { values[get_global_id(0)] *= FACTOR; }"

@Test("a library that is not there is an error that says how to get one")
func missingLibrary() {
  let error = #expect(throws: OpenCLError.self) { try Library(paths: ["/nonexistent/libOpenCL.so.1"]) }
  #expect(error?.code == .noLibrary)
  #expect(error?.message.contains(Library.pathVariable) == true)
}

@Test(
  "a library without OpenCL's functions is refused by the name of the first one missing", .enabled(if: firstDevice != nil, noDevice)
)
func foreignLibrary() {
  let error = #expect(throws: OpenCLError.self) { try Library(paths: ["libm.so.6"]) }
  #expect(error?.code == .noLibrary)
  #expect(error?.message.contains("clGetPlatformIDs") == true)
}

@Suite("a device", .enabled(if: firstDevice != nil, noDevice))
struct DeviceTests {
  let device: Device
  let context: Context

  init() throws {
    device = try #require(firstDevice)
    context = try Context(device: device)
  }

  @Test("describes itself")
  func description() {
    #expect(device.label == "opencl:\(device.platformIndex).\(device.index)")
    #expect(!device.name.isEmpty)
    #expect(device.globalMemoryByteCount >= device.maximumAllocationByteCount)
    #expect(device.maximumAllocationByteCount > 0 && device.computeUnitCount > 0 && device.maximumWorkGroupSize > 0)
  }

  @Test("runs a kernel on what was written, in order")
  func runs() throws {
    let program = try Program(context: context, source: doubling, options: ["-D FACTOR=3"], cache: nil)
    let queue = try CommandQueue(context: context)
    let kernel = try Kernel(program: program, name: "twice")
    let buffer = try Buffer(context: context, byteCount: 16)
    try queue.write(buffer, at: 0, [1, 2, 3, 4] as [Int32])
    try kernel.set(0, buffer)
    try queue.enqueue(kernel, globalSize: 4, localSize: 2)
    try queue.enqueue(kernel, globalSize: 4, localSize: 2)
    #expect(try queue.read(buffer, at: 0, count: 4, as: Int32.self, zero: 0) == [9, 18, 27, 36])
  }

  @Test("gives a buffer's bytes back when it goes")
  func accounting() throws {
    do {
      let buffer = try Buffer(context: context, byteCount: 4096)
      #expect(context.allocatedByteCount == buffer.byteCount)
    }
    #expect(context.allocatedByteCount == 0)
  }

  @Test("carries more tables than the staging ring holds")
  func ring() throws {
    let queue = try CommandQueue(context: context)
    var ring = try StagingRing(context: context, halfByteCount: 1024)
    for round in 0..<200 {
      let table = (0..<100).map { Int32($0 + round) }
      let first = Int(try ring.push(table, on: queue))
      #expect(try queue.read(ring.buffer, at: first, count: 100, as: Int32.self, zero: 0) == table)
    }
    try queue.finish()
  }

  @Test("shows the build log of a program that does not compile")
  func buildLog() throws {
    let error = #expect(throws: OpenCLError.self) {
      try Program(
        context: context, source: "kernel void broken(global int *p) { p[0] = undeclared_name; }", options: [], cache: nil)
    }
    #expect(error?.code == .buildFailure)
    #expect(error?.message.contains("undeclared_name") == true)
  }

  @Test("refuses a kernel that the program does not have, by its name")
  func unknownKernel() throws {
    let program = try Program(context: context, source: doubling, options: ["-D FACTOR=2"], cache: nil)
    let error = #expect(throws: OpenCLError.self) { _ = try Kernel(program: program, name: "thrice") }
    #expect(error?.message.contains("thrice") == true)
  }

  @Test("refuses a buffer far above its memory")
  func outOfMemory() throws {
    let error = #expect(throws: OpenCLError.self) { _ = try Buffer(context: context, byteCount: 1 << 50) }
    #expect(error?.code == .outOfMemory)
  }
}
