extension Circuit {
  /// Whether anything is measured, whatever becomes of the outcome.
  package var measures: Bool { instructions.contains(where: \.measures) }

  /// Which qubits gates, measurements and resets touch, those in bodies of control flow included.
  package var touchedQubits: [Bool] {
    var touched = Array(repeating: false, count: qubitCount)
    for instruction in instructions { instruction.markTouched(&touched) }
    return touched
  }

  /// The circuit on some of its qubits, which take the numbers from 0 on, with some of its instructions, which touch no others.
  package func restricted(to qubits: [Int], _ instructions: [Instruction]) -> Circuit {
    var places = [Int?](repeating: nil, count: qubitCount)
    for (place, qubit) in qubits.enumerated() { places[qubit] = place }
    var result = self
    result.qubitCount = qubits.count
    result.quantumRegisters = [QuantumRegister(name: "q", qubits: qubits.indices)]
    result.instructions = instructions.map { $0.moved(to: places) }
    result.readout = readout.moved(to: places)
    return result
  }

  /// A circuit without classical memory of its own that ends by measuring every qubit into the bit of its number.
  package func measuringAllQubits() -> Circuit {
    var result = self
    result.classicalRegisters = [ClassicalRegister(name: "c", bits: 0..<qubitCount, isOutput: true)]
    result.classicalBitCount = qubitCount
    result.instructions += (0..<qubitCount).map { .measure(qubit: $0, bit: $0) }
    return result
  }
}

extension Instruction {
  fileprivate var measures: Bool {
    if case .measure = self { return true }
    return bodies.contains { $0.contains(where: \.measures) }
  }

  fileprivate func markTouched(_ touched: inout [Bool]) {
    switch self {
    case .gate(let operation): for qubit in operation.allQubits { touched[qubit] = true }
    case .channel(_, let qubits): for qubit in qubits { touched[qubit] = true }
    case .measure(let qubit, _), .reset(let qubit): touched[qubit] = true
    default: for body in bodies { for instruction in body { instruction.markTouched(&touched) } }
    }
  }

  /// The same instruction where qubit q is called `places[q]`; barriers and delays lose the qubits that have no place.
  fileprivate func moved(to places: [Int?]) -> Instruction {
    func place(_ qubit: Int) -> Int {
      guard let place = places[qubit] else { preconditionFailure("an instruction on qubit \(qubit), which was left out") }
      return place
    }
    func body(_ instructions: [Instruction]) -> [Instruction] { instructions.map { $0.moved(to: places) } }
    switch self {
    case .gate(let given):
      var operation = given.withoutIdentityLetters()
      operation.qubits = operation.qubits.map(place)
      operation.controls = operation.controls.map { Control(place($0.qubit), isPositive: $0.isPositive) }
      return .gate(operation)
    case .measure(let qubit, let bit): return .measure(qubit: place(qubit), bit: bit)
    case .reset(let qubit): return .reset(qubit: place(qubit))
    case .channel(let channel, let qubits): return .channel(channel, qubits: qubits.map(place))
    case .barrier(let qubits): return .barrier(qubits.compactMap { places[$0] })
    case .delay(let seconds, let qubits): return .delay(seconds: seconds, qubits: qubits.compactMap { places[$0] })
    case .ifElse(let condition, let then, let otherwise): return .ifElse(condition, then: body(then), otherwise: body(otherwise))
    case .whileLoop(let condition, let inner): return .whileLoop(condition, body: body(inner))
    case .forLoop(let variable, let values, let inner): return .forLoop(variable: variable, values: values, body: body(inner))
    case .iterations(let bodies): return .iterations(bodies.map(body))
    case .switchCase(let value, let cases, let otherwise):
      let moved = cases.map { SwitchCase(values: $0.values, body: body($0.body)) }
      return .switchCase(value, cases: moved, otherwise: body(otherwise))
    case .assign, .breakLoop, .continueLoop, .end: return self
    }
  }
}

extension GateOperation {
  /// The operation without the qubits on which a Pauli rotation has the letter I.
  fileprivate func withoutIdentityLetters() -> GateOperation {
    guard case .pauliRotation(let string) = kind else { return self }
    let letters = qubits.indices.filter { (string.x | string.z) >> UInt64($0) & 1 == 1 }
    func packed(_ bits: UInt64) -> UInt64 {
      letters.enumerated().reduce(0) { $0 | (bits >> UInt64($1.element) & 1) << UInt64($1.offset) }
    }
    var result = self
    result.kind = .pauliRotation(PauliString(qubitCount: letters.count, x: packed(string.x), z: packed(string.z)))
    result.qubits = letters.map { qubits[$0] }
    return result
  }
}
