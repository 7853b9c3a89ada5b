public import Circuits

/// Undoes errors of reading in counts.
///
///     let matrices = try ReadoutMitigation.matrices(of: noisyCircuit)       // known errors
///     let mitigation = try ReadoutMitigation(matrices, OutcomeBits(circuit))
///     let estimate = try mitigation.estimate(of: try Observable("ZZ"), counts)
///
/// With errors of which each group of bits has its own, the confusion matrix A is a product, and so is its inverse. The counts' share p of readings
/// becomes A⁻¹p, quasi-probabilities; the mean of a function of the outcome becomes the mean of another one over the shots, whose variance the
/// shots show.
///
/// Source for the inverse and its limits: Bravyi, Sheldon, Kandala, McKay and Gambetta, arXiv:2006.14044 (2020).
public struct ReadoutMitigation: Hashable, Sendable {
  /// One matrix for each group of bits that are misread together; bits without one are read as they are.
  public let matrices: [ConfusionMatrix]
  /// Where qubits stand.
  public let outcome: OutcomeBits

  static let technique = "readout"

  /// Makes the technique.
  ///
  /// - Throws: ``MitigationError`` with code `invalid_option` if a bit is out of range or in two matrices.
  public init(_ matrices: [ConfusionMatrix], _ outcome: OutcomeBits) throws(MitigationError) {
    let bits = matrices.flatMap(\.bits)
    guard Set(bits).count == bits.count, bits.allSatisfy((0..<outcome.bitCount).contains) else {
      throw MitigationError(
        .invalidOption, "readout: matrices of bits \(bits) for outcomes of \(outcome.bitCount) bits; each at most once is accepted")
    }
    (self.matrices, self.outcome) = (matrices, outcome)
  }

  /// The confusion matrices that a circuit's own errors of reading are.
  ///
  /// - Throws: ``MitigationError``: `unsupported_instruction` if qubits are misread together of which not all are measured, and as
  ///   ``ConfusionMatrix/init(bits:probabilities:)`` and ``OutcomeBits/init(_:)``.
  public static func matrices(of circuit: Circuit) throws(MitigationError) -> [ConfusionMatrix] {
    let outcome = try OutcomeBits(circuit)
    var result = [ConfusionMatrix]()
    for entry in circuit.readout {
      let bits = entry.qubits.compactMap { outcome.places[$0] }
      guard !bits.isEmpty else { continue }
      guard bits.count == entry.qubits.count else {
        throw MitigationError(
          .unsupportedInstruction, "readout: qubits \(entry.qubits) are misread together, and not all of them are measured")
      }
      result.append(try ConfusionMatrix(bits: bits, probabilities: entry.error.probabilities))
    }
    return result
  }

  /// The value of an observable of strings of I and Z, errors of reading undone.
  ///
  /// - Throws: ``MitigationError``: `unsupported_instruction` for other letters and qubits that are not measured, `singular` for a confusion
  ///   matrix without an inverse, `invalid_results` for counts that do not fit.
  public func estimate(of observable: Observable, _ counts: Counts) throws(MitigationError) -> MitigatedEstimate {
    let words = try counts.words(bitCount: outcome.bitCount)
    var (plain, undone) = (ShotMean(), ShotMean())
    var terms = [(coefficient: Double, mask: UInt64, signs: [[Double]])]()
    for term in observable.terms {
      let mask = try outcome.mask(of: term.pauli)
      var signs = [[Double]]()
      for matrix in matrices { signs.append(try matrix.unbiasedSigns(mask)) }
      terms.append((term.coefficient, mask, signs))
    }
    let covered = matrices.flatMap(\.bits).reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
    for (state, count) in words {
      let places = matrices.map { $0.index(of: state) }
      plain.add(terms.reduce(0) { $0 + $1.coefficient * Self.sign(state & $1.mask) }, count)
      undone.add(
        terms.reduce(0) { sum, term in
          let factors = places.indices.reduce(Self.sign(state & term.mask & ~covered)) { $0 * term.signs[$1][places[$1]] }
          return sum + term.coefficient * factors
        }, count)
    }
    return MitigatedEstimate(
      method: Self.technique, value: undone.mean, standardError: undone.standardError,
      samplingOverhead: plain.variance > 0 ? undone.variance / plain.variance : 1,
      diagnostics: ["inverse_norm": try inverseNorm()])
  }

  /// The largest sum of magnitudes that a reading counts with.
  private func inverseNorm() throws(MitigationError) -> Double {
    var result = 1.0
    for matrix in matrices { result *= try matrix.inverted().transposed().columnNorm }
    return result
  }

  private static func sign(_ bits: UInt64) -> Double { bits.nonzeroBitCount & 1 == 0 ? 1 : -1 }

  /// The quasi-probabilities of all outcomes.
  ///
  /// - Throws: ``MitigationError``: `limit_exceeded` above ``Limits/denseBitCount`` bits, `singular` for a confusion matrix without an
  ///   inverse, `invalid_results` for counts that do not fit.
  public func quasiDistribution(_ counts: Counts) throws(MitigationError) -> QuasiDistribution {
    try quasiDistribution(shares: shares(counts))
  }

  /// The quasi-probabilities of all outcomes, from how often each of them is read.
  ///
  /// - Throws: as ``quasiDistribution(_:)``.
  public func quasiDistribution(shares: [Double]) throws(MitigationError) -> QuasiDistribution {
    try check(shares)
    var values = shares
    for matrix in matrices { matrix.apply(try matrix.inverted(), transposed: true, to: &values) }
    return QuasiDistribution(bitCount: outcome.bitCount, values: values)
  }

  /// The share of the shots that each outcome has.
  func shares(_ counts: Counts) throws(MitigationError) -> [Double] {
    let words = try counts.words(bitCount: outcome.bitCount)
    try checkDense()
    var result = [Double](repeating: 0, count: 1 << outcome.bitCount)
    let total = words.reduce(0) { $0 + $1.count }
    for (state, count) in words { result[Int(state)] = count / total }
    return result
  }

  func check(_ shares: [Double]) throws(MitigationError) {
    try checkDense()
    guard shares.count == 1 << outcome.bitCount, shares.allSatisfy(\.isFinite) else {
      throw MitigationError(
        .invalidResults, "readout: \(shares.count) shares for outcomes of \(outcome.bitCount) bits; a finite one for each is needed"
      )
    }
  }

  private func checkDense() throws(MitigationError) {
    guard outcome.bitCount <= Limits.denseBitCount else {
      throw MitigationError(
        .limitExceeded,
        "readout: the distribution of \(outcome.bitCount) bits; at most \(Limits.denseBitCount) are accepted, values of observables for more"
      )
    }
  }
}
