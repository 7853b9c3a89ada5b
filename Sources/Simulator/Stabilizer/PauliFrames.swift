/// By which Pauli string each of many shots differs from a reference sample: one bit a shot for X on each qubit, and one for Z.
///
/// A Clifford gate maps the string of a shot to another, whatever the state is. A measurement differs from the reference's where the string
/// has an X. Strings that leave the state as it is may be put in at random: Z on |0⟩ at the start and after a reset, and on a qubit that
/// was measured. Those make outcomes random, with the correlations that they have.
///
/// 64 shots are a block, and share one draw for each such Z: blocks may be run in any order and any number at a time.
///
/// Source: Gidney, arXiv:2103.02202 (2021).
@safe struct PauliFrames {
  private let program: StabilizerProgram
  private let reference: ReferenceSample
  private let random: RandomStream
  private let kernels = CPUKernels.preferredOrBest

  init(_ program: StabilizerProgram, _ reference: ReferenceSample, _ random: RandomStream) {
    (self.program, self.reference, self.random) = (program, reference, random)
  }

  /// Bytes that a block takes while it runs.
  var byteCountOfBlock: Int { 8 * (2 * program.qubitCount + program.bitCount + 1) }

  /// Runs some blocks of shots.
  ///
  /// - Returns: For each bit of an outcome a word for each block, one bit a shot.
  /// - Complexity: O(steps · blocks).
  func run(_ blocks: Range<UInt32>) -> [UInt64] {
    let (count, qubitCount) = (blocks.count, program.qubitCount)
    var (frames, record) = (
      [UInt64](repeating: 0, count: 2 * qubitCount * count), [UInt64](repeating: 0, count: program.bitCount * count)
    )
    // Draws of the first qubitCount sites are of the initial Z.
    for qubit in 0..<qubitCount { randomize(&frames, qubit, blocks, site: UInt32(qubit)) }
    var (site, measured) = (UInt32(qubitCount), 0)
    for step in program.steps {
      switch step {
      case .gate(let gate): Self.apply(gate, &frames, count, qubitCount)
      case .measure(let qubit, let place, let isFinal):
        if let place {
          note(qubit, reference.outcomes[measured], at: place, frames, &record, count)
          if let bounds = program.readout[qubit] { misread(&record, place, bounds, blocks, site: readingSite + UInt32(measured)) }
        }
        if !isFinal { randomize(&frames, qubit, blocks, site: site) }
        site += 1
        measured += 1
      case .reset(let qubit):
        for word in 0..<count { frames[qubit * count + word] = 0 }
        randomize(&frames, qubit, blocks, site: site)
        site += 1
      case .noise(let noise):
        add(noise, &frames, blocks, site: site)
        site += 1
      }
    }
    return record
  }

  /// The sites of errors of reading follow those of all steps.
  private var readingSite: UInt32 { UInt32(program.qubitCount + program.steps.count) }

  /// Puts errors into the strings of shots, each of which has a draw of its own.
  private func add(_ noise: PauliNoise, _ frames: inout [UInt64], _ blocks: Range<UInt32>, site: UInt32) {
    let draws = kernels.draws(random, shots: Self.shots(blocks), site: site, threadCount: 1)
    for (shot, draw) in draws.enumerated() {
      guard let error = noise.error(draw) else { continue }
      let (word, bit) = (shot / 64, UInt64(1) << UInt64(shot % 64))
      for qubit in error.x { frames[qubit * blocks.count + word] ^= bit }
      for qubit in error.z { frames[(program.qubitCount + qubit) * blocks.count + word] ^= bit }
    }
  }

  /// Reads the bits of a measurement with errors.
  private func misread(
    _ record: inout [UInt64], _ place: Int, _ bounds: (zero: UInt64, one: UInt64), _ blocks: Range<UInt32>, site: UInt32
  ) {
    let draws = kernels.draws(random, shots: Self.shots(blocks), site: site, threadCount: 1)
    for word in 0..<blocks.count {
      let found = record[place * blocks.count + word]
      var read: UInt64 = 0
      for shot in 0..<64 {
        let bound = found >> UInt64(shot) & 1 == 0 ? bounds.zero : bounds.one
        if draws[64 * word + shot] < bound { read |= 1 << UInt64(shot) }
      }
      record[place * blocks.count + word] = read
    }
  }

  private static func shots(_ blocks: Range<UInt32>) -> Range<UInt32> { 64 * blocks.lowerBound..<64 * blocks.upperBound }

  /// Puts a Z on a qubit of every other shot.
  private func randomize(_ frames: inout [UInt64], _ qubit: Int, _ blocks: Range<UInt32>, site: UInt32) {
    let draws = kernels.draws(random, shots: blocks, site: site, threadCount: 1)
    let start = (program.qubitCount + qubit) * blocks.count
    for word in draws.indices { frames[start + word] ^= draws[word] }
  }

  private func note(
    _ qubit: Int, _ outcome: Bool, at place: Int, _ frames: [UInt64], _ record: inout [UInt64], _ count: Int
  ) {
    let mask: UInt64 = outcome ? ~0 : 0
    for word in 0..<count { record[place * count + word] = frames[qubit * count + word] ^ mask }
  }

  /// Applies a gate to the strings; signs do not matter.
  static func apply(_ gate: CliffordStep, _ frames: inout [UInt64], _ count: Int, _ qubitCount: Int) {
    unsafe frames.withUnsafeMutableBufferPointer { frames in
      guard let start = frames.baseAddress else { return }
      let (xa, za) = unsafe (start + gate.first * count, start + (qubitCount + gate.first) * count)
      let (xb, zb) = unsafe (start + gate.second * count, start + (qubitCount + gate.second) * count)
      switch gate.kind {
      case .h: unsafe exchange(xa, za, count)
      case .s: unsafe add(za, xa, count)
      case .x, .z: return
      case .cx:
        unsafe add(xb, xa, count)
        unsafe add(za, zb, count)
      case .cz:
        unsafe add(za, xb, count)
        unsafe add(zb, xa, count)
      case .swap:
        unsafe exchange(xa, xb, count)
        unsafe exchange(za, zb, count)
      }
    }
  }

  private static func add(_ a: UnsafeMutablePointer<UInt64>, _ b: UnsafePointer<UInt64>, _ count: Int) {
    for word in 0..<count { unsafe a[word] ^= b[word] }
  }

  private static func exchange(_ a: UnsafeMutablePointer<UInt64>, _ b: UnsafeMutablePointer<UInt64>, _ count: Int) {
    for word in 0..<count {
      let kept = unsafe a[word]
      unsafe a[word] = b[word]
      unsafe b[word] = kept
    }
  }
}
