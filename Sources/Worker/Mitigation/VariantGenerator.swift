internal import Simulator

/// The random numbers that choose variants: those of a stream, one after the other, whatever lease asks for them.
struct VariantGenerator: RandomNumberGenerator {
  private let stream: RandomStream
  private var count: UInt64 = 0

  init(_ stream: RandomStream) { self.stream = stream }

  mutating func next() -> UInt64 {
    defer { count += 1 }
    return stream.draw(shot: UInt32(truncatingIfNeeded: count), site: UInt32(truncatingIfNeeded: count >> 32))
  }
}
