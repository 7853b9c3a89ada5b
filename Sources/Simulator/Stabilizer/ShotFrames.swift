internal import Circuits

/// By which Pauli string each of some shots differs from a reference state: one bit a shot for X on each qubit, and one for Z.
///
/// As ``PauliFrames``, for shots that need not follow each other, and with a draw of its own for each shot.
struct ShotFrames {
  /// The numbers of the shots.
  private(set) var shots: [UInt32]
  private let qubitCount: Int
  /// A row of words for X on each qubit, then one for Z on each.
  private var rows: [UInt64]
  private let random: RandomStream
  private var site: UInt32 = 0

  /// Strings that leave |0…0⟩ as it is, each as likely as any other.
  init(_ shots: [UInt32], qubitCount: Int, _ random: RandomStream) {
    (self.shots, self.qubitCount, self.random) = (shots, qubitCount, random)
    rows = Array(repeating: 0, count: 2 * qubitCount * ((shots.count + 63) / 64))
    for first in stride(from: 0, to: qubitCount, by: 64) {
      let draws = draws()
      for qubit in first..<min(first + 64, qubitCount) { addZ(qubit, draws, UInt64(qubit - first)) }
    }
  }

  /// Words of a row: 64 shots each.
  var wordCount: Int { (shots.count + 63) / 64 }

  /// The next number of each shot.
  private mutating func draws() -> [UInt64] {
    defer { site += 1 }
    return random.draws(shots: shots, site: site)
  }

  // MARK: Steps

  mutating func apply(_ gate: CliffordStep) { PauliFrames.apply(gate, &rows, wordCount, qubitCount) }

  /// Puts errors into the strings.
  mutating func add(_ noise: PauliNoise) {
    for (shot, draw) in draws().enumerated() {
      guard let error = noise.error(draw) else { continue }
      let (word, bit) = (shot / 64, UInt64(1) << UInt64(shot % 64))
      for qubit in error.x { rows[qubit * wordCount + word] ^= bit }
      for qubit in error.z { rows[(qubitCount + qubit) * wordCount + word] ^= bit }
    }
  }

  /// The outcomes of a qubit of which the reference has one; what comes after is as random as a measurement makes it.
  mutating func measure(_ qubit: Int, reference: Bool) -> [UInt64] {
    let mask: UInt64 = reference ? ~0 : 0
    let found = rows[qubit * wordCount..<(qubit + 1) * wordCount].map { $0 ^ mask }
    addZ(qubit, draws(), 0)
    return found
  }

  /// Puts a qubit into the reference's |0⟩.
  mutating func reset(_ qubit: Int) {
    for word in 0..<wordCount { rows[qubit * wordCount + word] = 0 }
    addZ(qubit, draws(), 0)
  }

  /// Reads outcomes with errors.
  mutating func misread(_ found: inout [UInt64], _ bounds: (zero: UInt64, one: UInt64)) {
    for (shot, draw) in draws().enumerated() {
      let (word, place) = (shot / 64, UInt64(shot % 64))
      let bound = found[word] >> place & 1 == 0 ? bounds.zero : bounds.one
      found[word] = found[word] & ~(1 << place) | (draw < bound ? 1 : 0) << place
    }
  }

  /// Puts a Z on a qubit of every shot whose draw has a bit.
  private mutating func addZ(_ qubit: Int, _ draws: [UInt64], _ bit: UInt64) {
    let start = (qubitCount + qubit) * wordCount
    for (shot, draw) in draws.enumerated() { rows[start + shot / 64] ^= (draw >> bit & 1) << UInt64(shot % 64) }
  }

  // MARK: Parts

  /// Keeps the shots whose bits have a value, and returns the numbers of the others.
  mutating func keep(_ bits: [UInt64], _ value: Bool) -> [UInt32] {
    let kept = shots.indices.filter { (bits[$0 / 64] >> UInt64($0 % 64) & 1 == 1) == value }
    let others = shots.indices.filter { (bits[$0 / 64] >> UInt64($0 % 64) & 1 == 1) != value }.map { shots[$0] }
    let (oldCount, newCount) = (wordCount, (kept.count + 63) / 64)
    var packed = [UInt64](repeating: 0, count: 2 * qubitCount * newCount)
    for row in 0..<2 * qubitCount {
      for (place, shot) in kept.enumerated() {
        packed[row * newCount + place / 64] |= (rows[row * oldCount + shot / 64] >> UInt64(shot % 64) & 1) << UInt64(place % 64)
      }
    }
    (rows, shots) = (packed, kept.map { shots[$0] })
    return others
  }

  /// Of each shot whether its string anticommutes with another: the sign of that one's value.
  func anticommutes(with string: PauliString) -> [UInt64] {
    var result = [UInt64](repeating: 0, count: wordCount)
    for qubit in setBits(string.z) { for word in result.indices { result[word] ^= rows[qubit * wordCount + word] } }
    for qubit in setBits(string.x) { for word in result.indices { result[word] ^= rows[(qubitCount + qubit) * wordCount + word] } }
    return result
  }
}
