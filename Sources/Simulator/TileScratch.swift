internal import CKernels

/// Memory in which tiles are brought together; kept as long as the state, because passes follow each other closely.
@safe final class TileScratch {
  private var start: UnsafeMutableRawPointer?
  private var byteCount = 0

  init() { unsafe start = nil }

  /// At least so many bytes, aligned to 64; nil if the system refuses. What was there before is lost.
  func memory(byteCount wanted: Int) -> UnsafeMutableRawPointer? {
    if byteCount < wanted {
      release()
      unsafe start = ck_allocate_scratch(wanted)
      byteCount = unsafe start == nil ? 0 : wanted
    }
    return unsafe start
  }

  private func release() {
    guard let start = unsafe start else { return }
    unsafe ck_release(start, byteCount)
    unsafe self.start = nil
    byteCount = 0
  }

  deinit { release() }
}
