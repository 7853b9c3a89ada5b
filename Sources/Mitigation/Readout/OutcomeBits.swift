public import Circuits

/// Where in a circuit's outcomes the value of each qubit stands.
public struct OutcomeBits: Hashable, Sendable {
  /// By qubit, the place in the bitstring, 0 for the least significant bit; qubits that are not measured are not in it.
  public let places: [Int: Int]
  /// Bits of an outcome.
  public let bitCount: Int

  /// Makes an assignment.
  ///
  /// - Throws: ``MitigationError`` with code `invalid_option` for places that are out of range or that two qubits have.
  public init(places: [Int: Int], bitCount: Int) throws(MitigationError) {
    guard (1...64).contains(bitCount), Set(places.values).count == places.count, places.values.allSatisfy((0..<bitCount).contains)
    else {
      throw MitigationError(
        .invalidOption,
        "outcomes of \(bitCount) bits with qubits at \(places.values.sorted()); different places in 1 to 64 bits are accepted")
    }
    (self.places, self.bitCount) = (places, bitCount)
  }

  /// Reads where a circuit's measurements are stored; of one that measures nothing all qubits are outcomes.
  ///
  /// - Throws: ``MitigationError``: `unsupported_instruction` for measurements that are not at the end or are written over, `limit_exceeded` for
  ///   outcomes of more than 64 bits.
  public init(_ circuit: Circuit) throws(MitigationError) {
    let measures = circuit.measures
    let bits = circuit.outputBits
    bitCount = measures ? bits.count : circuit.qubitCount
    guard (1...64).contains(bitCount) else {
      throw MitigationError(.limitExceeded, "outcomes of \(bitCount) bits; 1 to 64 are accepted")
    }
    guard measures else {
      places = Dictionary(uniqueKeysWithValues: (0..<circuit.qubitCount).map { ($0, $0) })
      return
    }
    var (found, writers) = ([Int: Int](), Set<Int>())
    for (index, instruction) in circuit.instructions.enumerated() {
      func refusal(_ what: String) -> MitigationError {
        MitigationError(
          .unsupportedInstruction,
          "instruction \(index) \(what); measurements at the end, each into a bit of the outcome of its own, are accepted")
      }
      if instruction.isClassical { throw refusal("is classical control") }
      if let qubit = instruction.changedQubits.first(where: { found[$0] != nil }) {
        throw refusal("acts on qubit \(qubit), which was measured before")
      }
      guard case .measure(let qubit, let bit) = instruction else { continue }
      guard let bit, let place = bits.firstIndex(of: bit), writers.insert(bit).inserted else {
        throw refusal("measures qubit \(qubit) into no bit of the outcome, or into one that is taken")
      }
      found[qubit] = place
    }
    places = found
  }

  /// The mask of the bits in which a string's letters are read.
  ///
  /// - Throws: ``MitigationError`` with code `unsupported_instruction` for letters other than Z, and for qubits that are not measured.
  func mask(of string: PauliString) throws(MitigationError) -> UInt64 {
    guard string.x == 0 else {
      throw MitigationError(
        .unsupportedInstruction,
        "'\(string)' from counts of measurements in Z; turn X and Y into Z before measuring, strings of I and Z are accepted")
    }
    var mask: UInt64 = 0
    for qubit in 0..<string.qubitCount where string.z >> UInt64(qubit) & 1 == 1 {
      guard let place = places[qubit] else {
        throw MitigationError(.unsupportedInstruction, "'\(string)' needs qubit \(qubit), which is not measured")
      }
      mask |= 1 << UInt64(place)
    }
    return mask
  }
}

extension Instruction {
  /// The qubits whose state changes.
  fileprivate var changedQubits: [Int] {
    switch self {
    case .gate(let gate): gate.allQubits
    case .channel(_, let qubits): qubits
    case .measure(let qubit, _), .reset(let qubit): [qubit]
    default: []
    }
  }
}
