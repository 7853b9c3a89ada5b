import TestSupport

extension SplitMix {
  /// Random bytes that repeat with the seed.
  mutating func bytes(_ count: Int) -> [UInt8] { (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) } }

  /// The bytes with some flipped, cut, repeated or put in.
  mutating func mutated(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &self) {
      guard !bytes.isEmpty else { return self.bytes(3) }
      let place = Int.random(in: 0..<bytes.count, using: &self)
      switch Int.random(in: 0..<5, using: &self) {
      case 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &self)
      case 1: bytes[place] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &self)!
      case 2: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...4, using: &self)))
      case 3: bytes.insert(contentsOf: self.bytes(Int.random(in: 1...4, using: &self)), at: place)
      default: bytes.insert(contentsOf: bytes[place..<min(bytes.count, place + 8)], at: place)
      }
    }
    return bytes
  }
}
