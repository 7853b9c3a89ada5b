/// A tensor product of Pauli matrices, one letter a qubit.
///
///     let parity = try PauliString("ZIZ")   // Z on qubits 0 and 2
public struct PauliString: Hashable, Sendable {
  /// The number of qubits, identities included.
  public let qubitCount: Int
  /// Qubits with X or Y, one bit each.
  public let x: UInt64
  /// Qubits with Z or Y, one bit each.
  public let z: UInt64

  /// Makes a string from its symplectic form: X on x∖z, Z on z∖x, Y on x∩z.
  public init(qubitCount: Int, x: UInt64, z: UInt64) {
    precondition((0...Limits.qubitCount).contains(qubitCount), "\(qubitCount) qubits in a Pauli string")
    precondition((x | z) & ~ClassicalValue.mask(qubitCount) == 0, "a Pauli letter beyond qubit \(qubitCount - 1)")
    self.qubitCount = qubitCount
    self.x = x
    self.z = z
  }

  /// Reads a label such as `XIZ`; its leftmost letter acts on the highest qubit.
  ///
  /// - Throws: ``CircuitError`` with code `invalid_pauli` for other letters than I, X, Y, Z, an empty label, or more than 62 letters.
  public init(_ label: some StringProtocol) throws(CircuitError) {
    guard !label.isEmpty, label.utf8.count <= Limits.qubitCount else {
      throw CircuitError(.invalidPauli, "a Pauli label has 1 to \(Limits.qubitCount) letters, not \(label.utf8.count)")
    }
    var (x, z) = (UInt64(0), UInt64(0))
    for letter in label.utf8 {
      x <<= 1
      z <<= 1
      switch letter {
      case UInt8(ascii: "I"): break
      case UInt8(ascii: "X"): x |= 1
      case UInt8(ascii: "Z"): z |= 1
      case UInt8(ascii: "Y"): (x, z) = (x | 1, z | 1)
      default:
        throw CircuitError(
          .invalidPauli, "'\(Character(Unicode.Scalar(letter)))' in the Pauli label '\(label)'; I, X, Y and Z are accepted")
      }
    }
    self.init(qubitCount: label.utf8.count, x: x, z: z)
  }

  /// The number of letters other than I.
  public var weight: Int { (x | z).nonzeroBitCount }

  /// The label, the highest qubit's letter first.
  public var label: String {
    String((0..<qubitCount).reversed().map { qubit in "IXZY"["IXZY".index("IXZY".startIndex, offsetBy: letter(qubit))] })
  }

  private func letter(_ qubit: Int) -> Int { Int(x >> UInt64(qubit) & 1) | Int(z >> UInt64(qubit) & 1) << 1 }

  /// The same letters on other qubits: qubit j's letter goes to `qubits[j]`.
  public func mapped(to qubits: [Int]) -> PauliString {
    var (newX, newZ) = (UInt64(0), UInt64(0))
    for (from, to) in qubits.enumerated() {
      newX |= (x >> UInt64(from) & 1) << UInt64(to)
      newZ |= (z >> UInt64(from) & 1) << UInt64(to)
    }
    return PauliString(qubitCount: Limits.qubitCount, x: newX, z: newZ)
  }

  /// The dense matrix; at most 6 qubits.
  public func matrix() -> Matrix {
    precondition(qubitCount <= Limits.unitaryQubitCount, "a dense Pauli matrix of \(qubitCount) qubits")
    var result = Matrix(dimension: 1, entries: [.one])
    for qubit in 0..<qubitCount {
      let factor = [Matrix.identity(2), notMatrix, .diagonal([.one, -.one]), pauliY][letter(qubit)]
      result = factor.tensor(result)
    }
    return result
  }
}

extension PauliString: CustomStringConvertible {
  /// The label.
  public var description: String { label }
}
