/// A range of device memory with one owner.
@safe package struct Buffer: ~Copyable {
  package let byteCount: Int
  let handle: OpaquePointer
  private let context: Context

  /// Allocates `byteCount` bytes, uninitialized.
  ///
  /// A driver may put off the allocation to the first use, and fail then.
  ///
  /// - Throws: ``OpenCLError`` with code `out_of_device_memory` when the device does not give that much in one piece.
  package init(context: Context, byteCount: Int) throws(OpenCLError) {
    precondition(byteCount > 0, "an empty buffer")
    var status: Int32 = 0
    let handle = unsafe context.table.createBuffer(context.handle, Request.readWrite, byteCount, nil, &status)
    do throws(OpenCLError) {
      try check(status, "clCreateBuffer")
    } catch {
      throw OpenCLError(error.code, "\(error.message) for \(byteCount) bytes on \(context.device.label)", status: status)
    }
    guard let handle = unsafe handle else { throw OpenCLError(.deviceFailure, "clCreateBuffer returned nothing") }
    unsafe self.handle = handle
    self.byteCount = byteCount
    self.context = context
    context.add(bufferByteCount: byteCount)
  }

  deinit {
    _ = unsafe context.table.releaseMemObject(handle)
    context.add(bufferByteCount: -byteCount)
  }
}
