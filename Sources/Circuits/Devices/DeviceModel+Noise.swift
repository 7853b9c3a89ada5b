internal import RealModule

extension DeviceModel {
  /// The noise of this device: after each gate depolarization, then relaxation of its qubits for as long as the gate takes; errors of reading;
  /// relaxation while qubits wait; who is coupled with whom.
  ///
  /// Depolarization is as strong as makes the gate's average error, relaxation included, the one that was measured; if relaxation alone is
  /// worse, there is none. As Qiskit Aer's `NoiseModel.from_backend` does it.
  ///
  /// Gates that the device does not have are taken to be made of those that it has: changes of phase (`rz`, `p`, `z`, `s`, `t`) cost nothing;
  /// other gates of one qubit are one pulse (`h`, `sxdg`, `u2`; `y` is an `x`) or two (`rx`, `ry`, `r`, `u`, matrices); gates of two qubits on a
  /// coupled pair are the pair's own gate, once (`cx`, `cy`, `cz`, `ch`, `ecr`), twice (other gates under a control, rotations about two
  /// letters) or three times (`swap`, matrices). For gates of more qubits and on other pairs there are no rules: ``check(_:)`` refuses them.
  ///
  /// Source: Qiskit Aer 0.18, `qiskit_aer/noise/device/models.py`, whose formula for the strength this is.
  ///
  /// - Throws: ``CircuitError`` with code `invalid_channel`; not for models that were read.
  public func noiseModel() throws(CircuitError) -> NoiseModel {
    var model = NoiseModel(name: name)
    for (qubit, figures) in qubits.enumerated() {
      try append(rulesFor: [qubit], NativeCounts.oneQubitNames + ["reset"], to: &model)
      if figures.zeroAsOne > 0 || figures.oneAsZero > 0 {
        let error = try ReadoutError(zeroAsOne: figures.zeroAsOne, oneAsZero: figures.oneAsZero)
        try model.append(.init(qubits: [qubit], error: error))
      }
      if let relaxation = relaxation(of: qubit) { try model.relax(qubit, relaxation) }
    }
    for pair in coupling {
      try append(rulesFor: pair, NativeCounts.twoQubitNames, to: &model)
      try append(rulesFor: pair.reversed(), NativeCounts.twoQubitNames, to: &model)
      try model.couple(pair[0], pair[1])
    }
    return model
  }

  /// How long an operation takes on certain qubits, in seconds: a gate, `measure` or `reset`; nil if the device has no gate for it.
  public func duration(of name: String, on operands: [Int]) -> Double? {
    guard operands.allSatisfy(qubits.indices.contains) else { return nil }
    switch name {
    case "measure": return operands.first.map { qubits[$0].readoutDuration }
    case "reset": return figures(name, on: operands)?.duration ?? 0
    default: return native(name, on: operands)?.duration
    }
  }

  /// The largest average error of a gate: that of one whose result does not depend on the state, d/(d + 1) for dimension d.
  static func mostError(qubitCount: Int) -> Double { Double(1 << qubitCount) / Double(1 + 1 << qubitCount) }

  // MARK: Rules

  /// Rules for all operations on certain qubits; those with the same noise share theirs.
  private func append(rulesFor operands: [Int], _ names: [String], to model: inout NoiseModel) throws(CircuitError) {
    var shared = [NativeGate: [String]]()
    for name in names {
      if let native = name == "reset" ? reset(operands) : native(name, on: operands), native.count > 0 {
        shared[native, default: []].append(name)
      }
    }
    // In the order of names, for models to be the same each time.
    for (native, gates) in shared.sorted(by: { $0.value[0] < $1.value[0] }) {
      if let depolarizing = try depolarization(native, operands) {
        try model.append(.init(gates: gates, qubits: operands, channel: depolarizing))
      }
      for (index, qubit) in operands.enumerated() where native.duration > 0 {
        guard let relaxation = relaxation(of: qubit) else { continue }
        let channel = try Channel.thermalRelaxation(t1: relaxation.t1, t2: relaxation.t2, time: native.duration)
        try model.append(
          .init(gates: gates, qubits: operands, channel: channel, placement: operands.count == 1 ? .operands : .operand(index)))
      }
    }
  }

  private func reset(_ operands: [Int]) -> NativeGate? {
    figures("reset", on: operands).map { NativeGate(figures: $0, count: 1) }
  }

  /// What a gate does beyond relaxation; as often in a row as the gate is needed.
  private func depolarization(_ native: NativeGate, _ operands: [Int]) throws(CircuitError) -> Channel? {
    guard let error = native.figures.error, error > 0 else { return nil }
    let fidelity = relaxationFidelity(native.figures.duration, operands)
    guard error > 1 - fidelity else { return nil }
    let (dimension, strings) = (Double(1 << operands.count), Double(1 << (2 * operands.count)))
    let once = min(dimension * (error - (1 - fidelity)) / (dimension * fidelity - 1), strings / (strings - 1))
    let kept = (0..<native.count).reduce(1.0) { product, _ in product * (1 - once) }
    return try .depolarizing(1 - kept, qubitCount: operands.count)
  }

  /// The average fidelity of relaxation, from that of the entangled state: F = (d·f + 1)/(d + 1), f the product over the qubits of a quarter
  /// of the trace of the transfer matrix.
  private func relaxationFidelity(_ seconds: Double, _ operands: [Int]) -> Double {
    let dimension = Double(1 << operands.count)
    let entangled = operands.reduce(1.0) { product, qubit in
      guard let relaxation = relaxation(of: qubit) else { return product }
      return product * (1 + .exp(-seconds / relaxation.t1) + 2 * .exp(-seconds / relaxation.t2)) / 4
    }
    return (dimension * entangled + 1) / (dimension + 1)
  }

  private func relaxation(of qubit: Int) -> NoiseModel.Relaxation? {
    let figures = qubits[qubit]
    guard figures.t1 != nil || figures.t2 != nil else { return nil }
    let t1 = figures.t1 ?? .infinity
    return .init(t1: t1, t2: figures.t2 ?? 2 * t1)
  }
}
