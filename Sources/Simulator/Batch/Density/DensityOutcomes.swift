internal import Circuits

/// How the outcomes of a noisy circuit's measurements follow from the values of strings: those of Z on every set of measured qubits.
struct DensityOutcomes: Sendable {
  /// Bits of an outcome.
  let bitCount: Int
  /// The number of each set's string, and its sign.
  let strings: [UInt32]
  private let signs: [Double]
  private let measured: [Int]
  private let readout: [Circuit.Readout]
  /// The outcome of each state of the measured qubits.
  private let words: [Int]
  /// States in the order of their outcomes.
  private let order: [Int]

  /// - Throws: ``SimulatorError`` with code `unsupported` for more than ``Limits/sampledBitCount`` bits, and for qubits that are misread together
  ///   and of which only some are measured.
  init(_ circuit: Circuit, _ rotations: RotationCircuit) throws(SimulatorError) {
    guard !circuit.withoutNoise.isDynamic else {
      throw SimulatorError(.unsupported, "a batch of shots of a qubit that is measured twice")
    }
    let program = try Program(circuit.withoutNoise)
    readout = program.finalReadout
    let sources: [Int?] =
      circuit.measures ? circuit.outputBits.map { rotations.measuredQubits[$0] } : Array(0..<circuit.qubitCount)
    bitCount = sources.count
    guard bitCount <= Limits.sampledBitCount else {
      throw SimulatorError(.unsupported, "a batch of shots of \(bitCount) bits; at most \(Limits.sampledBitCount) are accepted")
    }
    let places = Set(sources.compactMap(\.self)).union(readout.flatMap(\.qubits)).sorted()
    measured = places
    let images = (0..<1 << places.count).map { set in
      rotations.frame.image(
        of: SignedPauli(x: 0, z: places.enumerated().reduce(0) { $0 | UInt64(set >> $1.offset & 1) << UInt64($1.element) }))
    }
    strings = images.map { UInt32(stringNumber(x: $0.x, z: $0.z)) }
    signs = images.map { $0.isNegative ? -1 : 1 }
    let words = images.indices.map { state in
      sources.enumerated().reduce(0) { word, source in
        guard let qubit = source.element, let place = places.firstIndex(of: qubit) else { return word }
        return word | (state >> place & 1) << source.offset
      }
    }
    self.words = words
    order = words.indices.sorted { (words[$0], $0) < (words[$1], $1) }
  }

  /// Counts shots by inversion, from the strings' values.
  ///
  /// - Parameters:
  ///   - values: Of ``strings``.
  ///   - draws: One for each shot.
  ///   - counts: 2^bitCount places, all written.
  func count(_ values: [Double], _ draws: [UInt64], into counts: UnsafeMutableBufferPointer<UInt32>) {
    let probabilities = readout.spread(transformed(values), over: measured)
    let total = probabilities.reduce(0, +)
    let bounds = RandomStream.bounds(order.dropLast().map { probabilities[$0] / total })
    var found = [UInt32](repeating: 0, count: order.count)
    let first = Self.firstPlaces(bounds)
    for draw in draws {
      var place = Int(first[Int(draw >> 56)])
      while place < bounds.count, draw >= bounds[place] { place += 1 }
      found[place] += 1
    }
    unsafe counts.update(repeating: 0)
    for (place, state) in order.enumerated() { unsafe counts[words[state]] += found[place] }
  }

  /// For each value of a draw's highest byte the first bound that it may be below.
  private static func firstPlaces(_ bounds: [UInt64]) -> [UInt8] {
    var (result, place) = ([UInt8](repeating: 0, count: 256), 0)
    for byte in 0..<256 {
      while place < bounds.count, bounds[place] <= UInt64(byte) << 56 { place += 1 }
      result[byte] = UInt8(place)
    }
    return result
  }

  /// Probabilities from values, of which rounding leaves none below 0.
  private func transformed(_ values: [Double]) -> [Double] {
    var result = zip(values, signs).map { $0 * $1 }
    result.transformToProbabilities()
    return result.map { max($0, 0) }
  }
}

extension Circuit {
  /// The measurements and errors of reading of a circuit without noise: what says how outcomes are read.
  fileprivate var withoutNoise: Circuit {
    restricted(
      to: Array(0..<qubitCount), instructions.filter { if case .measure = $0 { true } else { false } })
  }
}
