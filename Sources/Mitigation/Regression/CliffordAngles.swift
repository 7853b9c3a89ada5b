internal import Circuits
internal import RealModule

/// Which angles make a rotation a Clifford gate.
enum CliffordAngles {
  /// By the gate's name, the step between such angles.
  private static let steps: [String: Double] = [
    "rx": .pi / 2, "ry": .pi / 2, "rz": .pi / 2, "p": .pi / 2, "u": .pi / 2, "r": .pi / 2, "rxx": .pi / 2, "ryy": .pi / 2,
    "rzz": .pi / 2, "rzx": .pi / 2, "cp": .pi, "crx": .pi, "cry": .pi, "crz": .pi,
  ]

  /// The step of a gate's angles; nil for gates without such angles.
  static func step(of gate: GateOperation) -> Double? {
    guard gate.controls.isEmpty, gate.exponent == 1 else { return nil }
    return switch gate.kind {
    case .standard(let named): steps[named.name]
    case .pauliRotation: .pi / 2
    case .unitary: nil
    }
  }

  /// A gate as a rotation whose angles can be replaced, if it is no Clifford gate; `t` and `tdg` are phases of π/4.
  static func rotation(_ gate: GateOperation) -> GateOperation? {
    var result = gate
    if case .standard(let named) = gate.kind, gate.controls.isEmpty, gate.exponent == 1, named == .t || named == .tdg {
      result.kind = .standard(.p)
      result.parameters = [ClassicalExpression(named == .t ? .pi / 4 : -.pi / 4)]
    }
    guard let step = step(of: result) else { return nil }
    let isClifford = result.parameters.allSatisfy { angle in
      guard let value = angle.literal?.double else { return false }
      return abs(value - (value / step).rounded() * step) <= Limits.cliffordAngle
    }
    return isClifford ? nil : result
  }
}
