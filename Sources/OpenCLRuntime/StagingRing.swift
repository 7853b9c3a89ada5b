/// A stream of small tables to the device that the host does not wait for: a buffer, and host memory that its copies come from.
///
/// The two halves of the host memory are used in turn; a half is written again once the copies out of it have run, which a marker
/// at the end of each half tells. The device's side needs no such care: the queue runs in order, so a copy over an old table comes
/// after the kernels that read it. The queue must have finished before the ring goes.
@safe package struct StagingRing: ~Copyable {
  package let buffer: Buffer
  private let host: UnsafeMutableRawBufferPointer
  private var next = 0
  private var inUpperHalf = false
  private var lowerHalfCopied: Event?
  private var upperHalfCopied: Event?

  /// Makes a ring that takes tables of up to `halfByteCount` bytes.
  package init(context: Context, halfByteCount: Int) throws(OpenCLError) {
    precondition(halfByteCount > 0 && halfByteCount % Self.alignment == 0, "a ring of whole units")
    buffer = try Buffer(context: context, byteCount: 2 * halfByteCount)
    unsafe host = .allocate(byteCount: 2 * halfByteCount, alignment: Self.alignment)
  }

  deinit {
    unsafe host.deallocate()
  }

  /// Queues a copy of `elements` into the buffer.
  ///
  /// - Returns: The index of the first one, counted in elements from the buffer's start.
  package mutating func push<Element: BitwiseCopyable>(
    _ elements: [Element], on queue: borrowing CommandQueue
  ) throws(OpenCLError) -> UInt64 {
    let range = try take(elements, on: queue)
    try unsafe queue.enqueueWrite(buffer, at: range.lowerBound, from: UnsafeRawBufferPointer(rebasing: host[range]))
    return UInt64(range.lowerBound / MemoryLayout<Element>.stride)
  }

  /// Queues a copy of `elements` to the start of another buffer.
  package mutating func copy<Element: BitwiseCopyable>(
    _ elements: [Element], to target: borrowing Buffer, on queue: borrowing CommandQueue
  ) throws(OpenCLError) {
    let range = try take(elements, on: queue)
    try unsafe queue.enqueueWrite(target, at: 0, from: UnsafeRawBufferPointer(rebasing: host[range]))
  }

  /// Copies `elements` to the next free bytes of the host memory.
  private mutating func take<Element: BitwiseCopyable>(
    _ elements: [Element], on queue: borrowing CommandQueue
  ) throws(OpenCLError) -> Range<Int> {
    let byteCount = elements.count * MemoryLayout<Element>.stride
    let half = buffer.byteCount / 2
    precondition(byteCount > 0 && byteCount <= half, "a table larger than half the ring")
    if next + byteCount > (inUpperHalf ? 2 * half : half) { try turn(on: queue) }
    let start = next
    next = (start + byteCount + Self.alignment - 1) / Self.alignment * Self.alignment
    let range = unsafe UnsafeMutableRawBufferPointer(rebasing: host[start..<start + byteCount])
    unsafe elements.withUnsafeBytes { unsafe range.copyMemory(from: $0) }
    return start..<start + byteCount
  }

  /// Marks the end of the half in use and moves to the other one, as soon as it is free.
  private mutating func turn(on queue: borrowing CommandQueue) throws(OpenCLError) {
    let copied = try queue.enqueueMarker()
    try queue.flush()
    if inUpperHalf {
      upperHalfCopied = consume copied
      if let free = lowerHalfCopied.take() { try free.wait() }
    } else {
      lowerHalfCopied = consume copied
      if let free = upperHalfCopied.take() { try free.wait() }
    }
    inUpperHalf.toggle()
    next = inUpperHalf ? buffer.byteCount / 2 : 0
  }

  /// Tables start at multiples of this, the largest vector type that kernels read.
  private static let alignment = 128
}
