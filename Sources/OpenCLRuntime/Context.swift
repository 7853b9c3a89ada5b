internal import Synchronization

/// A device opened for use: the owner of everything that lives on it.
///
/// Shared by queues, programs and buffers, which keep it alive; released with the last of them.
@safe package final class Context: @unchecked Sendable {
  // Sendable: the handle is never written after init, OpenCL's context calls are thread safe (OpenCL 1.2, A.2), and the byte count
  // is guarded by its mutex.
  package let device: Device
  let handle: OpaquePointer
  private let bufferByteCount = Mutex(0)

  var table: FunctionTable { device.library.table }

  /// Opens `device`.
  ///
  /// - Throws: ``OpenCLError`` when the driver refuses.
  package init(device: Device) throws(OpenCLError) {
    var status: Int32 = 0
    var deviceHandle: OpaquePointer? = unsafe device.handle.pointer
    let handle = unsafe device.library.table.createContext(nil, 1, &deviceHandle, nil, nil, &status)
    try check(status, "clCreateContext")
    guard let handle = unsafe handle else { throw OpenCLError(.deviceFailure, "clCreateContext returned nothing") }
    unsafe self.handle = handle
    self.device = device
  }

  deinit {
    _ = unsafe table.releaseContext(handle)
  }

  /// Bytes of all buffers alive in this context.
  package var allocatedByteCount: Int { bufferByteCount.withLock { $0 } }

  func add(bufferByteCount count: Int) { bufferByteCount.withLock { $0 += count } }
}
