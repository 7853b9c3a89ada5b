/// Elements at an address that does not change, for structures of C that point to them.
///
/// `@unchecked Sendable`: what lies there is written in `init` only, and read by any thread.
@safe final class NativeArray<Element: BitwiseCopyable>: @unchecked Sendable {
  private let buffer: UnsafeMutableBufferPointer<Element>

  /// Copies elements; an empty array has an address too.
  init(_ elements: some Collection<Element>) {
    let copy = UnsafeMutableBufferPointer<Element>.allocate(capacity: max(elements.count, 1))
    _ = unsafe copy.initialize(from: elements)
    unsafe buffer = unsafe copy
  }

  deinit { unsafe buffer.deallocate() }

  /// Where the elements begin; valid as long as this object lives.
  var start: UnsafePointer<Element> { unsafe UnsafePointer(buffer.baseAddress!) }
}
