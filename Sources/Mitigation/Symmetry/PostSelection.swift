public import Circuits

/// Symmetry verification of outcomes: shots that break a symmetry which the circuit keeps are left out.
///
/// Sources: Bonet-Monroig, Sagastizabal, Singh and O'Brien, arXiv:1807.10050 (2018); McArdle, Yuan and Benjamin, arXiv:1807.02467 (2018).
public struct PostSelection: Hashable, Sendable {
  /// What outcomes have to fulfil.
  public enum Condition: Hashable, Sendable {
    /// A string of I and Z has this value.
    case parity(PauliString, isPositive: Bool)
    /// So many of these qubits are 1; of all measured ones for nil: a number of particles.
    case weight(Int, qubits: [Int]?)
  }

  /// All of them have to be fulfilled.
  public var conditions: [Condition]
  /// Where qubits stand.
  public var outcome: OutcomeBits

  /// Makes the technique; running it checks.
  public init(_ conditions: [Condition], _ outcome: OutcomeBits) { (self.conditions, self.outcome) = (conditions, outcome) }

  static let technique = "symmetry"

  /// The counts of outcomes that fulfil the conditions, and their share of all shots.
  ///
  /// - Throws: ``MitigationError``: `nothing_kept` if there are none, `invalid_option` for a number of particles that the qubits cannot hold,
  ///   `unsupported_instruction` for strings with other letters and qubits that are not measured, `invalid_results` for counts that do not fit.
  public func kept(_ counts: Counts) throws(MitigationError) -> (counts: Counts, fraction: Double) {
    let tests = try masks()
    var (kept, total) = ([(state: UInt64, count: Int)](), 0.0)
    for (state, count) in try counts.words(bitCount: outcome.bitCount) {
      total += count
      if tests.allSatisfy({ $0.accepts(state) }) { kept.append((state, Int(count))) }
    }
    guard !kept.isEmpty else {
      throw MitigationError(
        .nothingKept,
        "\(Self.technique): none of \(Int(total)) shots fulfils the conditions; check the sign or the number of particles")
    }
    return (Counts(bitCount: outcome.bitCount, outcomes: kept), kept.reduce(0) { $0 + Double($1.count) } / total)
  }

  /// The value of an observable of strings of I and Z over the shots that are kept.
  ///
  /// - Throws: ``MitigationError``, as ``kept(_:)``.
  public func estimate(of observable: Observable, _ counts: Counts) throws(MitigationError) -> MitigatedEstimate {
    let (kept, fraction) = try kept(counts)
    var result = try ReadoutMitigation([], outcome).estimate(of: observable, kept)
    (result.method, result.samplingOverhead) = (Self.technique, 1 / fraction)
    result.diagnostics = ["fraction_kept": fraction]
    return result
  }

  /// A condition on the bits of an outcome.
  private enum Test {
    case parity(UInt64, isOdd: Bool)
    case weight(UInt64, Int)

    func accepts(_ state: UInt64) -> Bool {
      switch self {
      case .parity(let mask, let isOdd): ((state & mask).nonzeroBitCount & 1 == 1) == isOdd
      case .weight(let mask, let count): (state & mask).nonzeroBitCount == count
      }
    }
  }

  private func masks() throws(MitigationError) -> [Test] {
    var result = [Test]()
    for condition in conditions {
      switch condition {
      case .parity(let string, let isPositive): result.append(.parity(try outcome.mask(of: string), isOdd: !isPositive))
      case .weight(let count, let qubits):
        let chosen = qubits ?? Array(outcome.places.keys)
        var mask: UInt64 = 0
        for qubit in chosen {
          guard let place = outcome.places[qubit] else {
            throw MitigationError(.unsupportedInstruction, "\(Self.technique): qubit \(qubit) is not measured")
          }
          mask |= 1 << UInt64(place)
        }
        guard (0...mask.nonzeroBitCount).contains(count) else {
          throw MitigationError(
            .invalidOption,
            "\(Self.technique): \(count) particles on \(mask.nonzeroBitCount) qubits; 0 to \(mask.nonzeroBitCount) are accepted")
        }
        result.append(.weight(mask, count))
      }
    }
    return result
  }
}
