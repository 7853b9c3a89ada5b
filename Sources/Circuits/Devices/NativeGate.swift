/// What an operation is on a device: a gate that was calibrated, so many times in a row.
struct NativeGate: Hashable {
  /// The gate's figures.
  var figures: DeviceModel.Figures
  /// How often; 0: the device keeps the operation in its books alone, as it does with rotations about Z.
  var count: Int

  /// In seconds.
  var duration: Double { figures.duration * Double(count) }

  /// What a change of phase is, which only moves the phase of later pulses.
  static let virtual = NativeGate(figures: .init(error: nil, duration: 0), count: 0)
}

extension DeviceModel {
  /// What an operation is on this device; nil if it has no gate for it.
  ///
  /// A gate that was calibrated is itself. Of the others, those of one qubit take a pulse or two, and those that only change phases none;
  /// those of two qubits take the pair's gate as often as their decomposition has `cx`, at most three times. The gates of one qubit that
  /// a decomposition has besides are left out: they are some ten times better.
  ///
  /// Sources: McKay et al., arXiv:1612.00858 (2017), for phases and two pulses; Vatan and Williams, arXiv:quant-ph/0308006 (2004), for three.
  func native(_ name: String, on operands: [Int]) -> NativeGate? {
    if let own = figures(name, on: operands) { return NativeGate(figures: own, count: 1) }
    switch operands.count {
    case 0: return .virtual
    case 1: return nativeOneQubit(name, on: operands)
    case 2:
      guard let gate = entangler(on: operands), let figures = figures(gate, on: operands) else { return nil }
      return NativeGate(figures: figures, count: NativeCounts.entanglers[name] ?? NativeCounts.mostEntanglers)
    default: return nil
    }
  }

  private func nativeOneQubit(_ name: String, on operands: [Int]) -> NativeGate? {
    if NativeCounts.phases.contains(name) { return .virtual }
    // Y is X but for phases.
    if name == "y", let flip = figures("x", on: operands) { return NativeGate(figures: flip, count: 1) }
    guard let pulse = pulse(on: operands[0]), let figures = figures(pulse, on: operands) else { return nil }
    let isWhole = NativeCounts.wholePulses.contains(pulse)
    return NativeGate(figures: figures, count: isWhole ? 1 : NativeCounts.pulses[name] ?? NativeCounts.mostPulses)
  }

  /// The gate that a qubit's other gates are made of.
  func pulse(on qubit: Int) -> String? { NativeCounts.pulseGates.first { figures($0, on: [qubit]) != nil } }

  /// The gate that a pair's other gates are made of: one without parameters if there is one.
  func entangler(on pair: [Int]) -> String? {
    let found = gates.keys.filter { figures($0, on: pair) != nil }
    return found.min { (Gate(named: $0)?.parameterNames.count ?? 0, $0) < (Gate(named: $1)?.parameterNames.count ?? 0, $1) }
  }
}

/// How many of a device's gates other gates take.
enum NativeCounts {
  /// Gates that others can be made of, the first that a device has.
  static let pulseGates = ["sx", "rx", "r", "u2", "u", "U"]
  /// Those of them of which one is enough for any gate.
  static let wholePulses: Set<String> = ["u", "U"]
  /// Gates of one qubit that are one pulse between phases.
  static let pulses = ["h": 1, "sx": 1, "sxdg": 1, "u2": 1]
  /// What other gates of one qubit take.
  static let mostPulses = 2
  /// What a gate of two qubits takes at most.
  static let mostEntanglers = 3

  /// Names that operations have besides those of gates.
  static let unnamed = ["unitary", "pauli_rotation"]
  /// What may have one qubit.
  static let oneQubitNames = Gate.all.filter { $0.qubitCount <= 1 }.map(\.name) + unnamed
  /// What may have two qubits, gates of one under a control among them.
  static let twoQubitNames = Gate.all.filter { $0.qubitCount <= 2 }.map(\.name) + unnamed
  /// Gates of one qubit that only change phases.
  static let phases = Set(Gate.all.filter { $0.qubitCount <= 1 && $0.structure == .diagonal }.map(\.name))

  /// How often gates on two qubits take the pair's own gate.
  static let entanglers: [String: Int] = {
    // A rotation about a string is two `cx` around one rotation, as is any gate of one qubit that is not known better under a control.
    var result = ["unitary": mostEntanglers, "pauli_rotation": 2]
    for gate in Gate.all where gate.qubitCount <= 2 {
      result[gate.name] = gate.qubitCount == 2 ? min(controlledFlips(gate), mostEntanglers) : 2
    }
    for name in ["x", "y", "z", "h", "ecr"] { result[name] = 1 }
    return result
  }()

  /// How many `cx` a gate's decomposition has.
  private static func controlledFlips(_ gate: Gate) -> Int {
    gate == .cx ? 1 : (gate.decomposition ?? []).reduce(0) { $0 + controlledFlips($1.gate) }
  }
}
