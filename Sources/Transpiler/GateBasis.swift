/// The gates in which a device's programs are written: one on two qubits, and those on one.
public struct GateBasis: Hashable, Sendable {
  /// The gate on two qubits.
  public enum Entangler: String, Hashable, Sendable, CaseIterable {
    /// X under a control.
    case cx
    /// Z under a control.
    case cz
    /// Echoed cross-resonance.
    case ecr
    /// exp(−iθ/2·Z⊗Z) by any angle.
    case rzz
  }

  /// The gates on one qubit.
  public enum OneQubit: String, Hashable, Sendable, CaseIterable {
    /// `u` by any three angles.
    case u
    /// `rz` by any angle, and `sx`.
    case rzSX
    /// `rz` by any angle, `sx` and `x`.
    case rzSXX
    /// `rz`, `rx` and `ry` by any angle.
    case rotations
  }

  /// The gate on two qubits.
  public var entangler: Entangler
  /// Those on one.
  public var oneQubit: OneQubit

  /// Makes a basis.
  public init(_ entangler: Entangler, _ oneQubit: OneQubit) { (self.entangler, self.oneQubit) = (entangler, oneQubit) }

  /// Makes a basis from the names of its gates; those that are not needed are left out.
  ///
  /// - Throws: ``TranspilerError`` with code `invalid_target` if every gate cannot be made of them.
  public init(gates names: [String]) throws(TranspilerError) {
    let known = Set(names)
    func refusal(_ what: String) -> TranspilerError {
      TranspilerError(
        .invalidTarget,
        "basis gates \(names.sorted().joined(separator: ", ")): \(what) is needed, one of cx, cz, ecr and rzz, and u, or rz and sx, or rz and rx or ry"
      )
    }
    guard let entangler = [Entangler.cz, .ecr, .cx, .rzz].first(where: { known.contains($0.rawValue) }) else {
      throw refusal("a gate on two qubits")
    }
    if known.contains("u") || known.contains("U") || known.contains("u3") {
      self.init(entangler, .u)
    } else if known.contains("rz"), known.contains("sx") {
      self.init(entangler, known.contains("x") ? .rzSXX : .rzSX)
    } else if known.contains("rz"), known.contains("rx") || known.contains("ry") {
      self.init(entangler, .rotations)
    } else {
      throw refusal("a gate on one qubit")
    }
  }
}
