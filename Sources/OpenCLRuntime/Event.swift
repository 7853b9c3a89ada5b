/// A point in a command queue that the host can wait for.
@safe package struct Event: ~Copyable {
  let handle: OpaquePointer
  private let context: Context

  init(owning handle: OpaquePointer, context: Context) {
    unsafe self.handle = handle
    self.context = context
  }

  deinit {
    _ = unsafe context.table.releaseEvent(handle)
  }

  /// Waits until everything enqueued before the event has run.
  ///
  /// - Throws: ``OpenCLError`` when a command before it failed.
  package func wait() throws(OpenCLError) {
    var handle: OpaquePointer? = unsafe handle
    try check(unsafe context.table.waitForEvents(1, &handle), "clWaitForEvents")
  }
}
