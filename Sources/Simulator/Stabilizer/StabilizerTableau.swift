internal import Circuits

/// A stabilizer state C|0…0⟩ as what the Clifford circuit C makes of Pauli strings: P ↦ C†PC, a row for X and one for Z of each qubit.
///
/// This is the inverse tableau: a measurement of Z whose row has no X finds the row's sign, at the cost of reading it. A gate that is appended
/// changes the rows of its own qubits alone. Only a measurement that has to collapse the state goes over all rows.
///
/// Memory: 2n rows of 2n bits, n²/2 bytes; 8 MiB on ``Limits/stabilizerQubitCount`` qubits.
///
/// Source: Aaronson and Gottesman, arXiv:quant-ph/0406196 (2004); Gidney, arXiv:2103.02202 (2021), for the inverse.
@safe struct StabilizerTableau {
  let qubitCount: Int
  /// Words of one row's X, and as many of its Z.
  private let wordCount: Int
  /// Row after row, its X before its Z; X of qubit q is row 2q, Z is row 2q + 1.
  private var words: [UInt64]
  /// The power of i in front of each row, X^x to the left of Z^z.
  private var phases: [UInt8]

  /// Makes |0…0⟩.
  init(qubitCount: Int) {
    precondition((0...Limits.stabilizerQubitCount).contains(qubitCount), "\(qubitCount) qubits in a tableau")
    (self.qubitCount, wordCount) = (qubitCount, (qubitCount + 63) / 64)
    words = Array(repeating: 0, count: 4 * qubitCount * wordCount)
    phases = Array(repeating: 0, count: 2 * qubitCount)
    for qubit in 0..<qubitCount {
      let (word, bit) = (qubit / 64, UInt64(1) << UInt64(qubit % 64))
      words[2 * qubit * 2 * wordCount + word] = bit
      words[(2 * qubit + 1) * 2 * wordCount + wordCount + word] = bit
    }
  }

  /// Applies a gate: the row of P becomes that of G†PG.
  mutating func apply(_ step: CliffordStep) {
    let (a, b) = (step.first, step.second)
    switch step.kind {
    case .h: exchange(x(a), z(a))
    // S†XS = −Y = −iXZ.
    case .s: multiply(x(a), by: z(a), quarterTurns: 3)
    case .x: phases[z(a)] = (phases[z(a)] + 2) & 3
    case .z: phases[x(a)] = (phases[x(a)] + 2) & 3
    case .cx:
      multiply(x(a), by: x(b))
      multiply(z(b), by: z(a))
    case .cz:
      multiply(x(a), by: z(b))
      multiply(x(b), by: z(a))
    case .swap:
      exchange(x(a), x(b))
      exchange(z(a), z(b))
    }
  }

  /// What a measurement of a qubit would find; nil where either outcome is as likely as the other.
  func outcome(of qubit: Int) -> Bool? { firstX(of: z(qubit)) == nil ? phases[z(qubit)] == 2 : nil }

  /// Collapses a qubit whose outcome is not decided.
  ///
  /// With M the row of Z and p a qubit where it has an X, the state (1 ± M)/√2·|0…0⟩ is V|0…0⟩ with V = (1 ± M·Zₚ)/√2, which is unitary because
  /// M and Zₚ anticommute. V is prepended to the circuit: V†PV is P·(±M·Zₚ) for the rows that anticommute with M·Zₚ, and P for all others.
  mutating func collapse(_ qubit: Int, to outcome: Bool) {
    guard let pivot = firstX(of: z(qubit)) else { preconditionFailure("a collapse of qubit \(qubit), whose outcome is decided") }
    let start = z(qubit) * 2 * wordCount
    var turn = Array(words[start..<start + 2 * wordCount])
    turn[wordCount + pivot / 64] ^= 1 << UInt64(pivot % 64)
    let phase = (phases[z(qubit)] + (outcome ? 2 : 0)) & 3
    let (wordCount, rowCount) = (wordCount, phases.count)
    let places = (0..<wordCount).filter { turn[$0] | turn[wordCount + $0] != 0 }
    unsafe turn.withUnsafeBufferPointer { turn in
      unsafe words.withUnsafeMutableBufferPointer { words in
        guard let turn = turn.baseAddress, let words = words.baseAddress else { return }
        for row in 0..<rowCount {
          let place = unsafe words + row * 2 * wordCount
          guard unsafe Self.anticommute(place, turn, wordCount, at: places) else { continue }
          let extra = unsafe Self.multiply(place, by: turn, wordCount)
          phases[row] = (phases[row] + phase + extra) & 3
        }
      }
    }
  }

  /// The expectation value of a Pauli string: −1, 0 or 1.
  func expectation(x: UInt64, z: UInt64) -> Int {
    var product = [UInt64](repeating: 0, count: 2 * wordCount)
    // Y = iXZ.
    var phase = UInt8((x & z).nonzeroBitCount & 3)
    for qubit in setBits(x) { multiply(&product, &phase, by: self.x(qubit)) }
    for qubit in setBits(z) { multiply(&product, &phase, by: self.z(qubit)) }
    if product[..<wordCount].contains(where: { $0 != 0 }) { return 0 }
    return phase == 0 ? 1 : -1
  }

  // MARK: Rows

  private func x(_ qubit: Int) -> Int { 2 * qubit }
  private func z(_ qubit: Int) -> Int { 2 * qubit + 1 }

  /// The first qubit on which a row has X or Y.
  private func firstX(of row: Int) -> Int? {
    let start = row * 2 * wordCount
    for word in 0..<wordCount where words[start + word] != 0 { return 64 * word + words[start + word].trailingZeroBitCount }
    return nil
  }

  private mutating func exchange(_ a: Int, _ b: Int) {
    phases.swapAt(a, b)
    let (a, b, count) = (a * 2 * wordCount, b * 2 * wordCount, 2 * wordCount)
    unsafe words.withUnsafeMutableBufferPointer { words in
      guard let words = words.baseAddress else { return }
      for word in 0..<count {
        let kept = unsafe words[a + word]
        unsafe words[a + word] = words[b + word]
        unsafe words[b + word] = kept
      }
    }
  }

  private mutating func multiply(_ a: Int, by b: Int, quarterTurns: UInt8 = 0) {
    let wordCount = wordCount
    let extra = unsafe words.withUnsafeMutableBufferPointer { words in
      guard let words = words.baseAddress else { return UInt8(0) }
      return unsafe Self.multiply(words + a * 2 * wordCount, by: words + b * 2 * wordCount, wordCount)
    }
    phases[a] = (phases[a] + phases[b] + extra + quarterTurns) & 3
  }

  private func multiply(_ product: inout [UInt64], _ phase: inout UInt8, by row: Int) {
    let extra = unsafe product.withUnsafeMutableBufferPointer { product in
      unsafe words.withUnsafeBufferPointer { words in
        guard let product = product.baseAddress, let words = words.baseAddress else { return UInt8(0) }
        return unsafe Self.multiply(product, by: words + row * 2 * wordCount, wordCount)
      }
    }
    phase = (phase + phases[row] + extra) & 3
  }

  /// a ← a·b, and the quarter turns that come of moving b's X past a's Z.
  private static func multiply(_ a: UnsafeMutablePointer<UInt64>, by b: UnsafePointer<UInt64>, _ wordCount: Int) -> UInt8 {
    var passed: UInt64 = 0
    for word in 0..<wordCount {
      unsafe passed ^= a[wordCount + word] & b[word]
      unsafe a[word] ^= b[word]
      unsafe a[wordCount + word] ^= b[wordCount + word]
    }
    return UInt8(2 * (passed.nonzeroBitCount & 1))
  }

  private static func anticommute(
    _ a: UnsafePointer<UInt64>, _ b: UnsafePointer<UInt64>, _ wordCount: Int, at places: [Int]
  ) -> Bool {
    var odd: UInt64 = 0
    for word in places { unsafe odd ^= a[word] & b[wordCount + word] ^ a[wordCount + word] & b[word] }
    return odd.nonzeroBitCount & 1 == 1
  }
}
