internal import CKernels

/// Memory of any value, aligned to 64 bytes, that is written before it is read; in huge pages where it is large.
@safe final class ScratchMemory {
  private var start: UnsafeMutableRawPointer?
  private var byteCount = 0

  init() { unsafe start = nil }

  /// At least so many bytes; nil if the system refuses. What was there before is lost.
  func memory(byteCount wanted: Int) -> UnsafeMutableRawPointer? {
    if byteCount < wanted {
      release()
      unsafe start = ck_allocate_scratch(wanted)
      byteCount = unsafe start == nil ? 0 : wanted
    }
    return unsafe start
  }

  /// The same, or an error with code `out_of_memory` that says what it was wanted for.
  func room(byteCount wanted: Int, for purpose: String) throws(SimulatorError) -> UnsafeMutableRawPointer {
    if let room = unsafe memory(byteCount: wanted) { return unsafe room }
    throw SimulatorError(.outOfMemory, "\(purpose) need \(wanted) bytes beside the state, which this host refuses")
  }

  private func release() {
    guard let start = unsafe start else { return }
    unsafe ck_release(start, byteCount)
    unsafe self.start = nil
    byteCount = 0
  }

  deinit { release() }
}
