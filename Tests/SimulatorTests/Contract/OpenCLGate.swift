import Foundation
import Synchronization
import Testing

@testable import OpenCLRuntime

/// An event that holds a queue until it is opened.
@safe final class OpenCLGate: @unchecked Sendable {
  // Sendable: the event is never written after init, and events are set from any thread (OpenCL 1.2, A.2).
  let event: Event
  private let setStatus: @convention(c) (OpaquePointer?, Int32) -> Int32
  private let isOpen = Mutex(false)

  init(_ context: Context) throws {
    typealias Create = @convention(c) (OpaquePointer?, UnsafeMutablePointer<Int32>?) -> OpaquePointer?
    let symbols = try SymbolSource(paths: ["libOpenCL.so.1"])
    let create = unsafe unsafeBitCast(try symbols.symbol("clCreateUserEvent"), to: Create.self)
    unsafe setStatus = unsafe unsafeBitCast(
      try symbols.symbol("clSetUserEventStatus"), to: (@convention(c) (OpaquePointer?, Int32) -> Int32).self)
    var status: Int32 = 0
    let handle = unsafe create(context.handle, &status)
    unsafe event = Event(owning: try #require(unsafe handle), context: context)
  }

  /// Lets everything behind it run; false if that was done before.
  func open() -> Bool {
    isOpen.withLock { isOpen in
      if isOpen { return false }
      isOpen = true
      return unsafe setStatus(event.handle, Status.success) == Status.success
    }
  }

  /// Whether a body returns while this gate, behind which it queues its work, is closed. The gate is open afterwards.
  func isPassed(by body: () throws -> Void) rethrows -> Bool {
    // A body that waited would wait for ever: somebody opens the gate in the end.
    let isQueued = DispatchSemaphore(value: 0)
    Thread {
      _ = isQueued.wait(timeout: .now() + .seconds(60))
      _ = self.open()
    }.start()
    defer { isQueued.signal() }
    try body()
    return open()
  }
}
