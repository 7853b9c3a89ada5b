internal import Circuits

/// Pauli strings followed from the end of a Clifford circuit to its start: one bit a string for X on each qubit, one for Z, and one for its sign.
///
/// A string P is G†PG before a gate. Outcomes that nobody looks at average it: before a measurement of a qubit it is nothing where it has X or Y
/// there, and before a reset it is without the Z. On |0…0⟩ it is its sign, or nothing if any X is left. So the values are those of the mean over
/// all histories, exactly, however many there are.
@safe struct BackwardStrings {
  private let wordCount: Int
  private var x: [UInt64]
  private var z: [UInt64]
  private var isNegative: [UInt64]
  private var isZero: [UInt64]
  /// What noise leaves of each string: 1 − 2p for errors of probability p that anticommute with it.
  private var factors: [Double]

  /// The expectation value of each string after a program: −1, 0 or 1 without noise.
  ///
  /// - Complexity: O(steps · strings / 64).
  static func values(_ program: StabilizerProgram, _ strings: [PauliString], stop: StopFlag) throws(SimulatorError) -> [Double] {
    var backward = BackwardStrings(strings, qubitCount: program.qubitCount)
    for (index, step) in program.steps.reversed().enumerated() {
      if index % Limits.stabilizerStopInterval == 0 { try stop.check() }
      switch step {
      case .gate(let gate): backward.undo(gate)
      // The measurements that end a circuit do not disturb what is asked of the state before them.
      case .measure(_, _, true): continue
      case .measure(let qubit, _, false): backward.dephase(qubit)
      case .noise(let noise): backward.damp(noise)
      case .reset(let qubit):
        backward.dephase(qubit)
        for word in 0..<backward.wordCount { backward.z[qubit * backward.wordCount + word] = 0 }
      }
    }
    for qubit in 0..<program.qubitCount { backward.dephase(qubit) }
    return strings.indices.map { backward.value($0) }
  }

  private init(_ strings: [PauliString], qubitCount: Int) {
    wordCount = (strings.count + 63) / 64
    (x, z) = (Array(repeating: 0, count: qubitCount * wordCount), Array(repeating: 0, count: qubitCount * wordCount))
    factors = Array(repeating: 1, count: strings.count)
    (isNegative, isZero) = (Array(repeating: 0, count: wordCount), Array(repeating: 0, count: wordCount))
    for (index, string) in strings.enumerated() {
      let (word, bit) = (index / 64, UInt64(1) << UInt64(index % 64))
      for qubit in setBits(string.x) { x[qubit * wordCount + word] |= bit }
      for qubit in setBits(string.z) { z[qubit * wordCount + word] |= bit }
    }
  }

  private func value(_ string: Int) -> Double {
    if isZero[string / 64] >> UInt64(string % 64) & 1 == 1 { return 0 }
    return isNegative[string / 64] >> UInt64(string % 64) & 1 == 1 ? -factors[string] : factors[string]
  }

  private mutating func damp(_ noise: PauliNoise) {
    for word in 0..<wordCount {
      var lost = [Double](repeating: 0, count: 64)
      for error in noise.errors {
        var anticommutes: UInt64 = 0
        for qubit in error.x { anticommutes ^= z[qubit * wordCount + word] }
        for qubit in error.z { anticommutes ^= x[qubit * wordCount + word] }
        for bit in setBits(anticommutes) { lost[bit] += 2 * error.probability }
      }
      for string in 64 * word..<min(64 * word + 64, factors.count) { factors[string] *= 1 - lost[string % 64] }
    }
  }

  private mutating func dephase(_ qubit: Int) {
    for word in 0..<wordCount { isZero[word] |= x[qubit * wordCount + word] }
  }

  /// P becomes G†PG; all gates but S undo themselves.
  private mutating func undo(_ gate: CliffordStep) {
    for word in 0..<wordCount {
      let (a, b) = (gate.first * wordCount + word, gate.second * wordCount + word)
      switch gate.kind {
      case .h:
        // Y becomes −Y.
        isNegative[word] ^= x[a] & z[a]
        (x[a], z[a]) = (z[a], x[a])
      case .s:
        // X becomes −Y, Y becomes X.
        isNegative[word] ^= x[a] & ~z[a]
        z[a] ^= x[a]
      case .x: isNegative[word] ^= z[a]
      case .z: isNegative[word] ^= x[a]
      case .cx:
        // XZ becomes −YY, and YY becomes −XZ.
        isNegative[word] ^= x[a] & z[b] & ~(x[b] ^ z[a])
        (x[b], z[a]) = (x[b] ^ x[a], z[a] ^ z[b])
      case .cz:
        // XY becomes −YX, and YX becomes −XY.
        isNegative[word] ^= x[a] & x[b] & (z[a] ^ z[b])
        (z[a], z[b]) = (z[a] ^ x[b], z[b] ^ x[a])
      case .swap:
        x.swapAt(a, b)
        z.swapAt(a, b)
      }
    }
  }
}
