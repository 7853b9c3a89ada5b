public import Circuits

/// Pauli twirling: random Pauli gates around Clifford gates of two qubits leave the circuit as it is and make of each gate's noise, on average,
/// Pauli noise.
///
/// A string P before a gate G is undone by P′ = ±G·P·G† after it, which is a string again. Signs are left out: a variant has the circuit's
/// unitary up to a global phase of −1. Gates that are no Clifford gates, or have free parameters, are left alone.
///
/// Source: Wallman and Emerson, arXiv:1512.01098 (2015).
public struct PauliTwirling: Hashable, Sendable {
  /// Which gates of two qubits are twirled, if they are Clifford gates.
  public var selection: GateSelection

  /// Makes the technique.
  public init(_ selection: GateSelection = .multiQubit) { self.selection = selection }

  static let technique = "twirling"

  /// Random variants of a circuit; parameters stay parameters.
  ///
  /// - Throws: ``MitigationError``: `invalid_option` unless there are 1 to ``Limits/variantCount``, `limit_exceeded` for batches of too many
  ///   instructions, `unsupported_instruction` for noise in the circuit itself.
  public func variants(
    of circuit: Circuit, count: Int, using generator: inout some RandomNumberGenerator
  ) throws(MitigationError) -> [Circuit] {
    try circuit.checkBatch(of: count, for: Self.technique)
    let twirled = try twirledGates(of: circuit)
    var result = [Circuit]()
    for _ in 0..<count {
      var instructions = [Instruction]()
      for (instruction, conjugation) in zip(circuit.instructions, twirled) {
        guard let conjugation else {
          instructions.append(instruction)
          continue
        }
        let string = generator.index(below: conjugation.after.count)
        instructions += CliffordConjugation.instructions(string, on: conjugation.qubits)
        instructions.append(instruction)
        instructions += CliffordConjugation.instructions(conjugation.after[string], on: conjugation.qubits)
      }
      result.append(
        try MitigationError.wrapping(Self.technique) { () throws(CircuitError) in
          try circuit.replacingInstructions(by: instructions)
        })
    }
    return result
  }

  /// How many gates of a circuit are twirled.
  ///
  /// - Throws: ``MitigationError``, as ``variants(of:count:using:)``.
  public func gateCount(in circuit: Circuit) throws(MitigationError) -> Int { try twirledGates(of: circuit).count { $0 != nil } }

  private func twirledGates(of circuit: Circuit) throws(MitigationError) -> [CliffordConjugation?] {
    var known = [GateOperation: CliffordConjugation?]()
    var result = [CliffordConjugation?]()
    for (index, instruction) in circuit.instructions.enumerated() {
      if case .channel(let channel, _) = instruction {
        throw MitigationError(
          .unsupportedInstruction,
          "\(Self.technique): instruction \(index) is noise (\(channel.name)), which is applied to the variants, not to the circuit that they are made of"
        )
      }
      guard case .gate(let gate) = instruction, !instruction.isClassical, selection.contains(gate), gate.allQubits.count == 2 else {
        result.append(nil)
        continue
      }
      if known[gate] == nil { known[gate] = .some(CliffordConjugation(gate)) }
      result.append(known[gate] ?? nil)
    }
    return result
  }

  /// The mean of the values of all variants.
  ///
  /// The standard error is that of the values' own scatter, which holds the shots' noise and that of the draws; of one variant it is the value's.
  ///
  /// - Throws: ``MitigationError`` with code `invalid_results`.
  public func estimate(_ results: [Measured]) throws(MitigationError) -> MitigatedEstimate {
    try results.checked(count: max(results.count, 1), of: Self.technique)
    let count = Double(results.count)
    let mean = results.reduce(0) { $0 + $1.value } / count
    let drawn = results.reduce(0) { $0 + ($1.value - mean) * ($1.value - mean) }
    let shots = results.reduce(0) { $0 + $1.variance } / (count * count)
    let variance = count > 1 ? drawn / (count - 1) / count : shots
    return MitigatedEstimate(
      method: Self.technique, value: mean, standardError: variance.squareRoot(),
      diagnostics: ["variants": count, "shot_standard_error": shots.squareRoot()])
  }
}
