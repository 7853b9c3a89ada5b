internal import Circuits
internal import OpenCLRuntime

/// The amplitudes of a register in device memory, in basis state order, in as many buffers as they are split into.
struct OpenCLStateBuffers: ~Copyable {
  let split: OpenCLSplit
  let precision: Precision
  private let parts: [Part]

  /// A box, since an array's elements are copyable.
  private final class Part {
    let buffer: Buffer
    init(_ buffer: consuming Buffer) { self.buffer = buffer }
  }

  /// Allocates the buffers, uninitialized.
  init(_ split: OpenCLSplit, _ precision: Precision, in context: Context) throws(OpenCLError) {
    self.split = split
    self.precision = precision
    var parts: [Part] = []
    for _ in 0..<split.bufferCount {
      parts.append(Part(try Buffer(context: context, byteCount: precision.amplitudeByteCount << split.bufferQubitCount)))
    }
    self.parts = parts
  }

  /// Hands each buffer to `body`, in order.
  func forEachBuffer(_ body: (borrowing Buffer) throws(OpenCLError) -> Void) throws(OpenCLError) {
    for part in parts { try body(part.buffer) }
  }

  /// Queues a copy of all amplitudes of a state that is split in the same way.
  func enqueueCopy(from other: borrowing OpenCLStateBuffers, on queue: borrowing CommandQueue) throws(OpenCLError) {
    precondition(other.split == split && other.precision == precision, "a copy between states that lie differently")
    for (source, target) in zip(other.parts, parts) {
      try queue.enqueueCopy(from: source.buffer, to: target.buffer, byteCount: target.buffer.byteCount)
    }
  }

  /// Queues a copy of some amplitudes of a state that may be split in another way, to where `start` says; they may be others of this state.
  func enqueueCopy(
    _ states: Range<Int>, from other: borrowing OpenCLStateBuffers, to start: Int, on queue: borrowing CommandQueue
  ) throws(OpenCLError) {
    precondition(other.precision == precision, "a copy between states of two precisions")
    let byteCount = precision.amplitudeByteCount
    for source in other.split.pieces(of: states, longest: .max) {
      let first = start + source.firstState - states.lowerBound
      for target in split.pieces(of: first..<first + source.count, longest: .max) {
        try queue.enqueueCopy(
          from: other.parts[source.buffer].buffer, at: byteCount * (source.start + target.firstState - first),
          to: parts[target.buffer].buffer, at: byteCount * target.start, byteCount: byteCount * target.count)
      }
    }
  }

  /// Overwrites all amplitudes, and waits until they have been taken.
  func write(_ amplitudes: [Complex], on queue: borrowing CommandQueue) throws(OpenCLError) {
    for piece in split.pieces(of: amplitudes.indices, longest: Limits.transferAmplitudeCount) {
      let chunk = amplitudes[piece.firstState..<piece.firstState + piece.count]
      let buffer = parts[piece.buffer]
      switch precision {
      case .single:
        try queue.write(buffer.buffer, at: 2 * piece.start, chunk.flatMap { [Float($0.real), Float($0.imaginary)] })
      case .double: try queue.write(buffer.buffer, at: 2 * piece.start, chunk.flatMap { [$0.real, $0.imaginary] })
      }
    }
  }

  /// Reads amplitudes after everything queued before.
  func read(_ states: Range<Int>, on queue: borrowing CommandQueue) throws(OpenCLError) -> [Complex] {
    var amplitudes: [Complex] = []
    amplitudes.reserveCapacity(states.count)
    for piece in split.pieces(of: states, longest: Limits.transferAmplitudeCount) {
      let (start, count, part) = (2 * piece.start, 2 * piece.count, parts[piece.buffer])
      let reals: [Double] =
        switch precision {
        case .single: try queue.read(part.buffer, at: start, count: count, as: Float.self, zero: 0).map(Double.init)
        case .double: try queue.read(part.buffer, at: start, count: count, as: Double.self, zero: 0)
        }
      for i in 0..<piece.count { amplitudes.append(Complex(reals[2 * i], reals[2 * i + 1])) }
    }
    return amplitudes
  }
}
