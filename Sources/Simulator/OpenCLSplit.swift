/// How a state lies in a device's buffers: whole in one, or in 2ᵏ that its top k qubits choose between.
///
/// A device has a largest buffer, often a quarter of its memory. Kernels are given all buffers of a state, so that an operation may mix any
/// qubit, the top ones too, in the same one sweep: see kernels/prelude.cl.
package struct OpenCLSplit: Hashable, Sendable {
  /// n.
  package let qubitCount: Int
  /// k.
  package let splitQubitCount: Int

  /// The fewest buffers of at most `largestBufferByteCount` bytes; nil where even the most that kernels take are too few.
  package init?(qubitCount: Int, precision: Precision, largestBufferByteCount: Int) {
    let byteCount = UInt128(precision.amplitudeByteCount) << UInt128(qubitCount)
    let candidates = 0...min(qubitCount, Limits.openCLSplitQubitCount)
    guard let fewest = candidates.first(where: { byteCount >> UInt128($0) <= UInt128(largestBufferByteCount) }) else { return nil }
    self.qubitCount = qubitCount
    splitQubitCount = fewest
  }

  /// The largest n whose state fits a device's memory in buffers that it gives; 0 for none.
  package static func largestQubitCount(memoryByteCount: Int, largestBufferByteCount: Int, precision: Precision) -> Int {
    (1...Limits.qubitCount).last { qubitCount in
      UInt128(precision.amplitudeByteCount) << UInt128(qubitCount) <= UInt128(memoryByteCount)
        && OpenCLSplit(qubitCount: qubitCount, precision: precision, largestBufferByteCount: largestBufferByteCount) != nil
    } ?? 0
  }

  package var bufferCount: Int { 1 << splitQubitCount }
  /// Qubits whose values lie in one buffer.
  package var bufferQubitCount: Int { qubitCount - splitQubitCount }

  /// Neighbouring amplitudes in one buffer.
  package struct Piece: Hashable, Sendable {
    package let buffer: Int
    /// Where they begin in their buffer.
    package let start: Int
    package let count: Int
    /// Where they begin in the state.
    package let firstState: Int
  }

  /// Amplitudes in order, cut where a buffer ends and after every `longest` of them.
  package func pieces(of states: Range<Int>, longest: Int) -> [Piece] {
    var pieces: [Piece] = []
    var next = states.lowerBound
    while next < states.upperBound {
      let start = next & (1 << bufferQubitCount - 1)
      let count = min(longest, 1 << bufferQubitCount - start, states.upperBound - next)
      pieces.append(Piece(buffer: next >> bufferQubitCount, start: start, count: count, firstState: next))
      next += count
    }
    return pieces
  }
}
