/// One kernel of a program, with its arguments: an object for one owner, since setting arguments is not thread safe.
@safe package struct Kernel: ~Copyable {
  package let name: String
  /// The largest work-group that this kernel runs in on its device.
  package let maximumWorkGroupSize: Int
  let handle: OpaquePointer
  private let program: Program

  /// Makes the kernel `name` of `program`.
  ///
  /// - Throws: ``OpenCLError`` with code `invalid_request` when the program has none of that name.
  package init(program: Program, name: String) throws(OpenCLError) {
    let table = program.context.table
    var status: Int32 = 0
    let handle = unsafe table.createKernel(program.handle, name, &status)
    guard status == Status.success, let handle = unsafe handle else {
      throw OpenCLError(.invalidRequest, "the program has no kernel named \(name)", status: status)
    }
    var size = 0
    let sizeStatus = unsafe table.getKernelWorkGroupInfo(
      handle, program.context.device.handle.pointer, Request.kernelWorkGroupSize, MemoryLayout<Int>.size, &size, nil)
    self.name = name
    self.program = program
    unsafe self.handle = handle
    maximumWorkGroupSize = sizeStatus == Status.success ? size : program.context.device.maximumWorkGroupSize
  }

  deinit {
    _ = unsafe program.context.table.releaseKernel(handle)
  }

  /// Sets a scalar or SIMD argument by value.
  package func set<Value: BitwiseCopyable>(_ index: Int, _ value: Value) throws(OpenCLError) {
    let status = unsafe withUnsafeBytes(of: value) { unsafe set(index, bytes: $0) }
    try check(status, "clSetKernelArg")
  }

  /// Sets a vector argument by value: as many elements as the kernel's type has.
  package func set<Element: BitwiseCopyable>(_ index: Int, vector: [Element]) throws(OpenCLError) {
    let status = unsafe vector.withUnsafeBytes { unsafe set(index, bytes: $0) }
    try check(status, "clSetKernelArg")
  }

  /// Sets a buffer argument; the buffer must outlive every launch that uses it.
  package func set(_ index: Int, _ buffer: borrowing Buffer) throws(OpenCLError) {
    var handle: OpaquePointer? = unsafe buffer.handle
    let status = unsafe withUnsafeBytes(of: &handle) { unsafe set(index, bytes: $0) }
    try check(status, "clSetKernelArg")
  }

  /// Gives a pointer argument to local memory its bytes.
  package func setLocal(_ index: Int, byteCount: Int) throws(OpenCLError) {
    try check(unsafe program.context.table.setKernelArgument(handle, UInt32(index), byteCount, nil), "clSetKernelArg")
  }

  private func set(_ index: Int, bytes: UnsafeRawBufferPointer) -> Int32 {
    unsafe program.context.table.setKernelArgument(handle, UInt32(index), bytes.count, bytes.baseAddress)
  }
}
