internal import Circuits

/// One rotation exp(−iθP/2) of which gates are made, on the qubits of a gate; with P the identity a global phase, which controls make visible.
struct PauliStep {
  var x: UInt64
  var z: UInt64
  var angle: LinearForm

  init(_ label: StaticString, _ angle: LinearForm) {
    (x, z) = (0, 0)
    self.angle = angle
    // The first letter is on the gate's first qubit.
    label.withUTF8Buffer { letters in
      for index in 0..<letters.count {
        let letter = unsafe letters[index]
        if letter == UInt8(ascii: "X") || letter == UInt8(ascii: "Y") { x |= 1 << UInt64(index) }
        if letter == UInt8(ascii: "Z") || letter == UInt8(ascii: "Y") { z |= 1 << UInt64(index) }
      }
    }
  }

  init(x: UInt64, z: UInt64, _ angle: LinearForm) { (self.x, self.z, self.angle) = (x, z, angle) }

  /// e^{iγ}.
  static func phase(_ gamma: LinearForm) -> PauliStep { PauliStep("", gamma.scaled(by: -2)) }
}

extension PauliStep {
  /// What a gate of the table does to its targets, step by step in the order of time, global phase included; nil if it has to be decomposed.
  ///
  /// - Parameters:
  ///   - name: The gate's name, or for a controlled gate that of what it does to its targets.
  ///   - p: Its angles.
  static func steps(_ name: String, _ p: [LinearForm]) -> [PauliStep]? {
    let (quarter, half, whole) = (LinearForm(constant: .pi / 4), LinearForm(constant: .pi / 2), LinearForm(constant: .pi))
    return switch name {
    case "id": []
    case "gphase": [.phase(p[0])]
    case "x": [.init("X", whole), .phase(half)]
    case "y": [.init("Y", whole), .phase(half)]
    case "z": [.init("Z", whole), .phase(half)]
    case "h": [.init("Y", half), .init("X", whole), .phase(half)]
    case "s": [.init("Z", half), .phase(quarter)]
    case "sdg": [.init("Z", half.scaled(by: -1)), .phase(quarter.scaled(by: -1))]
    case "t": [.init("Z", quarter), .phase(quarter.divided(by: 2))]
    case "tdg": [.init("Z", quarter.scaled(by: -1)), .phase(quarter.divided(by: -2))]
    case "sx": [.init("X", half), .phase(quarter)]
    case "sxdg": [.init("X", half.scaled(by: -1)), .phase(quarter.scaled(by: -1))]
    case "rx": [.init("X", p[0])]
    case "ry": [.init("Y", p[0])]
    case "rz": [.init("Z", p[0])]
    case "p": [.init("Z", p[0]), .phase(p[0].divided(by: 2))]
    case "u": euler(p[0], p[1], p[2])
    case "U": euler(p[0], p[1], p[2]) + [.phase(p[0].divided(by: 2))]
    case "u2": euler(half, p[0], p[1])
    case "r": [.init("Z", p[1].scaled(by: -1)), .init("X", p[0]), .init("Z", p[1])]
    case "swap": [.init("XX", half), .init("YY", half), .init("ZZ", half), .phase(quarter)]
    case "rxx": [.init("XX", p[0])]
    case "ryy": [.init("YY", p[0])]
    case "rzz": [.init("ZZ", p[0])]
    case "rzx": [.init("ZX", p[0])]
    default: nil
    }
  }

  /// u(θ, φ, λ) = e^{i(φ+λ)/2} Rz(φ)·Ry(θ)·Rz(λ).
  private static func euler(_ theta: LinearForm, _ phi: LinearForm, _ lambda: LinearForm) -> [PauliStep] {
    [.init("Z", lambda), .init("Y", theta), .init("Z", phi), .phase((phi + lambda).divided(by: 2))]
  }

  /// What the controlled gates of the table do to their targets, by name.
  static let targetNames: [String: String] = [
    "cx": "x", "cy": "y", "cz": "z", "ch": "h", "cs": "s", "csdg": "sdg", "csx": "sx", "cp": "p", "crx": "rx", "cry": "ry",
    "crz": "rz",
    "cu3": "u", "ccx": "x", "ccz": "z", "c3x": "x", "c4x": "x", "c3sx": "sx", "cswap": "swap",
  ]

  /// The same step under a control on a qubit: half of it, and half of it with Z there, under a minus if the control is positive.
  func controlled(by qubit: Int, isPositive: Bool) -> [PauliStep] {
    let half = angle.divided(by: 2)
    let other = PauliStep(x: x, z: z ^ 1 << UInt64(qubit), isPositive ? half.scaled(by: -1) : half)
    return [PauliStep(x: x, z: z, half), other]
  }
}
