public import Circuits
internal import RealModule

/// Clifford data regression: what noise does to values is learnt from circuits that resemble the given one and can be computed exactly.
///
///     let technique = CliffordDataRegression(trainingCount: 20, keptCount: 4)
///     let training = try technique.variants(of: circuit, using: &generator)
///     let estimate = try technique.estimate(
///       of: noisyValue, noisy: try run(training), exact: try compute(training))
///
/// Most rotations of a training circuit have angles that make them Clifford gates, so that stabilizer methods compute it; a straight line y = a·x + b
/// is fitted to exact over noisy values, and gives the value of the circuit itself.
///
/// Source: Czarnik, Arrasmith, Coles and Cincio, arXiv:2005.10189 (2020).
public struct CliffordDataRegression: Hashable, Sendable {
  /// Which angle takes the place of another.
  public enum Replacement: Hashable, Sendable {
    /// The nearest of those that make a Clifford gate; of free parameters, and halfway between two, any.
    case nearest
    /// Any of them.
    case random
  }

  /// How many training circuits are made.
  public var trainingCount: Int
  /// How many rotations keep their angles in each of them.
  public var keptCount: Int
  /// The angles of the others.
  public var replacement: Replacement

  /// Makes the technique.
  public init(trainingCount: Int = 20, keptCount: Int = 0, replacement: Replacement = .random) {
    (self.trainingCount, self.keptCount, self.replacement) = (trainingCount, keptCount, replacement)
  }

  static let technique = "cdr"

  /// The training circuits.
  ///
  /// Free parameters stay declared, so rows of values fit training circuits too; rotations about them that are replaced have fixed angles.
  ///
  /// - Throws: ``MitigationError``: `invalid_option` unless there are 2 to ``Limits/fitPointCount`` circuits and no fewer rotations than keep
  ///   their angles, `unsupported_instruction` for noise in the circuit itself. Other gates are left as they are.
  public func variants(
    of circuit: Circuit, using generator: inout some RandomNumberGenerator
  ) throws(MitigationError) -> [Circuit] {
    guard (2...Limits.fitPointCount).contains(trainingCount), keptCount >= 0 else {
      throw MitigationError(
        .invalidOption,
        "\(Self.technique): \(trainingCount) training circuits that keep \(keptCount) rotations; 2 to \(Limits.fitPointCount), and 0 or more, are accepted"
      )
    }
    try circuit.checkBatch(of: trainingCount, for: Self.technique)
    let rotations = try rotations(of: circuit)
    guard keptCount < max(rotations.count, 1) else {
      throw MitigationError(
        .invalidOption,
        "\(Self.technique): \(keptCount) rotations are to be kept of \(rotations.count); fewer than all are accepted")
    }
    var result = [Circuit]()
    for _ in 0..<trainingCount {
      let kept = Set(generator.subset(min(keptCount, rotations.count), of: rotations.count))
      var instructions = circuit.instructions
      for (place, rotation) in rotations.enumerated() where !kept.contains(place) {
        instructions[rotation.index] = .gate(replaced(rotation.gate, &generator))
      }
      result.append(
        try MitigationError.wrapping(Self.technique) { () throws(CircuitError) in
          try circuit.replacingInstructions(by: instructions)
        })
    }
    return result
  }

  /// How many gates of a circuit are rotations by angles that make no Clifford gates.
  ///
  /// - Throws: ``MitigationError``, as ``variants(of:using:)``.
  public func rotationCount(in circuit: Circuit) throws(MitigationError) -> Int { try rotations(of: circuit).count }

  private func rotations(of circuit: Circuit) throws(MitigationError) -> [(index: Int, gate: GateOperation)] {
    var result = [(index: Int, gate: GateOperation)]()
    for (index, instruction) in circuit.instructions.enumerated() {
      switch instruction {
      case .gate(let gate):
        if let rotation = CliffordAngles.rotation(gate), !instruction.isClassical { result.append((index, rotation)) }
      case .channel(let channel, _):
        throw MitigationError(
          .unsupportedInstruction,
          "\(Self.technique): instruction \(index) is noise (\(channel.name)), which is applied to the variants, not to the circuit that they are made of"
        )
      default: continue
      }
    }
    return result
  }

  private func replaced(_ gate: GateOperation, _ generator: inout some RandomNumberGenerator) -> GateOperation {
    guard let step = CliffordAngles.step(of: gate) else { return gate }
    var result = gate
    result.parameters = gate.parameters.map { angle in
      let turns: Double
      if replacement == .nearest, let value = angle.literal?.double {
        let quotient = value / step
        let isHalfway = abs(abs(quotient - quotient.rounded(.towardZero)) - 0.5) <= Limits.cliffordAngle
        turns = isHalfway ? quotient.rounded(.down) + Double(generator.index(below: 2)) : quotient.rounded()
      } else {
        // One turn of the gate, 2π, or 4π under a control.
        turns = Double(generator.index(below: 4))
      }
      return ClassicalExpression(turns * step)
    }
    return result
  }

  /// The value of the circuit, from its noisy value and the noisy and exact values of the training circuits.
  ///
  /// The standard error holds that of the noisy value and that of the line; training circuits that do not follow a line tell of themselves in
  /// `fit_residual`, the root of the mean squared residual.
  ///
  /// - Throws: ``MitigationError``: `invalid_results` for values that do not fit each other, `undetermined_fit` if noisy values do not differ.
  public func estimate(of value: Measured, noisy: [Measured], exact: [Double]) throws(MitigationError) -> MitigatedEstimate {
    try ([value] + noisy).checked(count: exact.count + 1, of: Self.technique)
    guard exact.allSatisfy(\.isFinite) else {
      throw MitigationError(.invalidResults, "\(Self.technique): an exact value that is not finite")
    }
    // Seen from the mean, slope and height have independent errors.
    let count = Double(noisy.count)
    let center = noisy.reduce(0) { $0 + $1.value } / max(count, 1), height = exact.reduce(0, +) / max(count, 1)
    let spread = noisy.reduce(0) { $0 + ($1.value - center) * ($1.value - center) }
    let shots = noisy.reduce(0) { $0 + $1.variance }
    guard noisy.count >= 2, spread > max(1e-12, 1e-9 * center * center) else {
      throw MitigationError(
        .undeterminedFit,
        "\(Self.technique): \(noisy.count) training circuits whose noisy values scatter by \(spread); two or more that differ are needed"
      )
    }
    let slope = zip(noisy, exact).reduce(0) { $0 + ($1.0.value - center) * ($1.1 - height) } / spread
    let distance = value.value - center
    let residuals = zip(noisy, exact).reduce(0) { sum, point in
      let residual = point.1 - height - slope * (point.0.value - center)
      return sum + residual * residual
    }
    // What residuals show, or, of too few points, what the shots' noise lets expect.
    let scatter = noisy.count > 2 ? residuals / (count - 2) : slope * slope * shots / count
    let variance = slope * slope * value.variance + scatter * (1 / count + distance * distance / spread)
    return MitigatedEstimate(
      method: Self.technique, value: height + slope * distance, standardError: variance.squareRoot(),
      samplingOverhead: value.variance > 0 ? (count + 1) * variance / value.variance : (count + 1) * slope * slope,
      diagnostics: [
        "fit_residual": (residuals / count).squareRoot(), "slope": slope, "offset": height - slope * center,
        "training_circuits": count,
      ])
  }
}
