public import Circuits

/// How a circuit's noise is scaled without changing what it computes: parts of it are run, undone and run again.
///
/// A scale factor λ is reached with k extra pairs of a gate and its inverse, k the integer next to d·(λ−1)/2 for d gates; the factor that is
/// reached is 1 + 2k/d. Inverses are exact, so the unitary stays what it was, and parameters stay parameters.
///
/// Source: Giurgica-Tiron, Hindy, LaRose, Mari and Zeng, arXiv:2005.10921 (2020).
public enum Folding: Hashable, Sendable {
  /// The whole circuit, U → U·(U†U)ⁿ, and of its last gates as many once more as make up the rest of the factor.
  case global
  /// Gate by gate, G → G·(G†G)ⁿ, and one pair more for some of the gates that are selected. The factor is that of the selected gates.
  case local(GateSelection, rest: Rest)

  /// Which gates are folded once more where the factor asks for some.
  public enum Rest: Hashable, Sendable {
    /// The first ones.
    case first
    /// The last ones.
    case last
    /// Any, drawn anew for each variant.
    case random
  }

  /// A circuit with more noise.
  public struct Variant: Hashable, Sendable {
    /// The circuit.
    public var circuit: Circuit
    /// The factor that was reached.
    public var scale: Double
  }

  static let technique = "folding"

  /// Folds a circuit, which noise is applied to later.
  ///
  /// - Parameters:
  ///   - circuit: Gates, and measurements at the end; resets of untouched qubits are left as they are.
  ///   - scale: λ, from 1 to ``Limits/scaleFactor``.
  ///   - generator: Draws gates for ``Rest/random``; untouched else.
  /// - Throws: ``MitigationError``: `invalid_option` for another factor, `unsupported_instruction` for what cannot be undone,
  ///   `limit_exceeded` for variants of too many instructions.
  public func folded(
    _ circuit: Circuit, scale: Double, using generator: inout some RandomNumberGenerator
  ) throws(MitigationError) -> Variant {
    let parts = try GateCircuit(circuit, for: Self.technique)
    guard scale >= 1, scale <= Limits.scaleFactor else {
      throw MitigationError(
        .invalidOption, "\(Self.technique): a scale factor of \(scale); 1 to \(Limits.scaleFactor) is accepted")
    }
    let selection: GateSelection = if case .local(let selection, _) = self { selection } else { .all }
    let count = parts.body.count { $0.isGate(in: selection) }
    guard count > 0 else { return Variant(circuit: circuit, scale: 1) }
    let pairs = Int((Double(count) * (scale - 1) / 2).rounded())
    let (whole, rest) = pairs.quotientAndRemainder(dividingBy: count)
    guard parts.body.count <= Limits.variantInstructionCount / (2 * whole + 3) else {
      throw MitigationError(
        .limitExceeded,
        "\(Self.technique): \(parts.body.count) instructions at scale \(scale); variants of \(Limits.variantInstructionCount) are accepted"
      )
    }
    let body: [Instruction]
    switch self {
    case .global: body = Self.global(parts.body, whole, rest)
    case .local(_, let kind):
      let chosen: Set<Int> =
        switch kind {
        case .first: Set(0..<rest)
        case .last: Set(count - rest..<count)
        case .random: Set(generator.subset(rest, of: count))
        }
      body = Self.local(parts.body, selection, whole, chosen)
    }
    return Variant(circuit: try parts.with(body: body, for: Self.technique), scale: 1 + 2 * Double(pairs) / Double(count))
  }

  private static func global(_ body: [Instruction], _ whole: Int, _ rest: Int) -> [Instruction] {
    let undone = body.reversed().map { $0.undone }
    var result = body
    for _ in 0..<whole { result += undone + body }
    guard rest > 0 else { return result }
    // The last gates, with what stands between them.
    var (start, left) = (body.endIndex, rest)
    while left > 0 {
      start -= 1
      if body[start].isGate(in: .all) { left -= 1 }
    }
    return result + body[start...].reversed().map { $0.undone } + body[start...]
  }

  private static func local(_ body: [Instruction], _ selection: GateSelection, _ whole: Int, _ chosen: Set<Int>) -> [Instruction] {
    var (result, index) = ([Instruction](), 0)
    for instruction in body {
      result.append(instruction)
      guard instruction.isGate(in: selection) else { continue }
      for _ in 0..<whole + (chosen.contains(index) ? 1 : 0) { result += [instruction.undone, instruction] }
      index += 1
    }
    return result
  }
}

extension Instruction {
  /// Whether this is a gate, and selected.
  func isGate(in selection: GateSelection) -> Bool {
    if case .gate(let gate) = self { selection.contains(gate) } else { false }
  }

  /// The inverse of a gate; barriers and delays as they are.
  fileprivate var undone: Instruction {
    if case .gate(let gate) = self { .gate(gate.inverse()) } else { self }
  }
}
