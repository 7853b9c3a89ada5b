internal import FoundationEssentials

/// An in-order queue of commands for one device, with one owner.
///
/// Every verb but ``finish()``, ``read(_:at:count:as:)`` and ``write(_:at:_:)`` returns as soon as the command is queued.
@safe package struct CommandQueue: ~Copyable {
  package let context: Context
  private let handle: OpaquePointer

  /// The environment variable that makes every queue wait for each command before the next one: a failure then shows where it was
  /// made, and tools that watch one thread at a time, such as Oclgrind, see commands and calls in turn.
  package static let waitVariable = "KETWORK_OPENCL_WAIT"
  private static let waitsForEachCommand = ProcessInfo.processInfo.environment[waitVariable] == "1"

  private var table: FunctionTable { context.table }

  package init(context: Context) throws(OpenCLError) {
    var status: Int32 = 0
    let handle = unsafe context.table.createCommandQueue(context.handle, context.device.handle.pointer, 0, &status)
    try check(status, "clCreateCommandQueue")
    guard let handle = unsafe handle else { throw OpenCLError(.deviceFailure, "clCreateCommandQueue returned nothing") }
    unsafe self.handle = handle
    self.context = context
  }

  deinit {
    // Commands still queued use buffers that are released after this: let them end first. Nobody is left to hear of a failure.
    _ = unsafe table.finish(handle)
    _ = unsafe table.releaseCommandQueue(handle)
  }

  /// Checks the status of a command just queued, and waits for it where that was asked for.
  private func checkQueued(_ status: Int32, _ operation: StaticString) throws(OpenCLError) {
    try check(status, operation)
    if Self.waitsForEachCommand { try finish() }
  }

  /// Queues `kernel` over `globalSize` work-items in groups of `localSize`, which divides it.
  package func enqueue(_ kernel: borrowing Kernel, globalSize: Int, localSize: Int) throws(OpenCLError) {
    precondition(globalSize > 0 && localSize > 0 && globalSize % localSize == 0, "a work-group size that does not divide the range")
    var global = globalSize
    var local = localSize
    do throws(OpenCLError) {
      try checkQueued(
        unsafe table.enqueueKernel(handle, kernel.handle, 1, nil, &global, &local, 0, nil, nil), "clEnqueueNDRangeKernel")
    } catch {
      throw OpenCLError(error.code, "\(error.message) for \(kernel.name) over \(globalSize) work-items", status: error.status)
    }
  }

  /// Reads `count` elements from element `start` on, after everything queued before.
  package func read<Element: BitwiseCopyable>(
    _ buffer: borrowing Buffer, at start: Int, count: Int, as _: Element.Type, zero: Element
  ) throws(OpenCLError) -> [Element] {
    var elements = [Element](repeating: zero, count: count)
    let offset = start * MemoryLayout<Element>.stride
    let found = unsafe elements.withUnsafeMutableBytes { unsafe status(reading: buffer, at: offset, into: $0) }
    try check(found, "clEnqueueReadBuffer")
    return elements
  }

  /// Reads bytes from `offset` on and waits for them.
  package func read(_ buffer: borrowing Buffer, at offset: Int, into bytes: UnsafeMutableRawBufferPointer) throws(OpenCLError) {
    try check(unsafe status(reading: buffer, at: offset, into: bytes), "clEnqueueReadBuffer")
  }

  /// Writes `elements` from element `start` on and waits until they have been taken.
  package func write<Element: BitwiseCopyable>(_ buffer: borrowing Buffer, at start: Int, _ elements: [Element]) throws(OpenCLError)
  {
    let offset = start * MemoryLayout<Element>.stride
    try check(unsafe elements.withUnsafeBytes { unsafe status(writing: buffer, at: offset, $0) }, "clEnqueueWriteBuffer")
  }

  /// Writes bytes from `offset` on and waits until they have been taken.
  package func write(_ buffer: borrowing Buffer, at offset: Int, _ bytes: UnsafeRawBufferPointer) throws(OpenCLError) {
    try check(unsafe status(writing: buffer, at: offset, bytes), "clEnqueueWriteBuffer")
  }

  private func status(reading buffer: borrowing Buffer, at offset: Int, into bytes: UnsafeMutableRawBufferPointer) -> Int32 {
    if unsafe bytes.isEmpty { return 0 }
    precondition(offset >= 0 && offset + bytes.count <= buffer.byteCount, "a read past a buffer's end")
    return unsafe table.enqueueRead(handle, buffer.handle, 1, offset, bytes.count, bytes.baseAddress, 0, nil, nil)
  }

  private func status(writing buffer: borrowing Buffer, at offset: Int, _ bytes: UnsafeRawBufferPointer) -> Int32 {
    if unsafe bytes.isEmpty { return 0 }
    precondition(offset >= 0 && offset + bytes.count <= buffer.byteCount, "a write past a buffer's end")
    return unsafe table.enqueueWrite(handle, buffer.handle, 1, offset, bytes.count, bytes.baseAddress, 0, nil, nil)
  }

  /// Queues a copy of `byteCount` bytes out of host memory that stays as it is until the command has run.
  func enqueueWrite(_ buffer: borrowing Buffer, at offset: Int, from bytes: UnsafeRawBufferPointer) throws(OpenCLError) {
    precondition(offset >= 0 && offset + bytes.count <= buffer.byteCount, "a write past a buffer's end")
    try checkQueued(
      unsafe table.enqueueWrite(handle, buffer.handle, 0, offset, bytes.count, bytes.baseAddress, 0, nil, nil),
      "clEnqueueWriteBuffer")
  }

  /// Queues a copy of `byteCount` bytes of one buffer, from an offset on, to another, or to bytes of the same one that are not among them.
  package func enqueueCopy(
    from source: borrowing Buffer, at sourceOffset: Int = 0, to target: borrowing Buffer, at targetOffset: Int = 0, byteCount: Int
  ) throws(OpenCLError) {
    precondition(
      sourceOffset >= 0 && targetOffset >= 0 && byteCount <= source.byteCount - sourceOffset
        && byteCount <= target.byteCount - targetOffset, "a copy past a buffer's end")
    try checkQueued(
      unsafe table.enqueueCopy(handle, source.handle, target.handle, sourceOffset, targetOffset, byteCount, 0, nil, nil),
      "clEnqueueCopyBuffer")
  }

  /// Queues the setting of all bytes to zero.
  package func enqueueZero(_ buffer: borrowing Buffer) throws(OpenCLError) {
    precondition(buffer.byteCount % 8 == 0, "buffers are cleared by 64-bit words")
    var zero: UInt64 = 0
    try checkQueued(
      unsafe table.enqueueFill(handle, buffer.handle, &zero, 8, 0, buffer.byteCount, 0, nil, nil), "clEnqueueFillBuffer")
  }

  /// Queues a marker after everything queued so far.
  package func enqueueMarker() throws(OpenCLError) -> Event {
    var event: OpaquePointer?
    try check(unsafe table.enqueueMarker(handle, 0, nil, &event), "clEnqueueMarkerWithWaitList")
    guard let event = unsafe event else { throw OpenCLError(.deviceFailure, "clEnqueueMarkerWithWaitList returned nothing") }
    return unsafe Event(owning: event, context: context)
  }

  /// Makes everything queued from now on wait for `event`, which may belong to another queue of the same context.
  package func enqueueBarrier(after event: borrowing Event) throws(OpenCLError) {
    var handle: OpaquePointer? = unsafe event.handle
    try check(unsafe table.enqueueBarrier(self.handle, 1, &handle, nil), "clEnqueueBarrierWithWaitList")
  }

  /// Hands everything queued to the device, without waiting.
  package func flush() throws(OpenCLError) {
    try check(unsafe table.flush(handle), "clFlush")
  }

  /// Waits until everything queued has run.
  package func finish() throws(OpenCLError) {
    try check(unsafe table.finish(handle), "clFinish")
  }
}
